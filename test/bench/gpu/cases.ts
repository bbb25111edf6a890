/**
 * What is measured on a machine with a graphics processor: each case by us on every device there, and by PyTorch,
 * Transformers or TRL on the same card.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { measureEngine } from '../../../core/engine/measure.ts';
import type { Lora } from '../../../core/model/architecture.ts';
import { readConfig, writeConfig } from '../../../core/model/config-file.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { loraTargets } from '../../../core/model/lora.ts';
import { withAdapter } from '../../../core/model/model.ts';
import { medianSeconds } from '../benchmark.ts';
import { generation, type GenerationSize } from '../generate.ts';
import { gpt2, roughModel, starter } from '../models.ts';
import { forwardOperations, trainingOperations } from '../operations.ts';
import { episodesPerSecond, fullLengthTask, type PpoSize } from '../ppo.ts';
import { inTemporaryFolder } from '../python.ts';
import { trainingStep, type SftSize } from '../sft.ts';
import { productRate, type Chain } from './limits.ts';

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Floating-point operations of the products behind one unit. */
  readonly operations?: number;
  /** The least ratio to PyTorch in float32 that is aimed at. */
  readonly aim?: number;
}

/** How PyTorch computes; see `peers/common.py`. */
export type Precision = 'float32' | 'tf32' | 'bfloat16';

export interface PeerRun {
  readonly name: string;
  readonly precision: Precision;
  /** In `peers`, with its settings but the device. */
  readonly script: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** One number a row, from the script's result. */
  readonly read: (result: Readonly<Record<string, unknown>>) => readonly number[];
}

/** What one process measures. */
export interface Case {
  readonly name: string;
  readonly rows: readonly Row[];
  /** One number a row. */
  readonly ours: (engine: Engine) => Promise<readonly number[]>;
  readonly peers: readonly PeerRun[];
}

/** The sizes that are measured, and those of a rehearsal, which only shows that everything runs. */
export interface Scale {
  readonly gpt2: ModelConfig;
  /** The shape of SmolLM2-360M. */
  readonly llama: ModelConfig;
  /** The shape of Llama 3.2 1B. */
  readonly large: ModelConfig;
  readonly starter: ModelConfig;
  readonly square: number;
  /** Numbers that the measurement of memory moves. */
  readonly elements: number;
  /** Of batches and lengths. */
  readonly shrink: (size: number) => number;
}

const llama = (
  [width, feedForward, layers, heads, keyValueHeads]: readonly [number, number, number, number, number],
  vocabularySize: number,
): ModelConfig =>
  readConfig(
    {
      ...{ model_type: 'llama', vocab_size: vocabularySize, max_position_embeddings: 2048 },
      ...{ hidden_size: width, intermediate_size: feedForward, num_hidden_layers: layers },
      ...{ num_attention_heads: heads, num_key_value_heads: keyValueHeads, tie_word_embeddings: true },
    },
    'a benchmark',
  );

export const full: Scale = {
  gpt2: { ...gpt2(768, 12, 12, 50257), context: 1024 },
  llama: llama([960, 2560, 32, 15, 5], 49152),
  large: llama([2048, 8192, 16, 32, 8], 128256),
  starter,
  square: 4096,
  elements: 2 ** 26,
  shrink: (size) => size,
};

const tinyLlama = llama([32, 64, 2, 4, 2], 96);

export const rehearsal: Scale = {
  gpt2: gpt2(32, 2, 2, 96),
  llama: tinyLlama,
  large: tinyLlama,
  starter: gpt2(16, 2, 2, 64),
  square: 64,
  elements: 2 ** 20,
  shrink: (size) => Math.max(2, size >> 4),
};

export const cases = (scale: Scale): readonly Case[] => [
  limits(scale),
  unembeddingLimit(scale),
  ...generations(scale),
  ...finetunings(scale),
  lora(scale),
  ...ppos(scale),
];

