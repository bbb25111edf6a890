import type { Dim, Shape } from './shape.ts';

/** float16 is for storing frozen parameters: rows of it can be gathered, but arithmetic wants a cast to float32. */
export type DType = 'float32' | 'float16' | 'int32' | 'int64' | 'bool';

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

/** The body of a loop: tensors of one iteration. */
export interface LoopBody {
  /** The iteration's number, int64 scalar. */
  readonly iteration: Tensor;
  /** The carried values as the iteration finds them; `input` nodes. */
  readonly carried: readonly Tensor[];
  /** The carried values as it leaves them. */
  readonly next: readonly Tensor[];
  /** Whether another iteration follows, bool scalar. */
  readonly again: Tensor;
  /** Values kept from every iteration, stacked along a new first axis. */
  readonly stacked: readonly Tensor[];
  /** The symbol that stands for the number of iterations made. */
  readonly steps: string;
}

type None = Record<never, never>;

/** Every op and its attributes. Adding one here makes each table that lacks its rule a compile error. */
export interface OpAttributes {
  // Sources
  input: { name: string; shape: Shape; dtype: DType };
  parameter: { group: string; name: string; shape: Shape; dtype: 'float32' | 'float16' };
  scalar: { value: number; dtype: DType };
  table: { shape: readonly number[]; data: Float32Array };
  causalMask: { length: Dim };
  rotaryTable: { name: string; spans: Shape; frequencies: readonly number[]; scale: number };
  // Elementwise, with broadcasting
  add: None;
  sub: None;
  mul: None;
  div: None;
  maximum: None;
  minimum: None;
  less: None;
  and: None;
  not: None;
  select: None;
  neg: None;
  exp: None;
  log: None;
  sqrt: None;
  tanh: None;
  sigmoid: None;
  softplus: None;
  erf: None;
  cast: { to: DType };
  // Reductions
  reduceSum: { axes: readonly number[] };
  reduceMean: { axes: readonly number[] };
  reduceMax: { axes: readonly number[] };
  // Layout
  reshape: { shape: Shape };
  transpose: { permutation: readonly number[] };
  expand: { shape: Shape };
  concat: { axis: number; dim: Dim };
  /** `end` null: to the end of the axis; `dim` names the size where it is not a difference of numbers. */
  slice: { axis: number; start: Dim; end: Dim | null; dim: Dim };
  split: { axis: number; sizes: readonly number[] };
  pad: { end: number; value: number };
  // Order
  after: None;
  // Linear algebra
  /** `fewRows`: the first operand has few, as a decoding step has; a hint, which changes no value. */
  matmul: { transposeA: boolean; transposeB: boolean; scale: number; fewRows?: true };
  // Indexing
  gatherRows: { unique: boolean };
  scatterAddRows: { rows: Dim; unique: boolean };
  gatherLast: None;
  argmax: None;
  topValues: { count: number };
  // Composites: an expansion into the ops above, and a gradient derived by hand
  softmax: None;
  layerNorm: { epsilon: number };
  rmsNorm: { epsilon: number };
  gelu: None;
  geluExact: None;
  swiglu: None;
  rotary: { heads: number; inverse: boolean };
  attention: { batch: Dim; length: Dim; heads: number; keyValueHeads: number };
  tokenLogProbability: { temperature: number };
  // Control
  loop: { body: LoopBody };
}

export type Op = keyof OpAttributes;
