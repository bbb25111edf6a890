import { Cancelled } from '../../contract/errors.ts';
import { PlacedModel } from '../../model/placed.ts';
import { Resources } from '../../training/resources.ts';
import { ScalarScorer, SCORED_TOGETHER } from '../../training/scoring.ts';
import { openFolder, requireHead } from '../sources.ts';
import { requireFiniteRewards } from './finite-rewards.ts';
import type { ScoreTask } from './protocol.ts';
import type { TaskHost } from './task-host.ts';

/** Items scored between two reports. */
const GROUP = 16;

/** The completions of an item, in their order. */
export interface ScoredItem {
  readonly item: number;
  readonly rewards: number[];
  /** Tokens, the end token included. */
  readonly lengths: number[];
}

/** Scores items a group at a time, and tells how far it is; items too long for the model's context are left out. */
export async function* scoreItems(
  { model: folder, items }: Pick<ScoreTask, 'model' | 'items'>,
  { engine, signal, tell }: TaskHost,
  { purpose, message }: { readonly purpose: string; readonly message: string },
): AsyncGenerator<ScoredItem[]> {
  const opened = openFolder(folder);
  requireHead(opened, 'scalar', purpose);
  const { model, texts } = opened;
  await using resources = new Resources();
  const scorer = resources.keep(await ScalarScorer.compile(engine, model, SCORED_TOGETHER));
  const parameters = resources.keep(await PlacedModel.place(engine, model));
  for (let first = 0; first < items.length; first += GROUP) {
    if (signal.aborted) throw new Cancelled();
    const group = items.slice(first, first + GROUP).map(({ id, prompt, completions }) => ({
      id,
      sequences: completions.map((completion) => texts.answer(prompt, completion)),
    }));
    const fitting = group.filter(({ sequences }) =>
      sequences.every(({ ids }) => ids.length <= model.config.context),
    );
    const all = fitting.flatMap(({ sequences }) => sequences);
    const rewards = requireFiniteRewards(await scorer.rewards(parameters, all), folder);
    let start = 0;
    yield fitting.map(({ id, sequences }) => ({
      item: id,
      rewards: Array.from(rewards.subarray(start, (start += sequences.length))),
      lengths: sequences.map(({ ids, start: prompt }) => ids.length - prompt),
    }));
    tell({ type: 'progress', done: first + group.length, total: items.length, message });
  }
}

/** What became of items, some of which may have been left out. */
export function leftOut(scored: number, total: number): string {
  const left = total - scored;
  return left === 0 ? '' : `; ${left} too long for the reward model's context`;
}
