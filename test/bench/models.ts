/** What the benchmarks share: GPT-2 shapes with random weights, and the engine that runs them. */
import { randomStream } from '../../core/data/random.ts';
import type { Engine, Provider } from '../../core/engine/engine.ts';
import { openEngine } from '../../core/engine/open.ts';
import { readConfig } from '../../core/model/config-file.ts';
import type { ModelConfig } from '../../core/model/config.ts';
import type { Model } from '../../core/model/model.ts';
import { elements, initialWeights, parametersOf } from '../../core/model/parameters.ts';

/** Threads of each side. */
export const threads = 2;

export const gpt2 = (width: number, layers: number, heads: number, vocabularySize: number): ModelConfig =>
  readConfig(
    {
      ...{ model_type: 'gpt2', vocab_size: vocabularySize, n_positions: 256 },
      ...{ n_embd: width, n_layer: layers, n_head: heads },
    },
    'a benchmark',
  );

/** The starter's model. */
export const starter = gpt2(128, 4, 4, 1024);

export const randomModel = (config: ModelConfig): Model => ({
  config,
  head: 'language',
  weights: initialWeights(config, randomStream(1, 'weights')),
});

/**
 * As large as a random model and as fast to run, but made in no time: its matrices repeat a block of noise, each time
 * they are asked for.
 */
export const roughModel = (config: ModelConfig): Model => {
  const parameters = new Map(parametersOf(config, 'language').map((each) => [each.name, each]));
  return {
    config,
    head: 'language',
    weights: {
      get: (name) => {
        const { shape, initial } = parameters.get(name)!;
        if (initial === 'ones') return new Float32Array(elements(shape)).fill(1);
        return initial === 'zeros' ? new Float32Array(elements(shape)) : roughNoise(elements(shape), 0.02);
      },
    },
  };
};

/** A prime, so that the block begins at another column of every row. */
const BLOCK = 65521;

/** Numbers of mean 0 and this deviation, the same block of them again and again. */
export function roughNoise(count: number, deviation: number): Float32Array {
  const noise = new Float32Array(count);
  noise.set(randomStream(1, 'noise').normals(Math.min(count, BLOCK), deviation));
  for (let made = BLOCK; made < count; made *= 2) noise.copyWithin(made, 0, Math.min(made, count - made));
  return noise;
}

export function randomTokens({ vocabularySize }: ModelConfig, count: number, name: string): Int32Array {
  const stream = randomStream(1, name);
  return Int32Array.from({ length: count }, () => stream.integer(vocabularySize));
}

export async function withEngine<T>(
  use: (engine: Engine) => Promise<T>,
  device: Provider = 'cpu',
): Promise<T> {
  const { engine } = await openEngine({ device, threads });
  try {
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}
