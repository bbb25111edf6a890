/** Models small enough to check token by token, with weights large enough to have opinions. */
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { matmul } from '../../../core/graph/build.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { toDevice, type Model } from '../../../core/model/model.ts';
import { initialWeights } from '../../../core/model/parameters.ts';
import { hiddenStates, modelGraph, sequenceInputs, unembedding } from '../../../core/model/transformer.ts';
import { feedSequences } from '../../../core/training/sequences.ts';

const sizes = { vocabularySize: 29, context: 48, width: 16, layers: 2, heads: 4, feedForwardWidth: 24 };

/** Both families, with every way of sharing keys and values, tied and not. */
export const smallConfigs = {
  gpt2: { ...sizes, family: 'gpt2', keyValueHeads: 4, normEpsilon: 1e-5, ropeTheta: 0, tied: true },
  llama: { ...sizes, family: 'llama', keyValueHeads: 4, normEpsilon: 1e-5, ropeTheta: 10000, tied: false },
  'llama with grouped heads': {
    ...sizes,
    family: 'llama',
    keyValueHeads: 2,
    normEpsilon: 1e-6,
    ropeTheta: 500,
    tied: true,
  },
  'llama with one key-value head': {
    ...sizes,
    family: 'llama',
    keyValueHeads: 1,
    normEpsilon: 1e-5,
    ropeTheta: 10000,
    tied: true,
  },
} as const satisfies Record<string, ModelConfig>;

export const everyConfig = Object.entries(smallConfigs) as [string, ModelConfig][];

/** Ten times the usual deviation, and norms and biases off their 1 and 0. */
export function randomModel(config: ModelConfig, seed = 5): Model {
  const stream = randomStream(seed, 'weights');
  const weights = [...initialWeights(config, stream)].map(([name, values]) => {
    const constant = values.every((value) => value === values[0]);
    const moved = constant ? values.map((value) => value + 0.2 * stream.normal()) : values.map((v) => 10 * v);
    return [name, moved] as const;
  });
  return { config, head: 'language', weights: new Map(weights) };
}

/** The logits after every token of a text, one row each: the product itself never forms them for a whole text. */
export async function logitsOf(engine: Engine, model: Model, ids: Int32Array): Promise<Float32Array[]> {
  const graph = modelGraph(model.config, 'language', 'policy');
  const logits = matmul(hiddenStates(graph, sequenceInputs()), unembedding(graph), { transposeB: true });
  const program = await engine.compile({ outputs: { logits } });
  const parameters = await toDevice(engine, model);
  const { data } = (await program.run(feedSequences([{ ids, start: 1 }]), { sets: { policy: parameters } }))
    .logits!;
  await program.dispose();
  parameters.dispose();
  const width = model.config.vocabularySize;
  return Array.from(ids, (_, row) => (data as Float32Array).slice(row * width, (row + 1) * width));
}

/** log softmax in float64. */
export function logSoftmax(logits: Float32Array, temperature = 1): number[] {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const largest = Math.max(...scaled);
  const total = scaled.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  return scaled.map((logit) => logit - largest - Math.log(total));
}

/** Token ids in [1, vocabulary) that look random; 0 is left for padding. */
export const randomPrompt = (length: number, seed: number, { vocabularySize }: ModelConfig): Int32Array => {
  const stream = randomStream(seed, 'prompt');
  return Int32Array.from({ length }, () => 1 + stream.integer(vocabularySize - 1));
};
