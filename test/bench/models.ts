/** What the benchmarks share: GPT-2 shapes with random weights, and the engine that runs them. */
import { randomStream } from '../../core/data/random.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { openEngine } from '../../core/engine/open.ts';
import type { ModelConfig } from '../../core/model/config.ts';
import type { Model } from '../../core/model/model.ts';
import { initialWeights } from '../../core/model/parameters.ts';

/** Threads of each side. */
export const threads = 2;

export const gpt2 = (width: number, layers: number, heads: number, vocabularySize: number): ModelConfig => ({
  family: 'gpt2',
  vocabularySize,
  context: 256,
  width,
  layers,
  heads,
  keyValueHeads: heads,
  feedForwardWidth: 4 * width,
  normEpsilon: 1e-5,
  ropeTheta: 0,
  tied: true,
});

/** The starter's model. */
export const starter = gpt2(128, 4, 4, 1024);

export const randomModel = (config: ModelConfig): Model => ({
  config,
  head: 'language',
  weights: initialWeights(config, randomStream(1, 'weights')),
});

export function randomTokens({ vocabularySize }: ModelConfig, count: number, name: string): Int32Array {
  const stream = randomStream(1, name);
  return Int32Array.from({ length: count }, () => stream.integer(vocabularySize));
}

export async function withEngine<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
  const { engine } = await openEngine({ device: 'cpu', threads });
  try {
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}
