import type { WatchedPrompt } from '../../contract/calls.ts';
import type { RunFolder, SampleRecord } from '../../project/run-folder.ts';

type Answer = WatchedPrompt['answers'][number];

/** Most steps that are told of one prompt. */
const MOST = 200;

/** How the answers to the watched prompts changed: of many steps some, the first and the last among them. */
export function watchedAnswers(run: RunFolder): WatchedPrompt[] {
  const byPrompt = Map.groupBy(run.readWatched(), ({ prompt }) => String(prompt));
  return [...byPrompt].map(([prompt, records]) => ({
    prompt,
    answers: spread(firsts(records)).map(toAnswer),
  }));
}

/** One answer a step: the same prompt may be watched twice. */
const firsts = (records: readonly SampleRecord[]): SampleRecord[] =>
  records.filter(({ step }, i) => records[i - 1]?.step !== step);

const toAnswer = ({ step, completion, ended, score, gold }: SampleRecord): Answer => ({
  step,
  completion: String(completion),
  ended: ended === true,
  score: numberOrNull(score),
  gold: numberOrNull(gold),
});

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** At most so many, evenly spaced by their place. */
function spread<T>(items: readonly T[], most = MOST): readonly T[] {
  if (items.length <= most) return items;
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => items[Math.round(i * step)]!);
}
