/** What shows in the policy's own probabilities. */
import type { MetricName } from '../../contract/metrics.ts';
import { shown, type Detect, type Sign } from './finding.ts';
import { onset, through, type Bounds, type ObservedRun } from './series.ts';

/**
 * A KL below 0, which no distribution has. Of n completions at a true KL of K, the estimator k1 scatters by about
 * √(2K/n): log-ratios that are nearly normal vary twice as much as their mean. So an estimate of −4.5/n is three
 * deviations off at the least, whatever K is.
 */
export const negativeKl: Detect = (run) => {
  const kl = run.series('objective/kl');
  if (!kl) return undefined;
  const noise = Math.max(0.01, 4.5 / (run.number('batchSize') ?? 1));
  const since = onset(
    through(kl, (value) => -value),
    { enter: noise, leave: noise / 2 },
  );
  if (since === undefined) return undefined;
  return {
    severity: 'danger',
    title: 'The KL to the reference is negative',
    evidence: `The KL to the reference is ${shown(kl.last)} nats a completion; by chance it would not stay below ${shown(-noise)}.`,
    since,
    suggestion:
      'Completions are sampled otherwise than they are scored. Sample from the whole distribution (no top-k, no top-p, no forced length) at the temperature that log-probabilities are taken at.',
    metrics: ['objective/kl', 'objective/non_score_reward'],
  };
};

interface RatioSign extends Pick<Sign, 'severity' | 'title' | 'suggestion'> {
  readonly metric: MetricName;
  /** How far off a value is, compared with the bounds. */
  readonly badness: (value: number) => number;
  readonly bounds: Bounds;
  readonly says: (value: string) => string;
}

const gentler =
  'Lower learningRate, make fewer inner epochs or minibatches, or raise batchSize, so that one iteration changes the policy less.';
const same = (value: number): number => value;

/** The first that holds is told. */
const ratioSigns: readonly RatioSign[] = [
  {
    // Before any step the policy is the one that sampled: all but 1 is a fault. Float32 leaves about 1e-5.
    metric: 'val/first_ratio_error',
    badness: same,
    bounds: { enter: 0.01, leave: 0.005 },
    severity: 'danger',
    title: 'Sampling and training disagree on probabilities',
    says: (value) =>
      `In the first update of an iteration, before any step, a probability ratio is off 1 by ${value}.`,
    suggestion:
      'Something differs between the sampling and the training pass: dropout, temperature, precision or padding. Nothing else of this run can be trusted until it is found.',
  },
  {
    // The documentation of TRL's PPOTrainer calls a mean ratio of 2 too drastic.
    metric: 'val/ratio',
    badness: (value) => Math.abs(Math.log(value)),
    bounds: { enter: Math.log(2), leave: Math.log(1.5) },
    severity: 'danger',
    title: 'Probability ratios have left 1',
    says: (value) => `The mean probability ratio of the updates is ${value}; it should be close to 1.`,
    suggestion: gentler,
  },
  {
    // ½(Δ log π)² is the KL of an update to second order. Spinning Up's PPO ends an update at 0.015; ours is wider.
    metric: 'policy/approxkl_avg',
    badness: same,
    bounds: { enter: 0.1, leave: 0.05 },
    severity: 'danger',
    title: 'Updates change the policy too much',
    says: (value) => `An iteration moves the policy by ${value} nats² a token; up to about 0.02 is usual.`,
    suggestion: gentler,
  },
  {
    // Ours: where clipping stops a third of the tokens, the update is no longer that of the objective.
    metric: 'policy/clipfrac_avg',
    badness: same,
    bounds: { enter: 0.35, leave: 0.25 },
    severity: 'warning',
    title: 'Clipping stops much of the update',
    says: (value) => `A share of ${value} of the tokens is clipped; 0.1 to 0.2 is usual.`,
    suggestion: gentler,
  },
];

export const ratioBlowUp: Detect = (run) => {
  for (const sign of ratioSigns) {
    const found = ratioSign(run, sign);
    if (found) return found;
  }
  return undefined;
};

function ratioSign(run: ObservedRun, sign: RatioSign): Sign | undefined {
  const { metric, badness, bounds, says, severity, title, suggestion } = sign;
  const series = run.series(metric);
  const since = series && onset(through(series, badness), bounds);
  if (since === undefined) return undefined;
  const evidence = says(shown(series!.last));
  return { severity, title, evidence, since, suggestion, metrics: [metric] };
}

/** How many times smaller than at the start. Ours: a run to the end of the starter project loses a fifth. */
const entropyLoss: Bounds = { enter: 4, leave: 3 };
const GRAVE_LOSS = 10;

export const entropyCollapse: Detect = (run) => {
  const entropy = run.series('policy/entropy_avg');
  if (!entropy || entropy.start <= 0) return undefined;
  const loss = through(entropy, (value) => entropy.start / Math.max(value, Number.MIN_VALUE));
  const since = onset(loss, entropyLoss);
  if (since === undefined) return undefined;
  return {
    severity: entropy.start >= GRAVE_LOSS * entropy.last ? 'danger' : 'warning',
    title: 'The policy has lost its entropy',
    evidence: `The entropy fell from ${shown(entropy.start)} to ${shown(entropy.last)} nats a token.`,
    since,
    suggestion:
      'Fork from a checkpoint before that with a larger klCoef or a lower learningRate: a policy without entropy samples the same again and learns nothing more.',
    metrics: ['policy/entropy_avg', 'objective/entropy'],
  };
};
