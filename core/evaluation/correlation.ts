import { mean } from '../training/estimators.ts';

/** Pearson's correlation of two lists of one length; 0 where either is constant. */
export function correlation(xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const [centreX, centreY] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const [dx, dy] = [xs[i]! - centreX, ys[i]! - centreY];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
