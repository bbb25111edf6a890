/** The arithmetic of PPO on rollouts: KL, rewards, advantages, whitening. One array a sequence, one number a token. */

/** Estimators of KL(π ‖ π_ref) from one sample, with ρ = π_ref/π (Schulman 2020, "Approximating KL divergence"). */
export const klEstimators = {
  /** −log ρ: unbiased, may be negative. */
  k1: (logprob: number, reference: number) => logprob - reference,
  /** ½(log ρ)²: biased, small variance. */
  k2: (logprob: number, reference: number) => 0.5 * (logprob - reference) ** 2,
  /** ρ − 1 − log ρ: unbiased, never negative. */
  k3: (logprob: number, reference: number) => Math.expm1(reference - logprob) - (reference - logprob),
} as const;

export type KlEstimator = keyof typeof klEstimators;

/** KL of every token. */
export function tokenKl(
  logprobs: Float32Array,
  referenceLogprobs: Float32Array,
  estimator: KlEstimator = 'k1',
): Float32Array {
  return logprobs.map((logprob, t) => klEstimators[estimator](logprob, referenceLogprobs[t]!));
}

/** r_t = −β·kl_t, and the score on top at the last token (InstructGPT, eq. 2, token by token). */
export function tokenRewards(kl: Float32Array, klCoef: number, score: number): Float32Array {
  return kl.map((value, t) => -klCoef * value + (t === kl.length - 1 ? score : 0));
}

export interface Advantages {
  readonly advantages: Float32Array;
  /** Advantage plus value: what the value model learns. */
  readonly returns: Float32Array;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, eq. 16), backwards over one completion:
 * δ_t = r_t + γV_{t+1} − V_t with V = 0 past the end, A_t = δ_t + γλA_{t+1}.
 */
export function generalizedAdvantages(
  rewards: Float32Array,
  values: Float32Array,
  gamma: number,
  lam: number,
): Advantages {
  const advantages = new Float32Array(rewards.length);
  let next = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = rewards[t]! + gamma * (values[t + 1] ?? 0) - values[t]!;
    advantages[t] = next = delta + gamma * lam * next;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]!) };
}

export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Population variance, as lm-human-preferences has it. */
export function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (values[i]! - centre) ** 2;
  return total / values.length;
}

/** (x − μ)/√(σ² + 1e-8) over all tokens of a batch; with `keepMean`, μ is added back. */
export function whiten(parts: readonly Float32Array[], keepMean = false): Float32Array[] {
  const all = parts.flatMap((part) => Array.from(part));
  const [centre, deviation] = [mean(all), Math.sqrt(variance(all) + 1e-8)];
  return parts.map((part) => part.map((x) => (x - centre) / deviation + (keepMean ? centre : 0)));
}

/** β, fixed or steered towards a target KL (Ziegler et al. 2019, §2.2). */
export class KlController {
  coefficient: number;
  readonly #adaptive: { target: number; horizon: number } | undefined;

  constructor(coefficient: number, adaptive?: { target: number; horizon: number }) {
    this.coefficient = coefficient;
    this.#adaptive = adaptive;
  }

  /** e = clip(KL/target − 1, ±0.2); β ← β(1 + e·n/horizon) after n episodes of that mean KL. */
  update(kl: number, episodes: number): void {
    if (!this.#adaptive) return;
    const { target, horizon } = this.#adaptive;
    const error = Math.min(0.2, Math.max(-0.2, kl / target - 1));
    this.coefficient *= 1 + (error * episodes) / horizon;
  }
}
