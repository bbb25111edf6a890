/** The rollouts of a step as rows: each with its sums, in any order. */
import type { Rollouts, TokenQuantity } from '../../../../core/contract/calls.ts';

export interface Rollout {
  /** Its place among the rollouts of the step. */
  readonly index: number;
  readonly prompt: string;
  readonly completion: string;
  readonly ended: boolean;
  readonly score: number;
  /** Its tokens are those from here on, so many. */
  readonly first: number;
  readonly length: number;
}

export function rolloutsOf({ prompts, completions, lengths, ended, scores }: Rollouts): Rollout[] {
  let next = 0;
  return prompts.map((prompt, index) => {
    const [first, length] = [next, lengths[index]!];
    next += length;
    return {
      index,
      prompt,
      completion: completions[index]!,
      ended: ended[index]!,
      score: scores[index]!,
      first,
      length,
    };
  });
}

/** What rollouts can be sorted by. Sums and means are over the tokens of one. */
export const orders = {
  index: { title: 'As sampled', of: ({ index }: Rollout) => index },
  score: { title: 'Score', of: ({ score }: Rollout) => score },
  kl: { title: 'KL, sum', of: (rollout: Rollout, data: Rollouts) => sumOf('kl', rollout, data) },
  length: { title: 'Length', of: ({ length }: Rollout) => length },
  rewards: {
    title: 'Reward, sum',
    of: (rollout: Rollout, data: Rollouts) => sumOf('rewards', rollout, data),
  },
  advantages: {
    title: 'Advantage, mean',
    of: (rollout: Rollout, data: Rollouts) => meanOf('advantages', rollout, data),
  },
  values: { title: 'Value, mean', of: (rollout: Rollout, data: Rollouts) => meanOf('values', rollout, data) },
  logprobs: {
    title: 'Log-probability, mean',
    of: (rollout: Rollout, data: Rollouts) => meanOf('logprobs', rollout, data),
  },
} as const;

export type Order = keyof typeof orders;

export function sumOf(quantity: TokenQuantity, { first, length }: Rollout, { quantities }: Rollouts): number {
  const values = quantities[quantity];
  let sum = 0;
  for (let t = first; t < first + length; t++) sum += values?.[t] ?? NaN;
  return sum;
}

const meanOf = (quantity: TokenQuantity, rollout: Rollout, data: Rollouts): number =>
  sumOf(quantity, rollout, data) / rollout.length;

export function sorted(
  rollouts: readonly Rollout[],
  data: Rollouts,
  order: Order,
  descending: boolean,
): Rollout[] {
  const { of } = orders[order];
  const keyed = rollouts.map((rollout) => ({ rollout, key: of(rollout, data) }));
  const sign = descending ? -1 : 1;
  return keyed
    .sort((a, b) => sign * (a.key - b.key) || a.rollout.index - b.rollout.index)
    .map(({ rollout }) => rollout);
}

export function found(rollouts: readonly Rollout[], words: string): readonly Rollout[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return rollouts;
  return rollouts.filter(({ prompt, completion }) =>
    `${prompt}\n${completion}`.toLowerCase().includes(wanted),
  );
}
