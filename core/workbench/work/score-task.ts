import { Cancelled } from '../../contract/errors.ts';
import { toDevice } from '../../model/model.ts';
import { Resources } from '../../training/resources.ts';
import { ScalarScorer } from '../../training/scoring.ts';
import { openFolder, requireHead } from '../sources.ts';
import { counted } from '../../data/words.ts';
import type { ScoreTask } from './protocol.ts';
import type { TaskHost } from './task-host.ts';

/** Items scored between two reports. */
const GROUP = 16;
/** Padded tokens in one forward pass. */
const PASS = 4096;

/** The reward model's rewards for the completions of every item; items too long for its context are left out. */
export async function scoreTask(task: ScoreTask, { engine, signal, tell }: TaskHost): Promise<string> {
  const opened = openFolder(task.model);
  requireHead(opened, 'scalar', 'waiting items are scored by');
  const { model, texts } = opened;
  await using resources = new Resources();
  const scorer = resources.keep(await ScalarScorer.compile(engine, model.config, PASS));
  const parameters = resources.keep(await toDevice(engine, model));
  const total = task.items.length;
  let scored = 0;
  for (let first = 0; first < total; first += GROUP) {
    if (signal.aborted) throw new Cancelled();
    const group = task.items.slice(first, first + GROUP).map(({ id, prompt, completions }) => ({
      id,
      sequences: completions.map((completion) => texts.answer(prompt, completion)),
    }));
    const fitting = group.filter(({ sequences }) =>
      sequences.every(({ ids }) => ids.length <= model.config.context),
    );
    const rewards = await scorer.rewards(
      parameters,
      fitting.flatMap(({ sequences }) => sequences),
    );
    let start = 0;
    for (const { id, sequences } of fitting)
      tell({
        type: 'scored',
        item: id,
        rewards: Array.from(rewards.subarray(start, (start += sequences.length))),
      });
    scored += fitting.length;
    tell({ type: 'progress', done: first + group.length, total, message: 'scoring waiting items' });
  }
  const left = total - scored;
  return `${counted(scored, 'item')} scored${left === 0 ? '' : `; ${left} too long for the reward model's context`}`;
}
