/** Generation: new tokens a second, the prompts' pass included, against Hugging Face `generate`. */
import { randomStream } from '../../core/data/random.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { Generator, unfiltered } from '../../core/generation/generate.ts';
import type { ModelConfig } from '../../core/model/config.ts';
import type { Model } from '../../core/model/model.ts';
import { PlacedModel } from '../../core/model/placed.ts';
import { medianSeconds, type Benchmark } from './benchmark.ts';
import { gpt2, randomModel, randomTokens, starter, withEngine } from './models.ts';
import { measurePeer } from './python.ts';

export interface GenerationSize {
  readonly config: ModelConfig;
  readonly batch: number;
  readonly promptLength: number;
  readonly newTokens: number;
}

/** No token has this number, so every completion has full length, as the peer's do. */
const endTokens = [-1];

/** One generation after another, sampled from the whole distribution at temperature 1. */
export async function generation(
  engine: Engine,
  { config, batch, promptLength, newTokens }: GenerationSize,
  model: Model = randomModel(config),
): Promise<() => Promise<void>> {
  const policy = await PlacedModel.place(engine, model);
  const generator = await Generator.compile(engine, model, unfiltered(1));
  const prompts = Array.from({ length: batch }, (_, i) => randomTokens(config, promptLength, `prompt ${i}`));
  const limits = { maxTokens: newTokens, endTokens, padToken: 0, batchSize: batch };
  let run = 0;
  return async () => {
    run += 1;
    const streams = (i: number) => randomStream(run, 'completion', i);
    const completions = await generator.generate(policy, prompts, streams, limits);
    if (completions.some(({ ids }) => ids.length !== newTokens)) throw new Error('a completion is too short');
  };
}

function benchmark(name: string, config: ModelConfig): Benchmark {
  const size = { batch: 32, promptLength: 32, newTokens: 64 };
  const repeats = 5;
  return {
    name,
    unit: 'tokens/s',
    target: 4,
    ours: () =>
      withEngine(async (engine) => {
        const action = await generation(engine, { config, ...size });
        return (size.batch * size.newTokens) / (await medianSeconds(action, { warmUp: 2, repeats }));
      }),
    peer: {
      name: 'Hugging Face generate',
      python: true,
      measure: () =>
        measurePeer('generate.py', randomModel(config), { ...size, repeats, warmup: 2 }, 'tokensPerSecond'),
    },
  };
}

export const generate = [
  benchmark('generate-starter', starter),
  benchmark('generate-256', gpt2(256, 4, 4, 8192)),
  benchmark('generate-124m', gpt2(768, 12, 12, 50257)),
];
