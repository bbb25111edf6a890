import type { RewardModelReport } from '../contract/calls.ts';
import type { Estimate } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import { pooledAgreement } from '../data/agreement.ts';
import type { Ceilings } from '../project/held-out-rankings.ts';
import { mean } from '../training/estimators.ts';
import { calibrate } from './calibration.ts';
import { correlation } from './correlation.ts';
import { estimateShare } from './pair-shares.ts';
import { pairsOf, type JudgedPair, type MeasuredItem } from './reward-pairs.ts';

type Group = RewardModelReport['byLabeler'][number];

const HISTOGRAM_BARS = 20;
const SCATTERED = 1000;

export interface RewardMeasurement {
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly measured: readonly MeasuredItem[];
  readonly ceilings: Ceilings;
}

/**
 * How a reward model does on rankings that it has not learned from. All but the accuracy on held-out labelers is of
 * prompts that train nothing, as long as there are any: on others the model has seen what somebody else said.
 */
export function reportRewardModel({
  model,
  madeAt,
  measured,
  ceilings,
}: RewardMeasurement): RewardModelReport {
  const unseen = measured.filter(({ item }) => item.split !== 'train');
  const everything = pairsOf(measured);
  const judged = pairsOf(unseen).length > 0 ? unseen : measured;
  const pairs = pairsOf(judged);
  if (pairs.length === 0)
    throw new ProjectError(
      'no held-out ranking prefers one completion to another: rank some of prompts that train nothing',
    );
  return {
    model,
    madeAt,
    pairs: pairs.length,
    accuracy: accuracyOf(pairs)!,
    byLabeler: groupsOf(everything, ({ labeler }) => labeler),
    byUseCase: groupsOf(pairs, ({ useCase }) => useCase ?? 'no use case'),
    byConfidence: byConfidence(pairs),
    heldOutLabelers: accuracyOf(everything.filter(({ heldOut }) => heldOut)),
    labelerAgreement: pooledAgreement(ceilings.labelers),
    selfAgreement: pooledAgreement(ceilings.selves),
    ...calibrate(pairs),
    margins: histogram(pairs.map(({ margin }) => margin)),
    ...lengthsOf(judged),
  };
}

const accuracyOf = (pairs: readonly JudgedPair[]): Estimate | null =>
  estimateShare(pairs.map(({ promptId, margin }) => ({ promptId, share: orderedRight(margin) })));

/** Equal rewards are right half of the time. */
const orderedRight = (margin: number): number => (margin > 0 ? 1 : margin === 0 ? 0.5 : 0);

/** The largest first. */
const groupsOf = (pairs: readonly JudgedPair[], nameOf: (pair: JudgedPair) => string): Group[] =>
  [...Map.groupBy(pairs, nameOf)]
    .map(([name, inside]) => groupOf(name, inside))
    .sort((a, b) => b.accuracy.n - a.accuracy.n || a.name.localeCompare(b.name));

const groupOf = (name: string, pairs: readonly JudgedPair[]): Group => ({
  name,
  heldOut: pairs.every(({ heldOut }) => heldOut),
  accuracy: accuracyOf(pairs)!,
});

/** Whoever ranks two far apart, or rates them so, is sure of it. */
const confidences: readonly { readonly name: string; readonly holds: (pair: JudgedPair) => boolean }[] = [
  { name: '1 rank apart', holds: ({ apart }) => apart === 1 },
  { name: '2 ranks apart', holds: ({ apart }) => apart === 2 },
  { name: '3 or more ranks apart', holds: ({ apart }) => apart >= 3 },
  { name: 'rated alike', holds: ({ rated }) => rated === 0 },
  { name: 'rated 1 apart', holds: ({ rated }) => rated === 1 },
  { name: 'rated 2 or more apart', holds: ({ rated }) => rated !== undefined && rated >= 2 },
];

const byConfidence = (pairs: readonly JudgedPair[]): Group[] =>
  confidences.flatMap(({ name, holds }) => {
    const inside = pairs.filter(holds);
    return inside.length === 0 ? [] : [groupOf(name, inside)];
  });

/** Bars of one width on either side of 0, as far as the largest. */
function histogram(margins: readonly number[]): RewardModelReport['margins'] {
  const reach = margins.reduce((most, margin) => Math.max(most, Math.abs(margin)), 0) || 1;
  const half = HISTOGRAM_BARS / 2;
  const counts = Array.from({ length: HISTOGRAM_BARS }, () => 0);
  for (const margin of margins) {
    const bar = Math.min(HISTOGRAM_BARS - 1, Math.floor((margin / reach + 1) * half));
    counts[bar] = counts[bar]! + 1;
  }
  const edges = Array.from({ length: HISTOGRAM_BARS + 1 }, (_, i) => (i / half - 1) * reach);
  return { edges, counts, mean: mean(margins) };
}

/** Whether longer completions get more: of all of them, and among those of one prompt. */
function lengthsOf(
  measured: readonly MeasuredItem[],
): Pick<RewardModelReport, 'lengthCorrelation' | 'lengths'> {
  const rewards = measured.flatMap((each) => each.rewards);
  const lengths = measured.flatMap((each) => each.lengths);
  const prompts = [...Map.groupBy(measured, ({ item }) => item.promptId).values()];
  const centred = (of: 'rewards' | 'lengths') =>
    prompts.flatMap((items) => centre(items.flatMap((each) => each[of])));
  const every = Math.ceil(rewards.length / SCATTERED);
  const sample = (values: readonly number[]) => Float32Array.from(values.filter((_, i) => i % every === 0));
  return {
    lengthCorrelation: {
      overall: correlation(lengths, rewards),
      withinPrompts: correlation(centred('lengths'), centred('rewards')),
      n: rewards.length,
    },
    lengths: { tokens: sample(lengths), rewards: sample(rewards) },
  };
}

function centre(values: readonly number[]): number[] {
  const middle = mean(values);
  return values.map((value) => value - middle);
}
