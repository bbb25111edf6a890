import { resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../contract/errors.ts';
import type { AlgorithmName } from '../contract/algorithms.ts';
import { presetNames } from '../contract/settings.ts';

/** What each algorithm reads: the data it cannot do without, what it may have besides, and its models. */
export const roles = {
  pretrain: { required: ['texts'], optional: ['validation'], rewardModel: 'none' },
  sft: {
    required: ['demonstrations'],
    optional: ['validation', 'pretraining', 'watched'],
    rewardModel: 'optional',
  },
  'reward-model': {
    required: ['rankings'],
    optional: ['validation', 'demonstrations'],
    rewardModel: 'none',
  },
  ppo: {
    required: ['prompts'],
    optional: ['pretraining', 'pretrainingValidation', 'watched'],
    rewardModel: 'required',
  },
} as const satisfies Record<
  AlgorithmName,
  {
    readonly required: readonly Role[];
    readonly optional: readonly Role[];
    readonly rewardModel: 'none' | 'optional' | 'required';
  }
>;

/** So many prompts are watched at most. */
export const mostWatched = 8;

/** What a data file is to a run. */
export type Role =
  | 'texts'
  | 'demonstrations'
  | 'rankings'
  | 'prompts'
  | 'validation'
  | 'pretraining'
  | 'pretrainingValidation'
  | 'watched';

const path = z.string().min(1, { error: 'is empty' });
const absolute = path.transform((given) => resolve(given));

/** A model folder or, to start from fresh weights, a `config.json` and a folder with a tokenizer. */
const ModelSource = z.union([absolute, z.strictObject({ config: absolute, tokenizer: absolute })]);

const Paths = z.union([absolute.transform((one) => [one]), z.array(absolute).min(1)]);

/** The form of a request; `parseRequest` also checks that its parts go together. */
export const RequestForm = z.strictObject({
  algorithm: z.enum(['pretrain', 'sft', 'reward-model', 'ppo']),
  model: ModelSource,
  rewardModel: absolute.optional(),
  data: z.record(z.string(), Paths),
  preset: z.enum(presetNames).default('small'),
  settings: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({}),
  seed: z.int().default(0),
  out: absolute,
  /** Where the data come from and what the run belongs to: recorded with it. */
  snapshot: z.strictObject({ id: z.int(), name: z.string(), sha256: z.string() }).optional(),
  round: z.int().optional(),
});

/**
 * A run as a host asks for it: paths may be relative, and a role of `data` has one file or several. Settings not
 * given are the preset's.
 */
export type JobRequest = z.input<typeof RequestForm>;

/** A request with nothing left out: absolute paths, every role a list. */
export type Job = z.output<typeof RequestForm>;

/** Checks the form of a request; throws a `ConfigurationError` for the first part that is not allowed. */
export function parseRequest(request: unknown): Job {
  const result = RequestForm.safeParse(request);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    const where = path.length === 0 ? 'the request' : path.join('.');
    throw new ConfigurationError(`${where} is not as it must be: ${message.replace('Invalid input: ', '')}`);
  }
  const [first] = roleProblems(result.data);
  if (first) throw new ConfigurationError(first.message);
  return result.data;
}

/** Something that is wrong with a run that is asked for, and where: `model`, `settings.klCoef`, `data.prompts`. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

/** What is missing for an algorithm, and what it has no use for. */
export function roleProblems({
  algorithm,
  model,
  rewardModel,
  data,
}: Pick<Job, 'algorithm' | 'model' | 'rewardModel' | 'data'>): Problem[] {
  const { required, optional, rewardModel: need } = roles[algorithm];
  const known: readonly string[] = [...required, ...optional];
  const missing = required.filter((role) => !data[role]);
  const foreign = Object.keys(data).filter((role) => !known.includes(role));
  const problem = (field: string, message: string) => ({ field, message: `${algorithm} ${message}` });
  return [
    ...missing.map((role) => problem(`data.${role}`, `needs a file of ${role}; give one`)),
    ...foreign.map((role) => problem(`data.${role}`, `has no use for ${role}; it reads ${known.join(', ')}`)),
    ...(need === 'required' && rewardModel === undefined
      ? [problem('rewardModel', 'needs a reward model; give the folder of one')]
      : []),
    ...(need === 'none' && rewardModel !== undefined
      ? [problem('rewardModel', 'has no use for a reward model; leave it out')]
      : []),
    ...(algorithm !== 'pretrain' && typeof model !== 'string'
      ? [problem('model', 'starts from a trained model; give the folder of one')]
      : []),
  ];
}
