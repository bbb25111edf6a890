import { ModelError } from '../../contract/errors.ts';

/** Rewards as they are; throws a `ModelError` where one is no number, which nothing could be told or chosen by. */
export function requireFiniteRewards(rewards: Float32Array, folder: string): Float32Array {
  const wrong = rewards.find((reward) => !Number.isFinite(reward));
  if (wrong === undefined) return rewards;
  throw new ModelError(
    `${folder} gives a reward of ${wrong}: its training has diverged; choose another reward model`,
  );
}
