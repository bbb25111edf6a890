/** What PPO tells of its updates. */
import type { PpoSettings } from '../contract/algorithms.ts';
import type { Metrics } from '../contract/metrics.ts';
import { mean, variance } from './estimators.ts';
import type { Totals } from './trainee.ts';

/** The pretraining loss, nats a token, and the norm of its gradient times γ; both 0 without PPO-ptx. */
export interface PtxStep {
  readonly loss: number;
  readonly gradientNorm: number;
}

/** One optimizer step of policy and value: sums over a minibatch, and norms before clipping. */
export interface UpdateStep {
  readonly policy: Totals;
  readonly value: Totals;
  readonly ptx: PtxStep;
  readonly gradientNorm: number;
  readonly valueGradientNorm: number;
}

/** Means over the updates of an iteration. */
export function updateMetrics(steps: readonly UpdateStep[], { ptxCoef }: PpoSettings): Metrics {
  const average = (of: (step: UpdateStep) => number) => mean(steps.map(of));
  const ratios = steps.map(({ policy }) => policy['ratio']!);
  return {
    'loss/policy_avg': average(({ policy }) => policy['loss']!),
    'loss/value_avg': average(({ value }) => value['loss']!),
    'policy/approxkl_avg': average(({ policy }) => policy['approximateKl']!),
    'policy/clipfrac_avg': average(({ policy }) => policy['clippedShare']!),
    'policy/entropy_avg': average(({ policy }) => policy['entropy']!),
    'val/clipfrac_avg': average(({ value }) => value['clippedShare']!),
    'val/ratio': mean(ratios),
    'val/ratio_var': variance(ratios),
    'val/first_ratio_error': steps[0]!.policy['ratioError']!,
    'policy/grad_norm': average(({ gradientNorm }) => gradientNorm),
    'value/grad_norm': average(({ valueGradientNorm }) => valueGradientNorm),
    ...(ptxCoef > 0 && {
      'loss/ptx_avg': average(({ ptx }) => ptx.loss),
      'policy/ptx_grad_norm': average(({ ptx }) => ptx.gradientNorm),
    }),
  };
}
