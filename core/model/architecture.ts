import type { ModelConfig } from './config.ts';

/** What a model ends in: token logits, or one number a position (a reward or a value). */
export type HeadKind = 'language' | 'scalar';

/**
 * A low-rank adapter (Hu et al. 2021): every target layer y = xW + b becomes y + (alpha / rank)·x·Aᵀ·Bᵀ with
 * A [rank, inputs] and B [outputs, rank], while W and b stay as they are.
 */
export interface Lora {
  readonly rank: number;
  readonly alpha: number;
  /** Linear layers of every block, as its family names them. */
  readonly targets: readonly string[];
}

/** Layers to adapt: queries and values as the paper does, all of attention, or every linear layer of the blocks. */
export type LoraTargets = 'query-value' | 'attention' | 'all-linear';

/** All of a model that a graph depends on: everything but the weights. */
export interface Architecture {
  readonly config: ModelConfig;
  readonly head: HeadKind;
  /** What is trained in place of the weights, which then are a frozen base. */
  readonly adapter?: Lora;
  /** How the matrices of a frozen base are stored, where not as float32. */
  readonly baseFloats?: 'float16';
}

/** Weights by name. They may be read from the disk each time they are asked for, and are not kept. */
export interface Weights {
  get(name: string): Float32Array | undefined;
}

/** The frozen weights below an adapter. */
export interface Base {
  /** The model folder they come from, and what that model ends in. */
  readonly folder: string;
  readonly head: HeadKind;
  readonly weights: Weights;
}

/** A model on the host: what a Hugging Face folder holds beside its tokenizer. */
export interface Model extends Architecture {
  /** Its own parameters: all of them or, under an adapter, the adapter and a scalar head. */
  readonly weights: Weights;
  /** What it shares with other models; present where it has an adapter. */
  readonly base?: Base;
}
