import { gelu, geluExact, layerNorm, reshape, rmsNorm, split, swiglu } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { FamilyName, LinearPart, ModelConfig } from './config.ts';

/** How a parameter starts: normal with the family's deviation, narrowed for residual projections, or constant. */
export type Initial = 'normal' | 'residual' | 'zeros' | 'ones';

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/** A linear layer of a block; its name is relative to the block. */
export interface Linear {
  readonly name: string;
  readonly part: LinearPart;
  readonly inputs: number;
  readonly outputs: number;
  readonly initial: Initial;
}

/** The layers of one block, as functions of what comes in. Names are relative to the block. */
export interface Block {
  readonly normalize: (x: Tensor, name: 'attention' | 'feedForward' | 'final') => Tensor;
  readonly linear: (x: Tensor, name: string) => Tensor;
  /** Normalizes every head of [rows, heads·headWidth] by itself, where the configuration asks for it. */
  readonly normalizeHeads: (x: Tensor, name: 'query' | 'key') => Tensor;
}

/** What sets one family of decoder-only transformers apart from another. */
export interface Family {
  /** Prefix of every name but the unembedding's, absent in some files. */
  readonly prefix: string;
  readonly embedding: string;
  /** Learned positions, where the family has them. */
  readonly positions?: string;
  readonly unembedding: string;
  readonly block: (layer: number) => string;
  readonly norms: Readonly<Record<'attention' | 'feedForward' | 'final', string>>;
  readonly normBias: boolean;
  /** Norms of a block's queries and keys, in families that may have them. */
  readonly headNorms?: Readonly<Record<'query' | 'key', string>>;
  readonly linears: (config: ModelConfig) => readonly Linear[];
  /** Whether weights are stored [inputs, outputs] (GPT-2's Conv1D) or [outputs, inputs]. */
  readonly inputsFirst: boolean;
  readonly norm: (x: Tensor, gain: Tensor, bias: Tensor | undefined, epsilon: number) => Tensor;
  /** Queries [rows, heads·headWidth], keys and values [rows, keyValueHeads·headWidth], before they turn. */
  readonly project: (x: Tensor, block: Block, config: ModelConfig) => { q: Tensor; k: Tensor; v: Tensor };
  readonly attentionOutput: string;
  readonly feedForward: (x: Tensor, block: Block, config: ModelConfig) => Tensor;
  /** The linear layers that adapters of these names change; `query-value` is what PEFT takes where none is named. */
  readonly adapterTargets: Readonly<Record<'query-value' | 'attention', readonly string[]>>;
}

const ofPart =
  (part: LinearPart) =>
  (name: string, inputs: number, outputs: number, initial: Initial = 'normal'): Linear => ({
    name,
    part,
    inputs,
    outputs,
    initial,
  });
const queryKeyValue = ofPart('queryKeyValue');
const attentionOutput = ofPart('attentionOutput');
const feedForward = ofPart('feedForward');

const activate = (x: Tensor, { activation }: ModelConfig) => (activation === 'gelu' ? geluExact(x) : gelu(x));

const gpt2: Family = {
  prefix: 'transformer.',
  embedding: 'wte.weight',
  positions: 'wpe.weight',
  unembedding: 'lm_head.weight',
  block: (layer) => `h.${layer}.`,
  norms: { attention: 'ln_1', feedForward: 'ln_2', final: 'ln_f' },
  normBias: true,
  linears: ({ width, feedForwardWidth }) => [
    queryKeyValue('attn.c_attn', width, 3 * width),
    attentionOutput('attn.c_proj', width, width, 'residual'),
    feedForward('mlp.c_fc', width, feedForwardWidth),
    feedForward('mlp.c_proj', feedForwardWidth, width, 'residual'),
  ],
  inputsFirst: true,
  norm: (x, gain, bias, epsilon) => layerNorm(x, gain, bias!, epsilon),
  project: (x, { linear }, { width }) => {
    const [q, k, v] = split(linear(x, 'attn.c_attn'), 1, [width, width, width]);
    return { q: q!, k: k!, v: v! };
  },
  attentionOutput: 'attn.c_proj',
  feedForward: (x, { linear }, config) => linear(activate(linear(x, 'mlp.c_fc'), config), 'mlp.c_proj'),
  adapterTargets: { 'query-value': ['attn.c_attn'], attention: ['attn.c_attn', 'attn.c_proj'] },
};

