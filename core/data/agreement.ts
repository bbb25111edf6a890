import { wilson, type Interval } from './wilson.ts';

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

/**
 * The share of pairs ordered alike over many comparisons, null where there are no pairs. Pairs of one item are not
 * independent, so the interval is Wilson's for as many pairs as would vary so much if they were (the design effect
 * of cluster samples, Kish 1965); `n` is the true number of pairs.
 */
export function pooledAgreement(comparisons: readonly Agreement[]): (Interval & { n: number }) | null {
  const compared = comparisons.filter(({ pairs }) => pairs > 0);
  const n = sum(compared.map(({ pairs }) => pairs));
  if (n === 0) return null;
  const share = sum(compared.map(({ alike }) => alike)) / n;
  return { ...wilson(share, effectivePairs(compared, share, n)), n };
}

function effectivePairs(compared: readonly Agreement[], share: number, n: number): number {
  const items = compared.length;
  const spread = sum(compared.map(({ alike, pairs }) => (alike - share * pairs) ** 2));
  // Where all agree, or there is one item, nothing tells how alike its pairs are: each item counts once.
  if (spread === 0 || items === 1) return items;
  const variance = (items / (items - 1)) * (spread / n ** 2);
  return Math.min(n, (share * (1 - share)) / variance);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
