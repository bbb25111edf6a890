/**
 * Exponential smoothing without the pull towards zero of its first values, as TensorBoard's charts have it:
 *
 *     s ← w·s + (1 − w)·x,  y = s / (1 − wⁿ)
 *
 * after n finite values. A value that is missing or not finite leaves it as it is, and has no smoothed one.
 */
export function smoother(weight: number): (value: number) => number {
  let sum = 0;
  let remaining = 1;
  return (value) => {
    if (!Number.isFinite(value)) return NaN;
    sum = weight * sum + (1 - weight) * value;
    remaining *= weight;
    return sum / (1 - remaining);
  };
}