const gptNeox: Family = {
  prefix: 'gpt_neox.',
  embedding: 'embed_in.weight',
  unembedding: 'embed_out.weight',
  block: (layer) => `layers.${layer}.`,
  norms: { attention: 'input_layernorm', feedForward: 'post_attention_layernorm', final: 'final_layer_norm' },
  normBias: true,
  linears: ({ width, feedForwardWidth }) => [
    queryKeyValue('attention.query_key_value', width, 3 * width),
    attentionOutput('attention.dense', width, width, 'residual'),
    feedForward('mlp.dense_h_to_4h', width, feedForwardWidth),
    feedForward('mlp.dense_4h_to_h', feedForwardWidth, width, 'residual'),
  ],
  inputsFirst: false,
  norm: (x, gain, bias, epsilon) => layerNorm(x, gain, bias!, epsilon),
  // Every head has its own query, key and value side by side.
  project: (x, { linear }, { width, heads, headWidth }) => {
    const rows = x.shape[0]!;
    const byHead = reshape(linear(x, 'attention.query_key_value'), [rows, heads, 3 * headWidth]);
    const parts = split(byHead, 2, [headWidth, headWidth, headWidth]);
    const [q, k, v] = parts.map((part) => reshape(part, [rows, width]));
    return { q: q!, k: k!, v: v! };
  },
  attentionOutput: 'attention.dense',
  feedForward: (x, { linear }, config) =>
    linear(activate(linear(x, 'mlp.dense_h_to_4h'), config), 'mlp.dense_4h_to_h'),
  adapterTargets: {
    'query-value': ['attention.query_key_value'],
    attention: ['attention.query_key_value', 'attention.dense'],
  },
};

const llama: Family = {
  prefix: 'model.',
  embedding: 'embed_tokens.weight',
  unembedding: 'lm_head.weight',
  block: (layer) => `layers.${layer}.`,
  norms: { attention: 'input_layernorm', feedForward: 'post_attention_layernorm', final: 'norm' },
  normBias: false,
  headNorms: { query: 'self_attn.q_norm', key: 'self_attn.k_norm' },
  linears: ({ width, heads, keyValueHeads, headWidth, feedForwardWidth }) => [
    queryKeyValue('self_attn.q_proj', width, heads * headWidth),
    queryKeyValue('self_attn.k_proj', width, keyValueHeads * headWidth),
    queryKeyValue('self_attn.v_proj', width, keyValueHeads * headWidth),
    attentionOutput('self_attn.o_proj', heads * headWidth, width, 'residual'),
    feedForward('mlp.gate_proj', width, feedForwardWidth),
    feedForward('mlp.up_proj', width, feedForwardWidth),
    feedForward('mlp.down_proj', feedForwardWidth, width, 'residual'),
  ],
  inputsFirst: false,
  norm: (x, gain, _, epsilon) => rmsNorm(x, gain, epsilon),
  project: (x, { linear, normalizeHeads }) => ({
    q: normalizeHeads(linear(x, 'self_attn.q_proj'), 'query'),
    k: normalizeHeads(linear(x, 'self_attn.k_proj'), 'key'),
    v: linear(x, 'self_attn.v_proj'),
  }),
  attentionOutput: 'self_attn.o_proj',
  feedForward: (x, { linear }) =>
    linear(swiglu(linear(x, 'mlp.gate_proj'), linear(x, 'mlp.up_proj')), 'mlp.down_proj'),
  adapterTargets: {
    'query-value': ['self_attn.q_proj', 'self_attn.v_proj'],
    attention: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj'],
  },
};

/** What sets apart those that follow Llama is all in their configurations. */
export const families: { readonly [F in FamilyName]: Family } = {
  gpt2,
  gpt_neox: gptNeox,
  llama,
  mistral: llama,
  qwen2: llama,
  qwen3: llama,
  smollm3: llama,
};
