/** A share with its 95% interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5% quantile of the standard normal distribution. */
const z = 1.959964;

/** Wilson's score interval of a share of n (Wilson 1927): inside [0, 1] and right for small n and extreme shares. */
export function wilson(share: number, n: number): Interval {
  const denominator = 1 + z ** 2 / n;
  const centre = (share + z ** 2 / (2 * n)) / denominator;
  const half = (z / denominator) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return { mean: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
