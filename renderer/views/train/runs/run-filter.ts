/** Which runs are listed, and in which order. */
import type { AlgorithmName } from '../../../../core/contract/algorithms.ts';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { stageNames, stateWords } from '../train-names.ts';

export interface RunFilter {
  /** Words that must all be in its name, stage, state, tags or note. */
  readonly search: string;
  /** Tags that it must all have. */
  readonly tags: readonly string[];
  /** Stages it may be of; none stands for all. */
  readonly stages: readonly AlgorithmName[];
}

export const everyRun: RunFilter = { search: '', tags: [], stages: [] };

export const isNarrowed = ({ search, tags, stages }: RunFilter): boolean =>
  search.trim() !== '' || tags.length > 0 || stages.length > 0;

export function fits(run: RunSummary, { search, tags, stages }: RunFilter): boolean {
  if (stages.length > 0 && !stages.includes(run.algorithm)) return false;
  if (!tags.every((tag) => run.tags.includes(tag))) return false;
  const text = wordsOf(run);
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const wordsOf = (run: RunSummary): string =>
  [run.name, stageNames[run.algorithm], stateWords(run), ...run.tags, run.note].join('\n').toLowerCase();

/** Every tag of the runs, the most used first. */
export function tagsOf(runs: readonly RunSummary[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of runs.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag);
}

/** The first stage after pretraining that no run has finished; PPO once all are. */
export const nextStage = (runs: readonly RunSummary[]): AlgorithmName =>
  (['sft', 'reward-model'] as const).find(
    (stage) => !runs.some(({ algorithm, state }) => algorithm === stage && state === 'finished'),
  ) ?? 'ppo';

/** What a run is sorted by; a run that has none comes last either way. */
export type SortValue = string | number | undefined;

export function sortedBy<T>(
  rows: readonly T[],
  valueOf: (row: T) => SortValue,
  descending: boolean,
): readonly T[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * compare(x, y);
  });
}

const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
