import type { Estimate } from '../contract/entities.ts';
import { pooledAgreement } from '../data/agreement.ts';

/** A pair of completions of a prompt, and how far something holds of it: 0, ½ or 1. */
interface Share {
  readonly promptId: number;
  readonly share: number;
}

/** The mean share with its 95% interval, for which the pairs of a prompt are one cluster; null of no pairs. */
export function estimateShare(pairs: readonly Share[]): Estimate | null {
  const clusters = [...Map.groupBy(pairs, ({ promptId }) => promptId).values()];
  return pooledAgreement(
    clusters.map((cluster) => ({
      alike: cluster.reduce((total, { share }) => total + share, 0),
      pairs: cluster.length,
    })),
  );
}
