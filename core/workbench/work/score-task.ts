import { counted } from '../../data/words.ts';
import type { ScoreTask } from './protocol.ts';
import { leftOut, scoreItems } from './score-items.ts';
import type { TaskHost } from './task-host.ts';

const words = { purpose: 'waiting items are scored by', message: 'scoring waiting items' } as const;

/** The reward model's rewards for the completions of every item; items too long for its context are left out. */
export async function scoreTask(task: ScoreTask, host: TaskHost): Promise<string> {
  let scored = 0;
  for await (const items of scoreItems(task, host, words)) {
    for (const { item, rewards } of items) host.tell({ type: 'scored', item, rewards });
    scored += items.length;
  }
  return `${counted(scored, 'item')} scored${leftOut(scored, task.items.length)}`;
}
