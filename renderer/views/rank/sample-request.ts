/** What to sample, as the person fills it in. */
import type { CallArguments } from '../../../core/contract/calls.ts';

export type SampleRequest = CallArguments<'rank.sample'>;

/** Of a single model there is no choice to make. */
export const newSampleRequest = (models: readonly string[]): SampleRequest => ({
  models: models.length === 1 ? [...models] : [],
  filter: { splits: ['train'] },
  prompts: 50,
  completions: 4,
  temperature: 1,
  topP: 1,
  maxTokens: 64,
  seed: 0,
});

/** Why it cannot be sampled yet, or null. */
export function sampleProblem(request: SampleRequest, matching: number | undefined): string | null {
  if (request.models.length === 0) return 'Choose at least one model.';
  if (matching === 0) return 'No prompt fits the filter: widen it.';
  if (request.completions < request.models.length)
    return `${request.models.length} models need at least as many completions for each prompt.`;
  return null;
}

/** How many completions that will be. */
export const completionsOf = ({ prompts, completions }: SampleRequest, matching: number): number =>
  Math.min(prompts, matching) * completions;
