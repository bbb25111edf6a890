import type { PpoSettings } from '../contract/algorithms.ts';
import type { HostTensor } from '../data/safetensors.ts';
import { generalizedAdvantages, mean, sum, tokenKl, tokenRewards, variance, whiten } from './estimators.ts';
import { flatten, type Sequence } from './sequences.ts';

/** Completions sampled in one iteration and all that is known of them: one array a completion, one number a token. */
export interface Rollouts {
  readonly prompts: readonly Int32Array[];
  readonly completions: readonly Int32Array[];
  readonly ended: readonly boolean[];
  readonly sequences: readonly Sequence[];
  readonly logprobs: readonly Float32Array[];
  readonly referenceLogprobs: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** One reward-model score a completion, after the missing-end rule. */
  readonly scores: Float32Array;
}

/** What the update learns from. */
export interface Episodes extends Rollouts {
  readonly kl: readonly Float32Array[];
  readonly rewards: readonly Float32Array[];
  readonly advantages: readonly Float32Array[];
  readonly returns: readonly Float32Array[];
}

/** What a completion without an end token scores. */
export function scoreMissingEnd(
  score: number,
  ended: boolean,
  { missingEos, missingEosScore }: Pick<PpoSettings, 'missingEos' | 'missingEosScore'>,
): number {
  if (ended || missingEos === 'none') return score;
  return missingEos === 'replace' ? missingEosScore : score - Math.abs(missingEosScore);
}

/** KL penalties, rewards, advantages and returns of rollouts (InstructGPT, §3.5; Schulman et al. 2016). */
export function toEpisodes(rollouts: Rollouts, klCoef: number, settings: PpoSettings): Episodes {
  const { logprobs, referenceLogprobs, values, scores } = rollouts;
  const kl = logprobs.map((own, i) => tokenKl(own, referenceLogprobs[i]!));
  const raw = kl.map((tokens, i) => tokenRewards(tokens, klCoef, scores[i]!));
  const rewards = settings.whitenRewards ? whiten(raw, true) : raw;
  const estimates = rewards.map((reward, i) =>
    generalizedAdvantages(reward, values[i]!, settings.gamma, settings.lam),
  );
  const advantages = estimates.map((estimate) => estimate.advantages);
  return {
    ...rollouts,
    kl,
    rewards,
    advantages: settings.whitenAdvantages ? whiten(advantages) : advantages,
    returns: estimates.map((estimate) => estimate.returns),
  };
}

/** The metrics of an iteration's rollouts, before any update. */
export function rolloutMetrics(episodes: Episodes, klCoef: number) {
  const { kl, logprobs, scores, ended, completions, returns, values } = episodes;
  const perSequence = (parts: readonly Float32Array[]) => mean(parts.map(sum));
  const klPerSequence = perSequence(kl);
  const score = mean(scores);
  const flatReturns = flatten(returns);
  const errors = flatten(values).map((value, t) => flatReturns[t]! - value);
  return {
    'objective/kl': klPerSequence,
    'objective/entropy': -perSequence(logprobs),
    'objective/non_score_reward': -klCoef * klPerSequence,
    'objective/scores': score,
    'objective/scores_std': Math.sqrt(variance(scores)),
    'objective/rlhf_reward': score - klCoef * klPerSequence,
    'objective/kl_coef': klCoef,
    'objective/distinct': distinctShare(completions),
    'val/num_eos_tokens': ended.filter(Boolean).length,
    'ppo/val/var_explained': 1 - variance(errors) / Math.max(variance(flatReturns), 1e-12),
    response_length: mean(completions.map(({ length }) => length)),
    eos_rate: mean(ended.map(Number)),
  };
}

/** Share of completions that no other one equals. */
function distinctShare(completions: readonly Int32Array[]): number {
  const texts = completions.map((ids) => ids.join());
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return mean(texts.map((text) => Number(counts.get(text) === 1)));
}

/**
 * Rollouts as they are stored: per-token arrays end to end, with `*Lengths` to cut them. `promptNumbers` say which
 * of the run's prompts each answers.
 */
export function rolloutTensors(
  episodes: Episodes,
  promptNumbers: readonly number[],
): Map<string, HostTensor> {
  const tokens = (parts: readonly Int32Array[]): HostTensor => {
    const data = Int32Array.from(parts.flatMap((part) => Array.from(part)));
    return { shape: [data.length], data };
  };
  const numbers = (data: readonly number[]): HostTensor => ({
    shape: [data.length],
    data: Int32Array.from(data),
  });
  const floats = (parts: readonly Float32Array[]): HostTensor => {
    const data = flatten(parts);
    return { shape: [data.length], data };
  };
  return new Map(
    Object.entries({
      promptNumbers: numbers(promptNumbers),
      prompts: tokens(episodes.prompts),
      promptLengths: numbers(episodes.prompts.map(({ length }) => length)),
      completions: tokens(episodes.completions),
      completionLengths: numbers(episodes.completions.map(({ length }) => length)),
      ended: numbers(episodes.ended.map(Number)),
      scores: floats([episodes.scores]),
      logprobs: floats(episodes.logprobs),
      referenceLogprobs: floats(episodes.referenceLogprobs),
      kl: floats(episodes.kl),
      values: floats(episodes.values),
      rewards: floats(episodes.rewards),
      advantages: floats(episodes.advantages),
      returns: floats(episodes.returns),
    }),
  );
}
