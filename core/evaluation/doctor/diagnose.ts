import { detectors, type Detector, type Finding, type RunMetrics } from '../../contract/calls.ts';
import { eosCollapse, identicalCompletions, lengthDrift } from './completions.ts';
import type { Detect } from './finding.ts';
import { entropyCollapse, negativeKl, ratioBlowUp } from './policy.ts';
import { overOptimisation, rewardScaleDrift, valueDivergence } from './rewards.ts';
import { ObservedRun, type RunSettings } from './series.ts';

const detects: { readonly [D in Detector]: Detect } = {
  'negative-kl': negativeKl,
  'ratio-blow-up': ratioBlowUp,
  'entropy-collapse': entropyCollapse,
  'eos-collapse': eosCollapse,
  'length-drift': lengthDrift,
  'identical-completions': identicalCompletions,
  'value-divergence': valueDivergence,
  'over-optimisation': overOptimisation,
  'reward-scale-drift': rewardScaleDrift,
};

const order = { danger: 0, warning: 1 } as const;

/** What ails a PPO run now, the worst first and then the oldest; nothing on a healthy run. */
export function diagnose(metrics: RunMetrics, settings: RunSettings): Finding[] {
  const run = new ObservedRun(metrics, settings);
  return detectors
    .flatMap((detector) => {
      const sign = detects[detector](run);
      return sign ? [{ detector, ...sign }] : [];
    })
    .sort((a, b) => order[a.severity] - order[b.severity] || a.since - b.since);
}
