/** Models small enough to check token by token, with weights large enough to have opinions. */
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { matmul } from '../../../core/graph/build.ts';
import { readConfig } from '../../../core/model/config-file.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import type { Model } from '../../../core/model/model.ts';
import { initialWeights } from '../../../core/model/parameters.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { hiddenStates, modelGraph, sequenceInputs, unembedding } from '../../../core/model/transformer.ts';
import { feedSequences } from '../../../core/training/sequences.ts';

const gpt2 = readConfig(
  {
    ...{ model_type: 'gpt2', vocab_size: 29, n_positions: 48 },
    ...{ n_embd: 16, n_layer: 2, n_head: 4, n_inner: 24 },
  },
  'a test',
);

const llama = (keyValueHeads: number, more: object = {}): ModelConfig =>
  readConfig(
    {
      ...{ model_type: 'llama', vocab_size: 29, max_position_embeddings: 48, rms_norm_eps: 1e-5 },
      ...{ hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 24 },
      ...{ num_key_value_heads: keyValueHeads, tie_word_embeddings: true, ...more },
    },
    'a test',
  );

/** Positions that are learned and positions that turn, with every way of sharing keys and values, tied and not. */
export const smallConfigs = {
  gpt2,
  llama: llama(4, { tie_word_embeddings: false }),
  'llama with grouped heads': llama(2, { rms_norm_eps: 1e-6, rope_theta: 500 }),
  'llama with one key-value head': llama(1),
} as const satisfies Record<string, ModelConfig>;

export const everyConfig: [string, ModelConfig][] = Object.entries(smallConfigs);

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
  const graph = modelGraph(model, 'policy');
  const logits = matmul(hiddenStates(graph, sequenceInputs()), unembedding(graph), { transposeB: true });
  const program = await engine.compile({ outputs: { logits } });
  const policy = await PlacedModel.place(engine, model);
  const { data } = (await program.run(feedSequences([{ ids, start: 1 }]), { sets: policy.sets('policy') }))
    .logits!;
  await program.dispose();
  policy.dispose();
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
