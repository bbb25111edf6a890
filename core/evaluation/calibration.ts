import type { RewardModelReport } from '../contract/calls.ts';
import { estimateShare } from './pair-shares.ts';
import type { JudgedPair } from './reward-pairs.ts';

const BINS = 10;

/** A pair in one of its two orders. */
interface Prediction {
  readonly promptId: number;
  /** σ(Δr): how likely the first is to be preferred. */
  readonly predicted: number;
  /** Whether it was. */
  readonly share: 0 | 1;
}

/**
 * Predicted and observed preference in bins of equal width. Every pair counts in both orders: with the preferred
 * one first alone, any model would be right.
 */
export function calibrate(pairs: readonly JudgedPair[]): Pick<RewardModelReport, 'calibration' | 'ece'> {
  const predictions = pairs.flatMap(({ promptId, margin }): Prediction[] => [
    { promptId, predicted: sigmoid(margin), share: 1 },
    { promptId, predicted: sigmoid(-margin), share: 0 },
  ]);
  const binOf = ({ predicted }: Prediction) => Math.min(BINS - 1, Math.floor(predicted * BINS));
  const bins = [...Map.groupBy(predictions, binOf)].sort(([a], [b]) => a - b);
  const calibration = bins.map(([bin, inside]) => ({
    from: bin / BINS,
    to: (bin + 1) / BINS,
    predicted: inside.reduce((total, { predicted }) => total + predicted, 0) / inside.length,
    observed: estimateShare(inside)!,
  }));
  const ece = calibration.reduce(
    (total, { predicted, observed }) => total + observed.n * Math.abs(observed.mean - predicted),
    0,
  );
  return { calibration, ece: ece / Math.max(1, predictions.length) };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
