/** What to sample for a round, as the person fills it in. */
import type { CallArguments } from '../../../core/contract/calls.ts';

export type RoundSampling = CallArguments<'rounds.sample'>;

/** So many times as many prompts are looked at as are kept. */
const LOOKED_AT = 4;

/** With reward models, of which the newest comes first, the samples that it is least sure of: those tell most. */
export function newRoundSampling(round: number, rewardModels: readonly string[]): RoundSampling {
  const prompts = 50;
  const [newest] = rewardModels;
  return {
    round,
    filter: { splits: ['train'] },
    prompts,
    completions: 4,
    informative: newest === undefined ? null : { rewardModel: newest, outOf: LOOKED_AT * prompts },
    temperature: 1,
    topP: 1,
    maxTokens: 64,
    seed: round,
  };
}

export const informedBy = (
  request: RoundSampling,
  rewardModel: string | null,
): RoundSampling['informative'] =>
  rewardModel === null
    ? null
    : { rewardModel, outOf: request.informative?.outOf ?? LOOKED_AT * request.prompts };

/** Why it cannot be sampled yet, or null. */
export function samplingProblem(
  { prompts, informative }: RoundSampling,
  matching: number | undefined,
): string | null {
  if (matching === 0) return 'No prompt fits the filter: widen it.';
  if (informative && informative.outOf < prompts)
    return `Of ${informative.outOf} prompts no ${prompts} can be kept: look at more, or keep fewer.`;
  return null;
}

export function samplingWords(
  { prompts, completions, informative }: RoundSampling,
  matching: number,
): string {
  const kept = Math.min(prompts, matching);
  const lookedAt = informative ? Math.min(informative.outOf, matching) : kept;
  const made = `${(lookedAt * completions).toLocaleString('en')} completions`;
  return informative
    ? `${made} for ${lookedAt} prompts, of which the ${kept} least certain are kept to be ranked.`
    : `${made} for ${kept} of ${matching.toLocaleString('en')} prompts.`;
}
