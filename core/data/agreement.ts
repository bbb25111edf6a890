import { shareOfClusters, type ClusterEstimate } from './clusters.ts';

/** Completion to rank, 1 best; equal ranks are a tie, and what is absent was not ranked. */
export type Ranks = Readonly<Record<string, number>>;

/** Two rankings of one item: how many of their pairs are ordered alike. */
export interface Agreement {
  readonly alike: number;
  readonly pairs: number;
}

/**
 * Compares the pairs that both have ranked. A pair is alike where both prefer the same one or both call it a tie;
 * a tie against a preference counts half, as if it were broken at random.
 */
export function compareRanks(ours: Ranks, theirs: Ranks): Agreement {
  const ids = Object.keys(ours).filter((id) => id in theirs);
  const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b] as const));
  const order = (ranks: Ranks, a: string, b: string) => Math.sign(ranks[a]! - ranks[b]!);
  const alike = pairs.map(([a, b]) => 1 - Math.abs(order(ours, a, b) - order(theirs, a, b)) / 2);
  return { alike: alike.reduce((sum, share) => sum + share, 0), pairs: pairs.length };
}

/** The share of pairs ordered alike over many comparisons, a cluster each; null where there are no pairs. */
export const pooledAgreement = (comparisons: readonly Agreement[]): ClusterEstimate | null =>
  shareOfClusters(comparisons.map(({ alike, pairs }) => ({ sum: alike, n: pairs })));
