import { counted } from '../../data/words.ts';
import type { MeasureTask } from './protocol.ts';
import { leftOut, scoreItems, type ScoredItem } from './score-items.ts';
import type { TaskHost } from './task-host.ts';

const words = {
  purpose: 'held-out rankings are scored by',
  message: 'scoring held-out completions',
} as const;

/** The reward model's rewards for what was ranked and never learned from, told once there are all. */
export async function measureTask(task: MeasureTask, host: TaskHost): Promise<string> {
  const measured: ScoredItem[] = [];
  for await (const items of scoreItems(task, host, words)) measured.push(...items);
  host.tell({ type: 'measured', items: measured });
  const { length } = measured;
  return `measured on ${counted(length, 'held-out item')}${leftOut(length, task.items.length)}`;
}
