/** What the settings of a run must be beyond their ranges: it depends on each other and on what the run is given. */
import type { algorithms, AlgorithmName } from '../contract/algorithms.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { SettingsOf } from '../contract/settings.ts';
import type { Problem, Role } from './request.ts';

export type Settings<A extends AlgorithmName> = SettingsOf<(typeof algorithms)[A]>;

/** What a run is given, as far as its settings depend on it. */
export interface Given {
  readonly has: (role: Role) => boolean;
  readonly rewardModel: boolean;
  /** Demonstrations, where it has any. */
  readonly demonstrations: number;
  /** The model that it starts from, and how many tokens that can read. */
  readonly model: string;
  readonly context: number;
}

type Rules = { readonly [A in AlgorithmName]: (settings: Settings<A>, given: Given) => Problem[] };

const rules: Rules = {
  pretrain: ({ sequenceLength }, given) => beyondContext('sequenceLength', sequenceLength, given),

  sft: ({ selection, pretrainingShare }, { has, rewardModel, demonstrations }) => [
    ...where(
      selection !== 'last' && !has('validation'),
      'settings.selection',
      `selection is "${selection}", but no validation demonstrations were given; give some or set it to "last"`,
    ),
    ...where(
      selection === 'rewardModelScore' && !rewardModel,
      'settings.selection',
      `selection is "${selection}", but no reward model was given; give one or set it to "validationLoss"`,
    ),
    ...where(
      rewardModel && !has('validation'),
      'rewardModel',
      'a reward model was given, but no validation demonstrations to score; give some',
    ),
    ...where(
      Math.round(pretrainingShare * demonstrations) > 0 && !has('pretraining'),
      'settings.pretrainingShare',
      `pretrainingShare is ${pretrainingShare}, but no pretraining text was given; give some or set it to 0`,
    ),
  ],

  'reward-model': () => [],

  ppo: ({ ptxCoef, pretrainingLength, responseLength }, given) => [
    ...where(
      responseLength >= given.context,
      'settings.responseLength',
      `responseLength is ${responseLength}, but the context of ${given.model} is ${given.context}, prompt included; set it to less`,
    ),
    ...where(
      ptxCoef > 0 && !given.has('pretraining'),
      'settings.ptxCoef',
      `ptxCoef is ${ptxCoef}, but no pretraining text was given; give some or set it to 0`,
    ),
    ...(ptxCoef > 0 ? beyondContext('pretrainingLength', pretrainingLength, given) : []),
  ],
};

/** All that is wrong with the settings for what is given. */
export const settingConflicts = <A extends AlgorithmName>(
  algorithm: A,
  settings: Settings<A>,
  given: Given,
): Problem[] => rules[algorithm](settings, given);

/** Throws a `ConfigurationError` for the first thing that is wrong. */
export function requireFitting<A extends AlgorithmName>(
  algorithm: A,
  settings: Settings<A>,
  given: Given,
): void {
  const [first] = settingConflicts(algorithm, settings, given);
  if (first) throw new ConfigurationError(first.message);
}

const where = (wrong: boolean, field: string, message: string): Problem[] =>
  wrong ? [{ field, message }] : [];

const beyondContext = (name: string, length: number, { model, context }: Given): Problem[] =>
  where(
    length > context,
    `settings.${name}`,
    `${name} is ${length}, but the context of ${model} is ${context}; set it to at most that`,
  );
