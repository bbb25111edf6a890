import type { UseCase } from '../contract/entities.ts';
import type { HeldOutItem } from '../project/held-out-rankings.ts';

/** What a reward model gave the completions of an item, in their order. */
export interface MeasuredItem {
  readonly item: HeldOutItem;
  readonly rewards: readonly number[];
  /** Tokens of the completions, the end token included. */
  readonly lengths: readonly number[];
}

/** Two completions of which a labeler prefers one. */
export interface JudgedPair {
  /** Pairs of one prompt are not independent. */
  readonly promptId: number;
  readonly labeler: string;
  readonly heldOut: boolean;
  readonly useCase: UseCase | null;
  /** Ranks between the two, those that nobody has left out: 1 or more. */
  readonly apart: number;
  /** Likert rating of the preferred less that of the other, where both are rated. */
  readonly rated: number | undefined;
  /** Reward of the preferred less that of the other. */
  readonly margin: number;
}

/** All pairs of all rankings but the ties. */
export const pairsOf = (measured: readonly MeasuredItem[]): JudgedPair[] => measured.flatMap(pairsOfItem);

function pairsOfItem({ item, rewards }: MeasuredItem): JudgedPair[] {
  const { promptId, useCase, completions } = item;
  return item.rankings.flatMap(({ labeler, heldOut, ranks, ratings }) => {
    const steps = denseRanks(Object.values(ranks));
    const ranked = completions.flatMap(({ id }, i) =>
      id in ranks ? [{ step: steps.get(ranks[id]!)!, reward: rewards[i]!, rating: ratings[id] }] : [],
    );
    return ranked.flatMap((chosen) =>
      ranked
        .filter(({ step }) => step > chosen.step)
        .map((rejected) => ({
          ...{ promptId, labeler, heldOut, useCase },
          apart: rejected.step - chosen.step,
          rated: difference(chosen.rating, rejected.rating),
          margin: chosen.reward - rejected.reward,
        })),
    );
  });
}

const difference = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b;

/** Ranks numbered without gaps: a slot that was left empty says nothing. */
function denseRanks(ranks: readonly number[]): Map<number, number> {
  const distinct = [...new Set(ranks)].sort((a, b) => a - b);
  return new Map(distinct.map((rank, i) => [rank, i]));
}
