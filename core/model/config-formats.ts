/** What each family's `config.json` says, with the defaults of transformers. */
import { z } from 'zod';
import type { HeadKind } from './architecture.ts';
import type { Activation, FamilyName, ModelConfig } from './config.ts';
import { readRope, type Rope } from './rope.ts';

/** How a family's `config.json` is read and written; `read` throws what zod throws. */
interface Format {
  /** The classes of transformers by what they end in. */
  readonly classes: Readonly<Record<HeadKind, string>>;
  readonly read: (json: unknown) => ModelConfig;
  readonly write: (config: ModelConfig) => Record<string, unknown>;
}

const size = z.int().positive();
const flag = z.boolean();
const positive = z.number().positive();
/** The one value that is computed; a file may leave it out. */
const only = <T extends number | boolean>(value: T) => z.literal(value).nullish();

/** What no family here computes. */
const common = z.object({
  is_causal: only(true),
  add_cross_attention: only(false),
});

/** What transformers calls the two forms of GELU. */
const gelus = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_accurate: 'gelu-tanh',
  gelu_python_tanh: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
} as const;
const gelu = z.literal(Object.keys(gelus) as (keyof typeof gelus)[]);
const nameOf = (activation: Activation) => (activation === 'gelu' ? 'gelu' : 'gelu_new');

/** Rotary parameters: transformers 5 keeps them all in `rope_parameters`, older files in several places. */
const rotary = (share: z.ZodType<number | null | undefined>) => {
  const plain = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())]);
  const parameters = z.object({ partial_rotary_factor: share }).catchall(plain).nullish();
  return { max_position_embeddings: size, rope_parameters: parameters, rope_scaling: parameters };
};
type Rotary = z.infer<z.ZodObject<ReturnType<typeof rotary>>>;

/** In the order in which transformers looks; `defaults` holds what a file may keep beside the parameters. */
function ropeOf(
  c: Rotary,
  headWidth: number,
  defaults: { rope_theta: number; partial_rotary_factor: number },
): Rope {
  const field = c.rope_scaling && Object.keys(c.rope_scaling).length > 0 ? 'rope_scaling' : 'rope_parameters';
  const said = Object.entries(c[field] ?? {}).filter(([, value]) => value !== null);
  const given: Record<string, unknown> = Object.fromEntries(said);
  return readRope(field, headWidth, {
    ...{ rope_type: given['type'] ?? 'default', original_max_position_embeddings: c.max_position_embeddings },
    ...{ ...defaults, ...given },
  });
}

const gpt2 = common.extend({
  vocab_size: size,
  n_positions: size,
  n_embd: size,
  n_layer: size,
  n_head: size,
  n_inner: size.nullish(),
  activation_function: gelu.default('gelu_new'),
  layer_norm_epsilon: positive.default(1e-5),
  tie_word_embeddings: flag.default(true),
  scale_attn_weights: only(true),
  scale_attn_by_inverse_layer_idx: only(false),
});

const gptNeox = common.extend({
  ...rotary(positive.max(1).nullish()),
  vocab_size: size,
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  hidden_act: gelu.default('gelu'),
  layer_norm_eps: positive.default(1e-5),
  attention_bias: flag.default(true),
  use_parallel_residual: flag.default(true),
  rotary_pct: positive.max(1).default(0.25),
  rotary_emb_base: positive.default(10000),
  tie_word_embeddings: flag.default(false),
});

const llamaLike = common.extend({
  ...rotary(only(1)),
  rope_theta: positive.nullish(),
  partial_rotary_factor: only(1),
  vocab_size: size,
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  hidden_act: z.literal(['silu', 'swish']).default('silu'),
  rms_norm_eps: positive.default(1e-6),
  tie_word_embeddings: flag.default(false),
});

const llama = llamaLike.extend({ attention_bias: flag.default(false), mlp_bias: flag.default(false) });

const mistral = llamaLike.extend({
  num_key_value_heads: size.nullish().default(8),
  sliding_window: size.nullish().default(4096),
});

const windowed = {
  use_sliding_window: flag.default(false),
  sliding_window: size.nullish().default(4096),
  layer_types: z.array(z.literal(['full_attention', 'sliding_attention'])).nullish(),
};

const qwen2 = llamaLike.extend({ ...windowed, max_window_layers: z.int().default(28) });

const qwen3 = qwen2.extend({ head_dim: size.default(128), attention_bias: flag.default(false) });

