/** Estimates from values that come in clusters, such as what several labelers say of one prompt. */
import { wilson, type Interval } from './wilson.ts';

/** The values of one cluster: their sum, and how many they are. */
export interface Cluster {
  readonly sum: number;
  readonly n: number;
}

/** `n` counts values, not clusters. */
export type ClusterEstimate = Interval & { readonly n: number };

/**
 * The mean of values between 0 and 1, such as a share; null where there are none. Values of one cluster are not
 * independent, so the interval is Wilson's for as many values as would vary so much if they were (the design effect
 * of cluster samples, Kish 1965).
 */
export function shareOfClusters(clusters: readonly Cluster[]): ClusterEstimate | null {
  const held = clusters.filter(({ n }) => n > 0);
  const n = total(held.map((cluster) => cluster.n));
  if (n === 0) return null;
  const share = total(held.map(({ sum }) => sum)) / n;
  return { ...wilson(share, effectiveSize(held, share, n)), n };
}

function effectiveSize(clusters: readonly Cluster[], share: number, n: number): number {
  const variance = varianceOfMean(clusters, share, n);
  // Where all are alike, or there is one cluster, nothing tells how alike its values are: each cluster counts once.
  if (variance === 0 || clusters.length === 1) return clusters.length;
  return Math.min(n, (share * (1 - share)) / variance);
}

/** The mean of any values with Student's interval over clusters; null where there are fewer than two of them. */
export function meanOfClusters(clusters: readonly Cluster[]): ClusterEstimate | null {
  const held = clusters.filter(({ n }) => n > 0);
  if (held.length < 2) return null;
  const n = total(held.map((cluster) => cluster.n));
  const mean = total(held.map(({ sum }) => sum)) / n;
  const half = studentQuantile(held.length - 1) * Math.sqrt(varianceOfMean(held, mean, n));
  return { mean, low: mean - half, high: mean + half, n };
}

/** Of a ratio of sums over clusters, linearised (Cochran 1977, section 2.11). */
function varianceOfMean(clusters: readonly Cluster[], mean: number, n: number): number {
  const spread = total(clusters.map((cluster) => (cluster.sum - mean * cluster.n) ** 2));
  return (clusters.length / (clusters.length - 1)) * (spread / n ** 2);
}

/** Of the standard normal distribution. */
const z = 1.959964;

/**
 * The 97.5% quantile of Student's distribution: exact for one and two degrees of freedom, and by the expansion of
 * Cornish and Fisher (Abramowitz and Stegun 1964, 26.7.5) to 0.005 for more.
 */
export function studentQuantile(degrees: number): number {
  if (degrees === 1) return Math.tan(Math.PI * 0.475);
  if (degrees === 2) return 0.95 * Math.sqrt(2 / (1 - 0.95 ** 2));
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return total(terms.map((term, i) => term / degrees ** i));
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