/** The first row is what rates are compared with. */
function limits({ square, gpt2, llama, elements, shrink }: Scale): Case {
  const tokens = shrink(4096);
  const chains: Chain[] = [
    [square, square, square, 4],
    [tokens, gpt2.width, gpt2.feedForwardWidth, 16],
    [tokens, llama.width, llama.feedForwardWidth, 16],
    [shrink(64), gpt2.width, gpt2.feedForwardWidth, 64],
  ];
  return {
    ...productCase('limits', chains),
    rows: [...chains.map(rowOfChain), { name: 'memory: x + y/2 in place', unit: 'GB/s' }],
    ours: async (engine) => [
      ...(await productRates(engine, chains)),
      (await measureEngine(engine)).gigabytesPerSecond,
    ],
    peers: productPeers(chains, { elements }, (result) => [
      ...(result['gigaflops'] as number[]),
      result['gigabytesPerSecond'] as number,
    ]),
  };
}

/** By itself: its result is large, and a device may refuse it. */
const unembeddingLimit = ({ gpt2, shrink, elements }: Scale): Case =>
  productCase('limits of unembedding', [[shrink(2048), gpt2.width, gpt2.vocabularySize, 4]], { elements });

const productCase = (name: string, chains: readonly Chain[], settings: object = {}): Case => ({
  name,
  rows: chains.map(rowOfChain),
  ours: (engine) => productRates(engine, chains),
  peers: productPeers(chains, settings, (result) => result['gigaflops'] as number[]),
});

const rowOfChain = ([m, k, n]: Chain): Row => ({
  name: `product [${m}, ${k}]·[${k}, ${n}]`,
  unit: 'GFLOP/s',
  operations: 1e9,
});

async function productRates(engine: Engine, chains: readonly Chain[]): Promise<number[]> {
  const rates: number[] = [];
  for (const chain of chains) rates.push(await productRate(engine, chain));
  return rates;
}

const productPeers = (shapes: readonly Chain[], settings: object, read: PeerRun['read']): PeerRun[] =>
  precisions.map((precision) => ({
    ...{ name: `PyTorch ${precision}`, precision, script: 'limits.py', read },
    settings: { shapes, ...settings, precision },
  }));

const precisions = ['float32', 'tf32', 'bfloat16'] as const satisfies readonly Precision[];

function generations({ gpt2, llama, shrink }: Scale): Case[] {
  const lengths = { promptLength: shrink(64), newTokens: shrink(128) };
  return [
    generationCase('GPT-2 124M', { config: gpt2, batch: shrink(32), ...lengths }),
    generationCase('GPT-2 124M', { config: gpt2, batch: shrink(64), ...lengths }),
    generationCase('Llama 360M', { config: llama, batch: shrink(64), ...lengths }),
  ];
}

function generationCase(model: string, size: GenerationSize): Case {
  const { config, batch, promptLength, newTokens } = size;
  const repeats = { warmUp: 1, repeats: 3 };
  const name = `generation, ${model}, ${batch} × (${promptLength} + ${newTokens})`;
  const operations = forwardOperations(config, promptLength + newTokens, newTokens) / newTokens;
  const settings = { batch, promptLength, newTokens, repeats: repeats.repeats, warmup: repeats.warmUp };
  return {
    name,
    rows: [{ name, unit: 'tokens/s', operations, aim: 1 }],
    ours: async (engine) => {
      const action = await generation(engine, size, roughModel(config));
      return [(batch * newTokens) / (await medianSeconds(action, repeats))];
    },
    peers: (['dynamic', 'static'] as const).flatMap((cache) =>
      (['float32', 'bfloat16'] as const).map((precision) => ({
        ...{ name: `Transformers ${precision}, ${cache} cache`, precision, script: 'generate.py' },
        settings: { ...peerModel(config), ...settings, cache, precision },
        read: ({ tokensPerSecond }) => [tokensPerSecond as number],
      })),
    ),
  };
}

type StepSize = Omit<SftSize, 'steps'>;

/** Also looked into by `profile.ts`. */
export const gpt2Step = ({ gpt2, shrink }: Scale): StepSize => ({
  ...{ config: gpt2, batch: shrink(8), length: shrink(512), microBatchTokens: shrink(4096) },
});

function finetunings(scale: Scale): Case[] {
  const { llama, starter, shrink } = scale;
  return [
    sftCase('GPT-2 124M', gpt2Step(scale)),
    sftCase('starter', { config: starter, batch: shrink(32), length: shrink(128), microBatchTokens: 4096 }),
    sftCase('Llama 360M', { ...gpt2Step(scale), config: llama }),
  ];
}

