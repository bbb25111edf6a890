/**
 * Arithmetic over whole arenas of float32, in place. Lengths are bytes and multiples of 64; every sum is taken in
 * one fixed order, so results do not vary from run to run.
 */

/** target ← target + scale · source */
export function addScaled(target: usize, source: usize, bytes: usize, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (let i: usize = 0; i < bytes; i += 16) {
    const sum = f32x4.add(v128.load(target + i), f32x4.mul(factor, v128.load(source + i)));
    v128.store(target + i, sum);
  }
}

/** target ← target + weight · (source − target) */
export function lerp(target: usize, source: usize, bytes: usize, weight: f32): void {
  const factor = f32x4.splat(weight);
  for (let i: usize = 0; i < bytes; i += 16) {
    const from = v128.load(target + i);
    const step = f32x4.mul(factor, f32x4.sub(v128.load(source + i), from));
    v128.store(target + i, f32x4.add(from, step));
  }
}

/** Σ x², in float64 */
export function sumOfSquares(x: usize, bytes: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const four = v128.load(x + i);
    const first = f64x2.promote_low_f32x4(four);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 0));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const total = f64x2.add(low, high);
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

/**
 * m ← m + (1 − β₁)(s·g − m),  v ← β₂·v + (1 − β₂)(s·g)²,  p ← keep·p − rate·m / (√v·spread + ε)
 * where the host has folded the bias corrections into `rate` and `spread` and the decay into `keep`.
 */
export function adamw(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  bytes: usize,
  gradientScale: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  keep: f32,
  rate: f32,
  spread: f32,
  epsilon: f32,
): void {
  const scales = f32x4.splat(gradientScale);
  const first = f32x4.splat(oneMinusBeta1);
  const old = f32x4.splat(beta2);
  const second = f32x4.splat(oneMinusBeta2);
  const keeps = f32x4.splat(keep);
  const rates = f32x4.splat(rate);
  const spreads = f32x4.splat(spread);
  const epsilons = f32x4.splat(epsilon);
  for (let i: usize = 0; i < bytes; i += 16) {
    const gradient = f32x4.mul(scales, v128.load(g + i));
    const before = v128.load(m + i);
    const mean = f32x4.add(before, f32x4.mul(first, f32x4.sub(gradient, before)));
    const square = f32x4.mul(second, f32x4.mul(gradient, gradient));
    const variance = f32x4.add(f32x4.mul(old, v128.load(v + i)), square);
    const deviation = f32x4.add(f32x4.mul(f32x4.sqrt(variance), spreads), epsilons);
    const step = f32x4.div(f32x4.mul(rates, mean), deviation);
    v128.store(m + i, mean);
    v128.store(v + i, variance);
    v128.store(p + i, f32x4.sub(f32x4.mul(keeps, v128.load(p + i)), step));
  }
}
