import type { CallOutput, RewardModelReport } from '../contract/calls.ts';

type Readiness = CallOutput<'rewardModels.readiness'>;

/** With fewer the accuracy is known to ten points at best. */
const ENOUGH_PAIRS = 100;
/** InstructGPT's reward models come within four points of its labelers' agreement with each other (§3.4, App. C.2). */
const FAR_BELOW = 0.1;
const LARGE_ECE = 0.1;
/** Where a third of the rewards' variance within a prompt is length, PPO will find it. */
const EXTREME_CORRELATION = 0.6;

type Check = (report: RewardModelReport) => string | undefined;

const points = (share: number): string => `${Math.round(share * 100)}%`;

const checks: readonly Check[] = [
  ({ pairs }) =>
    pairs < ENOUGH_PAIRS
      ? `It was measured on ${pairs} held-out pairs, which tells little: rank until there are ${ENOUGH_PAIRS} or more.`
      : undefined,

  ({ accuracy: { mean, low, high } }) =>
    low <= 0.5
      ? `It orders ${points(mean)} of held-out pairs as labelers do (between ${points(low)} and ${points(high)}), which may be chance: train it on more rankings.`
      : undefined,

  ({ accuracy, labelerAgreement }) =>
    labelerAgreement !== null && labelerAgreement.mean - accuracy.mean > FAR_BELOW
      ? `It agrees with labelers on ${points(accuracy.mean)} of pairs, while they agree with each other on ${points(labelerAgreement.mean)}: there is more to learn, so train it on more rankings.`
      : undefined,

  ({ ece }) =>
    ece > LARGE_ECE
      ? `Its probabilities are off by ${points(ece)} on average, so the scale of its rewards cannot be relied on: train it for fewer epochs or on more rankings.`
      : undefined,

  ({ lengthCorrelation: { withinPrompts } }) =>
    Math.abs(withinPrompts) > EXTREME_CORRELATION
      ? `Within a prompt its reward goes with the length of the completion (correlation ${withinPrompts.toFixed(2)}): rank pairs of different length in which the ${withinPrompts > 0 ? 'shorter' : 'longer'} one is better.`
      : undefined,
];

/** Whether PPO may rely on a reward model: it may where nothing speaks against it. */
export function judgeReadiness(report: RewardModelReport | null): Readiness {
  if (report === null)
    return { ready: false, reasons: ['It was never measured: measure it on held-out rankings first.'] };
  const reasons = checks.flatMap((check) => check(report) ?? []);
  return { ready: reasons.length === 0, reasons };
}
