import type { Op, OpAttributes } from './ops.ts';
import type { Shape } from './shape.ts';

export type DType = 'float32' | 'int32' | 'int64' | 'bool';

/** The type of a tensor: what the verifier compares. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A symbolic tensor: one output of a node. Immutable; nothing is computed until an engine runs it. */
export interface Tensor extends TensorType {
  readonly node: Node;
  readonly index: number;
}

/** One application of an op to tensors. */
export interface NodeOf<K extends Op> {
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly attributes: OpAttributes[K];
  readonly outputs: readonly Tensor[];
}

export type Node = { [K in Op]: NodeOf<K> }[Op];
