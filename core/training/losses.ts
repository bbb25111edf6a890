/** The losses as graphs. Rows are the real tokens (or pairs) of a batch: padding never gets this far. */
import {
  add,
  cast,
  clip,
  exp,
  less,
  log,
  maximum,
  mul,
  neg,
  reduceMax,
  reduceSum,
  softplus,
  square,
  sub,
} from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';

/** Σ weight · x as a scalar [1, 1]: with weights 1/n over the whole batch, its mean, however it is split. */
export const weightedSum = (x: Tensor, weights: Tensor): Tensor => reduceSum(mul(x, weights));

/** Negative log-likelihood of the targets. All [tokens, 1]. */
export const tokenLoss = (logProbability: Tensor, weights: Tensor): Tensor =>
  neg(weightedSum(logProbability, weights));

/** −Σ weight · log σ(r_w − r_l) over the pairs (InstructGPT, eq. 1). All [pairs, 1]. */
export const pairwiseLoss = (chosen: Tensor, rejected: Tensor, weights: Tensor): Tensor =>
  weightedSum(softplus(sub(rejected, chosen)), weights);

/** Σ weight · max(−A·ratio, −A·clip(ratio, 1 ± ε)) (Schulman et al. 2017, eq. 7). All [tokens, 1]. */
export function policyLoss(
  logprobs: Tensor,
  oldLogprobs: Tensor,
  advantages: Tensor,
  weights: Tensor,
  clipRange: number,
) {
  const difference = sub(logprobs, oldLogprobs);
  const ratio = exp(difference);
  const unclipped = neg(mul(advantages, ratio));
  const clipped = neg(mul(advantages, clip(ratio, 1 - clipRange, 1 + clipRange)));
  return {
    loss: weightedSum(maximum(unclipped, clipped), weights),
    ratio: weightedSum(ratio, weights),
    ratioError: reduceMax(maximum(sub(ratio, 1), sub(1, ratio))),
    approximateKl: mul(weightedSum(square(difference), weights), 0.5),
    clippedShare: weightedSum(cast(less(unclipped, clipped), 'float32'), weights),
  };
}

/** ½ Σ weight · max((V − R)², (clip(V, V_old ± ε) − R)²), as lm-human-preferences clips it. All [tokens, 1]. */
export function valueLoss(
  values: Tensor,
  oldValues: Tensor,
  returns: Tensor,
  weights: Tensor,
  clipRange: number,
) {
  const bounded = clip(values, sub(oldValues, clipRange), add(oldValues, clipRange));
  const unclipped = square(sub(values, returns));
  const clipped = square(sub(bounded, returns));
  return {
    loss: mul(weightedSum(maximum(unclipped, clipped), weights), 0.5),
    clippedShare: weightedSum(cast(less(unclipped, clipped), 'float32'), weights),
  };
}

/** Share of tokens that were the likeliest; the allowance covers the rounding of two ways to one number. */
export function tokenAccuracy(logProbability: Tensor, probabilities: Tensor, weights: Tensor): Tensor {
  const best = sub(log(reduceMax(probabilities, [-1])), 1e-5);
  return weightedSum(sub(1, cast(less(logProbability, best), 'float32')), weights);
}