const smollm3 = llama.extend({
  ...windowed,
  num_key_value_heads: size.nullish().default(4),
  sliding_window: size.nullish().default(null),
  no_rope_layers: z.array(z.union([z.int(), flag])).nullish(),
  no_rope_layer_interval: size.default(4),
  tie_word_embeddings: flag.default(true),
});

/** In a text no longer than the window, attention that slides is attention to everything before. */
function contextWithin(positions: number, window: number | null, slides: readonly boolean[]): number {
  const reach = window ?? positions;
  if (reach >= positions || !slides.includes(true)) return positions;
  if (slides.every(Boolean)) return reach;
  throw new z.ZodError([
    {
      code: 'custom',
      path: ['sliding_window'],
      message: 'some layers slide and others do not; give a model whose layers are all alike',
      input: window,
    },
  ]);
}

type Windowed = z.infer<z.ZodObject<typeof windowed>> & Rotary;

/** `slides` says which layers do where the file does not list them. */
function contextOf(c: Windowed, layers: number, slides: (layer: number) => boolean): number {
  const listed = c.layer_types?.map((type) => type === 'sliding_attention');
  const window = c.use_sliding_window ? c.sliding_window : null;
  return contextWithin(c.max_position_embeddings, window, listed ?? upTo(layers).map(slides));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const biases = (queryKeyValue: boolean, attentionOutput = queryKeyValue, feedForward = false) => ({
  queryKeyValue,
  attentionOutput,
  feedForward,
});

/** What all families that follow Llama have in common, and in `rest` what sets one apart. */
function ofLlama(
  family: FamilyName,
  c: z.infer<typeof llamaLike>,
  rest: Partial<ModelConfig> = {},
  theta = 10000,
): ModelConfig {
  const headWidth = c.head_dim ?? c.hidden_size / c.num_attention_heads;
  return {
    family,
    vocabularySize: c.vocab_size,
    context: c.max_position_embeddings,
    width: c.hidden_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    keyValueHeads: c.num_key_value_heads ?? c.num_attention_heads,
    headWidth,
    feedForwardWidth: c.intermediate_size,
    activation: 'swiglu',
    normEpsilon: c.rms_norm_eps,
    biases: biases(false),
    parallelResidual: false,
    queryKeyNorm: false,
    rope: ropeOf(c, headWidth, { rope_theta: c.rope_theta ?? theta, partial_rotary_factor: 1 }),
    tied: c.tie_word_embeddings,
    ...rest,
  };
}

/** Both transformers 4 and 5 read the older places of the rotary parameters. */
const writeLlama = (c: ModelConfig) => ({
  vocab_size: c.vocabularySize,
  max_position_embeddings: c.context,
  hidden_size: c.width,
  intermediate_size: c.feedForwardWidth,
  num_hidden_layers: c.layers,
  num_attention_heads: c.heads,
  num_key_value_heads: c.keyValueHeads,
  head_dim: c.headWidth,
  hidden_act: 'silu',
  rms_norm_eps: c.normEpsilon,
  rope_theta: c.rope!.theta,
  rope_scaling: c.rope!.scaling ?? null,
});

const classes = (stem: string, language = `${stem}ForCausalLM`) => ({
  language,
  scalar: `${stem}ForSequenceClassification`,
});

export const formats: { readonly [F in FamilyName]: Format } = {
  gpt2: {
    classes: classes('GPT2', 'GPT2LMHeadModel'),
    read: (json) => {
      const c = gpt2.parse(json);
      return {
        family: 'gpt2',
        vocabularySize: c.vocab_size,
        context: c.n_positions,
        width: c.n_embd,
        layers: c.n_layer,
        heads: c.n_head,
        keyValueHeads: c.n_head,
        headWidth: c.n_embd / c.n_head,
        feedForwardWidth: c.n_inner ?? 4 * c.n_embd,
        activation: gelus[c.activation_function],
        normEpsilon: c.layer_norm_epsilon,
        biases: biases(true, true, true),
        parallelResidual: false,
        queryKeyNorm: false,
        tied: c.tie_word_embeddings,
      };
    },
    write: (c) => ({
      vocab_size: c.vocabularySize,
      n_positions: c.context,
      n_embd: c.width,
      n_layer: c.layers,
      n_head: c.heads,
      n_inner: c.feedForwardWidth,
      activation_function: nameOf(c.activation),
      layer_norm_epsilon: c.normEpsilon,
    }),
  },

  gpt_neox: {
    classes: classes('GPTNeoX'),
    read: (json) => {
      const c = gptNeox.parse(json);
      const headWidth = c.hidden_size / c.num_attention_heads;
      return {
        family: 'gpt_neox',
        vocabularySize: c.vocab_size,
        context: c.max_position_embeddings,
        width: c.hidden_size,
        layers: c.num_hidden_layers,
        heads: c.num_attention_heads,
        keyValueHeads: c.num_attention_heads,
        headWidth,
        feedForwardWidth: c.intermediate_size,
        activation: gelus[c.hidden_act],
        normEpsilon: c.layer_norm_eps,
        biases: biases(c.attention_bias, c.attention_bias, true),
        parallelResidual: c.use_parallel_residual,
        queryKeyNorm: false,
        rope: ropeOf(c, headWidth, {
          rope_theta: c.rotary_emb_base,
          partial_rotary_factor: c.rotary_pct,
        }),
        tied: c.tie_word_embeddings,
      };
    },
    write: (c) => ({
      vocab_size: c.vocabularySize,
      max_position_embeddings: c.context,
      hidden_size: c.width,
      intermediate_size: c.feedForwardWidth,
      num_hidden_layers: c.layers,
      num_attention_heads: c.heads,
      hidden_act: nameOf(c.activation),
      layer_norm_eps: c.normEpsilon,
      attention_bias: c.biases.queryKeyValue,
      use_parallel_residual: c.parallelResidual,
      rotary_pct: c.rope!.width / c.headWidth,
      rotary_emb_base: c.rope!.theta,
      rope_scaling: c.rope!.scaling ?? null,
    }),
  },

  llama: {
    classes: classes('Llama'),
    read: (json) => {
      const c = llama.parse(json);
      return ofLlama('llama', c, { biases: biases(c.attention_bias, c.attention_bias, c.mlp_bias) });
    },
    write: (c) => ({
      ...writeLlama(c),
      attention_bias: c.biases.queryKeyValue,
      mlp_bias: c.biases.feedForward,
    }),
  },

  mistral: {
    classes: classes('Mistral'),
    read: (json) => {
      const c = mistral.parse(json);
      const context = contextWithin(c.max_position_embeddings, c.sliding_window, [true]);
      return ofLlama('mistral', c, { context });
    },
    write: (c) => ({ ...writeLlama(c), sliding_window: null }),
  },

  qwen2: {
    classes: classes('Qwen2'),
    read: (json) => {
      const c = qwen2.parse(json);
      const context = contextOf(c, c.num_hidden_layers, (layer) => layer >= c.max_window_layers);
      return ofLlama('qwen2', c, { context, biases: biases(true, false) });
    },
    write: (c) => ({ ...writeLlama(c), use_sliding_window: false }),
  },

  qwen3: {
    classes: classes('Qwen3'),
    read: (json) => {
      const c = qwen3.parse(json);
      const context = contextOf(c, c.num_hidden_layers, (layer) => layer >= c.max_window_layers);
      return ofLlama('qwen3', c, { context, biases: biases(c.attention_bias), queryKeyNorm: true });
    },
    write: (c) => ({
      ...writeLlama(c),
      attention_bias: c.biases.queryKeyValue,
      use_sliding_window: false,
    }),
  },

  smollm3: {
    classes: classes('SmolLM3'),
    read: (json) => {
      const c = smollm3.parse(json);
      const still = (layer: number) =>
        c.no_rope_layers ? !c.no_rope_layers[layer] : (layer + 1) % c.no_rope_layer_interval === 0;
      const config = ofLlama(
        'smollm3',
        c,
        {
          context: contextOf(c, c.num_hidden_layers, still),
          biases: biases(c.attention_bias, c.attention_bias, c.mlp_bias),
        },
        2000000,
      );
      const unrotated = upTo(config.layers).filter(still);
      return { ...config, rope: { ...config.rope!, unrotated } };
    },
    write: (c) => ({
      ...writeLlama(c),
      // The default would lie beyond a smaller vocabulary.
      pad_token_id: null,
      attention_bias: c.biases.queryKeyValue,
      mlp_bias: c.biases.feedForward,
      no_rope_layers: upTo(c.layers).map((layer) => (c.rope!.unrotated?.includes(layer) ? 0 : 1)),
      use_sliding_window: false,
    }),
  },
};
