import type { Rope } from './rope.ts';

/** A decoder-only transformer, as every family describes one. Sizes in elements, context in tokens. */
export interface ModelConfig {
  readonly family: FamilyName;
  readonly vocabularySize: number;
  /** The longest text the model reads, in tokens. */
  readonly context: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  /** Of one head; all heads together need not be as wide as the model. */
  readonly headWidth: number;
  readonly feedForwardWidth: number;
  readonly activation: Activation;
  readonly normEpsilon: number;
  /** The linear layers that add a bias. */
  readonly biases: Readonly<Record<LinearPart, boolean>>;
  /** Whether both halves of a block read the same residual stream, or the second what the first has added to. */
  readonly parallelResidual: boolean;
  /** Whether the queries and keys of every head are normalized before they turn. */
  readonly queryKeyNorm: boolean;
  /** Absent where positions are learned. */
  readonly rope?: Rope;
  /** Whether the unembedding is the embedding. */
  readonly tied: boolean;
}

export type FamilyName = 'gpt2' | 'gpt_neox' | 'llama' | 'mistral' | 'qwen2' | 'qwen3' | 'smollm3';
export type Activation = 'gelu' | 'gelu-tanh' | 'swiglu';
export type LinearPart = 'queryKeyValue' | 'attentionOutput' | 'feedForward';
