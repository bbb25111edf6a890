import { gelu, layerNorm, rmsNorm, split, swiglu } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { FamilyName, ModelConfig } from './config.ts';

/** How a parameter starts: normal with the family's deviation, narrowed for residual projections, or constant. */
export type Initial = 'normal' | 'residual' | 'zeros' | 'ones';

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/** The layers of one block, as functions of what comes in. Names are relative to the block. */
export interface Block {
  readonly normalize: (x: Tensor, name: 'attention' | 'feedForward' | 'final') => Tensor;
  readonly linear: (x: Tensor, name: string) => Tensor;
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
  /** Linear layers of a block: name, inputs, outputs and initial value. */
  readonly linears: (config: ModelConfig) => readonly (readonly [string, number, number, Initial])[];
  readonly linearBias: boolean;
  /** Whether weights are stored [inputs, outputs] (GPT-2's Conv1D) or [outputs, inputs]. */
  readonly inputsFirst: boolean;
  readonly norm: (x: Tensor, gain: Tensor, bias: Tensor | undefined, epsilon: number) => Tensor;
  readonly project: (x: Tensor, block: Block, config: ModelConfig) => { q: Tensor; k: Tensor; v: Tensor };
  readonly attentionOutput: string;
  readonly feedForward: (x: Tensor, block: Block) => Tensor;
}

const keyWidth = ({ width, heads, keyValueHeads }: ModelConfig) => (width / heads) * keyValueHeads;

export const families: { readonly [F in FamilyName]: Family } = {
  gpt2: {
    prefix: 'transformer.',
    embedding: 'wte.weight',
    positions: 'wpe.weight',
    unembedding: 'lm_head.weight',
    block: (layer) => `h.${layer}.`,
    norms: { attention: 'ln_1', feedForward: 'ln_2', final: 'ln_f' },
    normBias: true,
    linears: ({ width, feedForwardWidth }) => [
      ['attn.c_attn', width, 3 * width, 'normal'],
      ['attn.c_proj', width, width, 'residual'],
      ['mlp.c_fc', width, feedForwardWidth, 'normal'],
      ['mlp.c_proj', feedForwardWidth, width, 'residual'],
    ],
    linearBias: true,
    inputsFirst: true,
    norm: (x, gain, bias, epsilon) => layerNorm(x, gain, bias!, epsilon),
    project: (x, { linear }, { width }) => {
      const [q, k, v] = split(linear(x, 'attn.c_attn'), 1, [width, width, width]);
      return { q: q!, k: k!, v: v! };
    },
    attentionOutput: 'attn.c_proj',
    feedForward: (x, { linear }) => linear(gelu(linear(x, 'mlp.c_fc')), 'mlp.c_proj'),
  },
  llama: {
    prefix: 'model.',
    embedding: 'embed_tokens.weight',
    unembedding: 'lm_head.weight',
    block: (layer) => `layers.${layer}.`,
    norms: { attention: 'input_layernorm', feedForward: 'post_attention_layernorm', final: 'norm' },
    normBias: false,
    linears: (config) => [
      ['self_attn.q_proj', config.width, config.width, 'normal'],
      ['self_attn.k_proj', config.width, keyWidth(config), 'normal'],
      ['self_attn.v_proj', config.width, keyWidth(config), 'normal'],
      ['self_attn.o_proj', config.width, config.width, 'residual'],
      ['mlp.gate_proj', config.width, config.feedForwardWidth, 'normal'],
      ['mlp.up_proj', config.width, config.feedForwardWidth, 'normal'],
      ['mlp.down_proj', config.feedForwardWidth, config.width, 'residual'],
    ],
    linearBias: false,
    inputsFirst: false,
    norm: (x, gain, _, epsilon) => rmsNorm(x, gain, epsilon),
    project: (x, { linear }) => ({
      q: linear(x, 'self_attn.q_proj'),
      k: linear(x, 'self_attn.k_proj'),
      v: linear(x, 'self_attn.v_proj'),
    }),
    attentionOutput: 'self_attn.o_proj',
    feedForward: (x, { linear }) =>
      linear(swiglu(linear(x, 'mlp.gate_proj'), linear(x, 'mlp.up_proj')), 'mlp.down_proj'),
  },
};
