import type { RandomStream } from '../data/random.ts';
import type { Interval } from '../data/wilson.ts';

const RESAMPLES = 2000;

/**
 * How often `ours` is preferred to `theirs`, a tie counting half, over several answers to each prompt: `[prompt]
 * [answer]`. Answers to one prompt are alike, so the interval is a bootstrap that draws whole prompts.
 */
export function winRate(
  ours: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
  stream: RandomStream,
): Interval {
  const shares = ours.map((scores, prompt) =>
    mean(scores.map((score, i) => preferred(score, theirs[prompt]![i]!))),
  );
  const means = Array.from({ length: RESAMPLES }, () => mean(shares.map(() => stream.pick(shares))));
  means.sort((a, b) => a - b);
  const at = (quantile: number) => means[Math.floor(quantile * (RESAMPLES - 1))]!;
  return { mean: mean(shares), low: at(0.025), high: at(0.975) };
}

const preferred = (score: number, other: number): number => (score > other ? 1 : score === other ? 0.5 : 0);

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