const steps = { warmUp: 3, repeats: 8 };

const sftCase = (model: string, size: StepSize): Case =>
  stepCase(`SFT, ${model}, ${size.batch} × ${size.length}`, size, trainingOperations, {}, (engine) =>
    trainingStep(engine, size, roughModel(size.config)),
  );

function lora({ large, shrink }: Scale): Case {
  const size = { config: large, batch: shrink(4), length: shrink(512), microBatchTokens: shrink(1024) };
  const adapter = { rank: 16, alpha: 32, targets: loraTargets(large, 'query-value') };
  return stepCase(
    `SFT with LoRA, Llama 1B, ${size.batch} × ${size.length}`,
    size,
    // Backwards a frozen weight needs one product, not two.
    (config, length, scored) => 2 * forwardOperations(config, length, scored),
    { lora: adapter },
    (engine) => adapterStep(engine, size, adapter),
  );
}

/** A base is known by its folder, whose weights are made up here. */
const adapterStep = (engine: Engine, size: StepSize, adapter: Lora): Promise<() => Promise<void>> =>
  inTemporaryFolder((folder) => {
    const base = roughModel(size.config);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(writeConfig(size.config)));
    return trainingStep(engine, size, withAdapter(base, folder, adapter, randomStream(1, 'adapter')));
  });

function stepCase(
  name: string,
  { config, batch, length }: StepSize,
  operationsOf: typeof trainingOperations,
  settings: object,
  prepare: (engine: Engine) => Promise<() => Promise<void>>,
): Case {
  const operations = operationsOf(config, length, length - 1) / length;
  const all = { batch, length, steps: steps.repeats, warmup: steps.warmUp, ...settings };
  return {
    name,
    rows: [{ name, unit: 'tokens/s', operations, aim: 0.5 }],
    ours: async (engine) => [(batch * length) / (await medianSeconds(await prepare(engine), steps))],
    peers: precisions.map((precision) => ({
      ...{ name: `PyTorch ${precision}`, precision, script: 'sft.py' },
      settings: { ...peerModel(config), ...all, fused: true, precision },
      read: ({ tokensPerSecond }) => [tokensPerSecond as number],
    })),
  };
}

function ppos({ gpt2, starter, shrink }: Scale): Case[] {
  const settings = { responseLength: shrink(48), microBatchTokens: 8192 };
  const [batch, promptLength] = [shrink(128), shrink(32)];
  return [
    ppoCase('starter', starter, promptLength, { batch, minibatches: 2, epochs: 2, iterations: 4, settings }),
    ppoCase('GPT-2 124M', gpt2, promptLength, { batch, minibatches: 2, epochs: 1, iterations: 3, settings }),
  ];
}

function ppoCase(
  model: string,
  config: ModelConfig,
  promptLength: number,
  size: PpoSize & { readonly settings: { readonly responseLength: number } },
): Case {
  const { batch, minibatches, epochs, iterations } = size;
  const { responseLength } = size.settings;
  const name = `PPO, ${model}, ${batch} × (${promptLength} + ${responseLength}), ${epochs} epochs`;
  const forward = forwardOperations(config, promptLength + responseLength, responseLength);
  // Generation, reference, reward and value; then policy and value are trained in every epoch.
  const operations = forward * (4 + epochs * 2 * 3);
  const settings = { batch, minibatches, epochs, iterations, promptLength, responseLength, warmup: 1 };
  return {
    name,
    rows: [{ name, unit: 'episodes/s', operations, aim: 1 }],
    ours: async (engine) => [
      await episodesPerSecond(engine, fullLengthTask(roughModel(config), size, promptLength), size),
    ],
    peers: precisions.map((precision) => ({
      ...{ name: `TRL ${precision}`, precision, script: 'ppo.py' },
      settings: { ...peerModel(config), ...settings, precision },
      read: ({ episodesPerSecond }) => [episodesPerSecond as number],
    })),
  };
}

/** Random weights of its own. Scaled dot-product attention is PyTorch's fastest. */
const peerModel = (config: ModelConfig) => ({ config: writeConfig(config), attention: 'sdpa' });
