/** What to evaluate, as the person fills it in. */
import type { CallArguments, CallOutput } from '../../../core/contract/calls.ts';
import type { Split } from '../../../core/contract/entities.ts';
import { counted } from '../prompts/names.ts';

export type EvaluationRequest = CallArguments<'evaluations.create'>;

/** Most models that can be ranked together. */
export const MOST_MODELS = 9;
const PROMPTS = 50;

interface Known {
  /** Folders that were asked for, the baseline first. */
  readonly asked: readonly string[];
  /** How many prompts each split has. */
  readonly splits: Readonly<Record<string, number>>;
  readonly evaluations: CallOutput<'evaluations.list'>;
  readonly hasSimulated: boolean;
  /** The newest that scores answers; null where there is none. */
  readonly rewardModel: string | null;
}

export function newRequest(known: Known): EvaluationRequest {
  const { asked, splits, evaluations, hasSimulated, rewardModel } = known;
  const split = heldOutSplit(splits);
  return {
    name: freeName(evaluations.map(({ name }) => name)),
    models: [...new Set(asked)].slice(0, MOST_MODELS),
    rewardModel,
    simulated: hasSimulated,
    filter: { splits: [split] },
    prompts: Math.max(1, Math.min(PROMPTS, splits[split] ?? PROMPTS)),
    temperature: 0.7,
    topP: 1,
    maxTokens: 64,
    seed: 0,
    chatTemplate: 'auto',
  };
}

/** The test prompts; a project without any keeps its validation prompts out of training too. */
const heldOutSplit = (splits: Known['splits']): Split =>
  (splits['test'] ?? 0) > 0 || !splits['validation'] ? 'test' : 'validation';

function freeName(taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number++) {
    const name = `Evaluation ${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** The first is what the others are compared with. */
export const withBaseline = (models: readonly string[], baseline: string): string[] =>
  [baseline, ...models.filter((path) => path !== baseline)].slice(0, MOST_MODELS);

export const withToggled = (models: readonly string[], path: string): string[] =>
  models.includes(path) ? models.filter((other) => other !== path) : [...models, path];

/** Why it cannot be begun yet, or null. */
export function problemOf(request: EvaluationRequest, matching: number | undefined): string | null {
  if (request.name.trim() === '') return 'Give it a name.';
  if (request.models.length < 2) return 'Choose a baseline and at least one model to compare with it.';
  if (request.models.length > MOST_MODELS) return `Choose at most ${MOST_MODELS} models.`;
  if (matching === 0) return 'This split has no prompts: choose the other, or split the prompts first.';
  return null;
}

/** How much it asks, of a split with so many prompts. */
export function summaryOf({ models, prompts }: EvaluationRequest, matching: number): string {
  const asked = Math.min(prompts, matching);
  return `${counted(asked * models.length, 'answer')} to ${counted(asked, 'prompt')} of ${matching.toLocaleString('en')}.`;
}
