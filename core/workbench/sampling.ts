import { z } from 'zod';
import { ConfigurationError, DataError } from '../contract/errors.ts';
import { randomStream } from '../data/random.ts';
import { readDemonstrations, readPrompts, type Demonstration } from '../data/records.ts';
import type { Engine } from '../engine/engine.ts';
import type { Model } from '../model/model.ts';
import { PlacedModel } from '../model/placed.ts';
import { sum } from '../training/estimators.ts';
import { LogprobScorer, ScalarScorer, SCORED_TOGETHER } from '../training/scoring.ts';
import { Resources } from '../training/resources.ts';
import type { Sequence } from '../training/sequences.ts';
import { Sampler, type SampledText } from './sampler.ts';
import { openFolder, readLocated, requireHead, type Located, type Opened } from './sources.ts';
import type { TextOptions, Texts } from './texts.ts';

const Sampling = z.strictObject({
  model: z.string().min(1),
  /** Prompts themselves, and files of them. */
  prompts: z.array(z.string().min(1)).default([]),
  data: z.array(z.string().min(1)).default([]),
  /** Completions of every prompt. */
  samples: z.int().min(1).max(10_000).default(1),
  /** 0 takes the likeliest token. */
  temperature: z.number().min(0).max(100).default(1),
  /** Only among the k likeliest tokens; 0 among all. */
  topK: z.int().min(0).max(1_000_000).default(0),
  /** Only among the likeliest tokens that together reach this probability. */
  topP: z.number().gt(0).max(1).default(1),
  maxTokens: z.int().min(1).max(1_000_000).default(64),
  seed: z.int().default(0),
  chatTemplate: z.enum(['auto', 'none']).default('auto'),
});

export type SampleRequest = z.input<typeof Sampling>;

export interface Sample extends SampledText {
  readonly prompt: string;
}

/** Rows decoded at a time: as many as are printed together. */
const CHUNK = 64;

/** Samples completions, prompt after prompt, a chunk at a time; all prompts are checked before the first. */
export async function* sampleCompletions(request: SampleRequest, engine: Engine): AsyncGenerator<Sample[]> {
  const options = parseSampling(request);
  const opened = openFolder(options.model, options);
  requireHead(opened, 'language', 'completions are sampled from');
  const prompts = gatherPrompts(options, opened);
  await using resources = new Resources();
  const sampler = resources.keep(await Sampler.start(engine, opened, options));
  const rows = prompts.length * options.samples;
  for (let first = 0; first < rows; first += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, rows - first) }, (_, i) => first + i);
    const promptOf = (row: number) => prompts[Math.floor(row / options.samples)]!;
    const made = await sampler.complete(
      chunk.map((row) => promptOf(row).ids),
      (i) => randomStream(options.seed, 'sample', chunk[i]!),
    );
    yield made.map(({ completion, ended, logprob }, i) => ({
      prompt: promptOf(chunk[i]!).text,
      ...{ completion, ended, logprob },
    }));
  }
}

function parseSampling(request: SampleRequest): z.output<typeof Sampling> {
  const result = Sampling.safeParse(request);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ConfigurationError(`${path.join('.')} is not as it must be: ${message}`);
}

interface PromptTokens {
  readonly text: string;
  readonly ids: Int32Array;
}

function gatherPrompts(
  { prompts, data, maxTokens }: z.output<typeof Sampling>,
  { model: { config }, texts }: Opened,
): PromptTokens[] {
  const given = prompts.map((prompt, i) => ({ record: { prompt }, where: () => `prompt ${i + 1}` }));
  const all = [...given, ...readLocated(data, readPrompts)];
  if (all.length === 0) throw new ConfigurationError('no prompt was given; give one, or a file of them');
  return all.map(({ record: { prompt }, where }) => {
    const ids = texts.prompt(prompt);
    if (ids.length + maxTokens > config.context)
      throw new DataError(
        `${where()}: the prompt has ${ids.length} tokens, which with ${maxTokens} more exceed the context of ${config.context}; shorten it or ask for fewer`,
      );
    return { text: prompt, ids };
  });
}

/** What a model says of a completion: a language model its log-probability, a reward model its reward. */
export type Score = { readonly prompt: string; readonly completion: string } & (
  { readonly logprob: number; readonly tokens: number } | { readonly reward: number }
);

/** Scores the completions of some files. A record with `ended: false` is scored without an end token. */
export async function scoreCompletions(
  request: { readonly model: string; readonly data: readonly string[] } & TextOptions,
  engine: Engine,
): Promise<Score[]> {
  const { model, texts } = openFolder(request.model, request);
  const records = readLocated(request.data, readDemonstrations);
  const sequences = records.map((located) => toSequence(located, texts, model.config.context));
  const parameters = await PlacedModel.place(engine, model);
  const numbers = await scorers[model.head](engine, model, sequences, parameters);
  parameters.dispose();
  return records.map(({ record: { prompt, completion } }, i) => ({ prompt, completion, ...numbers[i]! }));
}

function toSequence({ record, where }: Located<Demonstration>, texts: Texts, context: number): Sequence {
  const sequence = texts.answer(record.prompt, record.completion, record['ended'] !== false);
  if (sequence.ids.length > context)
    throw new DataError(
      `${where()}: prompt and completion have ${sequence.ids.length} tokens, but the model's context is ${context}; shorten them`,
    );
  return sequence;
}

type Scorer = (
  engine: Engine,
  model: Model,
  sequences: readonly Sequence[],
  parameters: PlacedModel,
) => Promise<({ logprob: number; tokens: number } | { reward: number })[]>;

const scorers: Record<Model['head'], Scorer> = {
  language: async (engine, model, sequences, parameters) => {
    const scorer = await LogprobScorer.compile(engine, model, 1, SCORED_TOGETHER);
    const scores = await scorer.score(parameters, sequences);
    await scorer.dispose();
    return scores.map(({ logprobs }) => ({ logprob: sum(logprobs), tokens: logprobs.length }));
  },
  scalar: async (engine, model, sequences, parameters) => {
    const scorer = await ScalarScorer.compile(engine, model, SCORED_TOGETHER);
    const rewards = await scorer.rewards(parameters, sequences);
    await scorer.dispose();
    return Array.from(rewards, (reward) => ({ reward }));
  },
};
