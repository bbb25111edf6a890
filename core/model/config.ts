import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';

/** A decoder-only transformer, as both families describe one. Sizes in elements, context in tokens. */
export interface ModelConfig {
  readonly family: FamilyName;
  readonly vocabularySize: number;
  readonly context: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly feedForwardWidth: number;
  readonly normEpsilon: number;
  /** Base of the rotary angles; 0 where positions are learned. */
  readonly ropeTheta: number;
  /** Whether the unembedding is the embedding. */
  readonly tied: boolean;
}

export type FamilyName = 'gpt2' | 'llama';

const size = z.number().int().positive();

const gpt2 = z.object({
  vocab_size: size,
  n_positions: size,
  n_embd: size,
  n_layer: size,
  n_head: size,
  n_inner: size.nullish(),
  activation_function: z.literal(['gelu_new', 'gelu_pytorch_tanh']).default('gelu_new'),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  tie_word_embeddings: z.literal(true).default(true),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
});

const llama = z.object({
  vocab_size: size,
  max_position_embeddings: size,
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.optional(),
  head_dim: size.nullish(),
  hidden_act: z.literal('silu').default('silu'),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  /** Where transformers 5 and later keep the base. */
  rope_parameters: z
    .object({ rope_type: z.literal('default').default('default'), rope_theta: z.number().positive() })
    .nullish(),
  rope_scaling: z.null().optional(),
  attention_bias: z.literal(false).default(false),
  mlp_bias: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(false),
});

const readers: { [F in FamilyName]: (json: unknown) => ModelConfig } = {
  gpt2: (json) => {
    const c = gpt2.parse(json);
    return {
      family: 'gpt2',
      vocabularySize: c.vocab_size,
      context: c.n_positions,
      width: c.n_embd,
      layers: c.n_layer,
      heads: c.n_head,
      keyValueHeads: c.n_head,
      feedForwardWidth: c.n_inner ?? 4 * c.n_embd,
      normEpsilon: c.layer_norm_epsilon,
      ropeTheta: 0,
      tied: true,
    };
  },
  llama: (json) => {
    const c = llama
      .refine((v) => !v.head_dim || v.head_dim * v.num_attention_heads === v.hidden_size, {
        path: ['head_dim'],
        message: 'must be hidden_size / num_attention_heads',
      })
      .parse(json);
    return {
      family: 'llama',
      vocabularySize: c.vocab_size,
      context: c.max_position_embeddings,
      width: c.hidden_size,
      layers: c.num_hidden_layers,
      heads: c.num_attention_heads,
      keyValueHeads: c.num_key_value_heads ?? c.num_attention_heads,
      feedForwardWidth: c.intermediate_size,
      normEpsilon: c.rms_norm_eps,
      ropeTheta: c.rope_theta ?? c.rope_parameters?.rope_theta ?? 10000,
      tied: c.tie_word_embeddings,
    };
  },
};

/** Reads a Hugging Face `config.json`; `file` is named in errors. */
export function readConfig(json: unknown, file: string): ModelConfig {
  const family = (json as { model_type?: unknown } | null)?.model_type;
  if (typeof family !== 'string' || !Object.hasOwn(readers, family))
    throw new ModelError(
      `${file} says model_type ${JSON.stringify(family)}, but only ${Object.keys(readers).join(' and ')} can be loaded`,
    );
  try {
    const config = readers[family as FamilyName](json);
    checkHeads(config, file);
    return config;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const { path, message } = error.issues[0]!;
    const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], json);
    throw new ModelError(
      `${file} has ${path.join('.')} = ${JSON.stringify(value)}, which is not supported: ${message}`,
    );
  }
}

function checkHeads({ width, heads, keyValueHeads }: ModelConfig, file: string): void {
  if (width % heads !== 0 || heads % keyValueHeads !== 0)
    throw new ModelError(
      `${file} has width ${width}, ${heads} heads and ${keyValueHeads} key-value heads, which do not divide one another`,
    );
}

/** The Hugging Face `config.json` of a model made here. */
export function writeConfig(config: ModelConfig): Record<string, unknown> {
  return { ...writers[config.family](config), torch_dtype: 'float32' };
}

const writers: { [F in FamilyName]: (config: ModelConfig) => Record<string, unknown> } = {
  gpt2: (c) => ({
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: c.vocabularySize,
    n_positions: c.context,
    n_embd: c.width,
    n_layer: c.layers,
    n_head: c.heads,
    n_inner: c.feedForwardWidth,
    activation_function: 'gelu_new',
    layer_norm_epsilon: c.normEpsilon,
    tie_word_embeddings: true,
  }),
  llama: (c) => ({
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: c.vocabularySize,
    max_position_embeddings: c.context,
    hidden_size: c.width,
    intermediate_size: c.feedForwardWidth,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.keyValueHeads,
    hidden_act: 'silu',
    rms_norm_eps: c.normEpsilon,
    rope_theta: c.ropeTheta,
    tie_word_embeddings: c.tied,
  }),
};
