/** A world small enough to train in a second: a random model, a tokenizer of its own and data for every role. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInput } from '../../../core/contract/calls.ts';
import { randomStream } from '../../../core/data/random.ts';
import { trainBpe } from '../../../core/model/bpe.ts';
import { readConfig } from '../../../core/model/config-file.ts';
import { saveModel, withScalarHead, type Model } from '../../../core/model/model.ts';
import { initialWeights } from '../../../core/model/parameters.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import type { JobRequest } from '../../../core/workbench/request.ts';

const animals = ['cat', 'dog', 'owl', 'fox', 'hen', 'bee'];
const places = ['mat', 'roof', 'hill', 'boat'];
const sentences = animals.flatMap((animal) => places.map((place) => `the ${animal} sat on the ${place}.`));

export const tinyConfig = readConfig(
  {
    ...{ model_type: 'gpt2', vocab_size: 300, n_positions: 48 },
    ...{ n_embd: 16, n_layer: 2, n_head: 2, n_inner: 32 },
  },
  'a test',
);

export const tinyTokenizer = (): Tokenizer =>
  Tokenizer.of(trainBpe(sentences, 300, ['<|endoftext|>', '<|pad|>']), {
    eos: '<|endoftext|>',
    pad: '<|pad|>',
  });

export const tinyModel = (config = tinyConfig): Model => ({
  config,
  head: 'language',
  weights: initialWeights(config, randomStream(7, 'tiny')),
});

export function saveTiny(model: Model, folder: string, tokenizer = tinyTokenizer()): string {
  saveModel(model, folder, { tokens: tokenizer });
  tokenizer.save(folder);
  return folder;
}

export function jsonLines(path: string, records: readonly object[]): string {
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

export type World = ReturnType<typeof tinyWorld>;

/** A fresh temporary folder with models and data. */
export function tinyWorld() {
  const root = mkdtempSync(join(tmpdir(), 'workbench-'));
  const at = (...names: string[]) => join(root, ...names);
  mkdirSync(at('data'));
  const demonstrations = animals.map((animal, i) => ({
    prompt: `the ${animal}`,
    completion: ` sat on the ${places[i % places.length]}.`,
  }));
  const rankings = animals.map((animal, i) => ({
    prompt: `the ${animal}`,
    completions: [' sat on the mat.', ' sat', ' the the the'],
    ranks: i % 2 === 0 ? [1, 2, 3] : [1, 2, 2],
    ended: [true, true, false],
  }));
  writeFileSync(at('data', 'texts.txt'), sentences.join('\n\n'));
  return {
    root,
    at,
    model: saveTiny(tinyModel(), at('model')),
    rewardModel: saveTiny(withScalarHead(tinyModel(), randomStream(7, 'head')), at('reward')),
    demonstrations: jsonLines(at('data', 'demonstrations.jsonl'), demonstrations),
    validation: jsonLines(at('data', 'validation.jsonl'), demonstrations.slice(0, 2)),
    rankings: jsonLines(at('data', 'rankings.jsonl'), rankings),
    prompts: jsonLines(
      at('data', 'prompts.jsonl'),
      animals.map((animal) => ({ prompt: `the ${animal}` })),
    ),
    texts: at('data', 'texts.txt'),
  };
}

/** A run of every algorithm, of 6 to 8 steps with a checkpoint every second, into a folder. */
export const tinyRequests: Record<JobRequest['algorithm'], (world: World, out: string) => JobRequest> = {
  pretrain: (world, out) => ({
    algorithm: 'pretrain',
    model: world.model,
    data: { texts: world.texts, validation: world.texts },
    preset: 'starter',
    settings: { steps: 7, batchSize: 4, sequenceLength: 16, warmUpSteps: 2, validationEvery: 3, ...often },
    seed: 3,
    out: world.at(out),
  }),
  sft: (world, out) => ({
    algorithm: 'sft',
    model: world.model,
    rewardModel: world.rewardModel,
    data: {
      ...{ demonstrations: world.demonstrations, validation: world.validation },
      ...{ pretraining: world.texts, watched: world.prompts },
    },
    preset: 'starter',
    settings: {
      ...{
        epochs: 3,
        batchSize: 3,
        pretrainingShare: 0.5,
        selection: 'rewardModelScore',
        maxPromptTokens: 16,
        sampleEvery: 4,
      },
      ...often,
    },
    seed: 3,
    out: world.at(out),
  }),
  'reward-model': (world, out) => ({
    algorithm: 'reward-model',
    model: world.model,
    data: { rankings: world.rankings, validation: world.rankings, demonstrations: world.demonstrations },
    preset: 'starter',
    settings: { epochs: 3, batchSize: 2, ...often },
    seed: 3,
    out: world.at(out),
  }),
  ppo: (world, out) => ({
    algorithm: 'ppo',
    model: world.model,
    rewardModel: world.rewardModel,
    data: {
      ...{ prompts: world.prompts, watched: world.prompts },
      ...{ pretraining: world.texts, pretrainingValidation: world.texts },
    },
    preset: 'starter',
    settings: {
      ...{ episodes: 24, batchSize: 4, minibatches: 2, responseLength: 6, klControl: 'adaptive' },
      ...{
        sampleEvery: 4,
        klHorizon: 50,
        klCoef: 0.1,
        ptxCoef: 1,
        pretrainingLength: 12,
        warmUpIterations: 2,
      },
      ...often,
    },
    seed: 3,
    out: world.at(out),
  }),
};

const often = { checkpointEvery: 2, keepCheckpoints: 10, microBatchTokens: 64 };

/** The same as a window asks for it. */
export function tinyForm(
  world: World,
  algorithm: JobRequest['algorithm'],
  name: string,
  changes: object = {},
): CallInput<'runs.start'> {
  const { model, rewardModel, data, settings, seed } = tinyRequests[algorithm](world, '');
  return {
    ...{ name, algorithm, model: model as string, preset: 'starter', settings: { ...settings, ...changes } },
    ...(rewardModel !== undefined && { rewardModel }),
    ...(seed !== undefined && { seed }),
    data: Object.fromEntries(Object.entries(data).map(([role, paths]) => [role, [paths].flat()])),
  };
}
