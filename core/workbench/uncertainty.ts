/**
 * How little a reward model knows of the order of some completions, 0 to 1: the mean entropy, in bits, of its
 * preference within each pair, σ(rᵢ − rⱼ).
 */
export function uncertaintyOf(rewards: readonly number[]): number {
  const entropies = rewards.flatMap((a, i) => rewards.slice(i + 1).map((b) => entropy(a - b)));
  return entropies.reduce((total, each) => total + each, 0) / entropies.length;
}

function entropy(difference: number): number {
  const p = 1 / (1 + Math.exp(-Math.abs(difference)));
  // 1 − p underflows where the model is sure: then there is nothing it does not know.
  return p === 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}
