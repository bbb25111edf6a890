/** Constructors of graph nodes: the language in which models, losses and optimizers are written. */
import { infer } from './ops.ts';
import { product, type Dim, type Shape } from './shape.ts';
import type { DType, LoopBody, Node, NodeOf, Op, OpAttributes, Tensor } from './tensor.ts';

export type Operand = Tensor | number;

/** Makes a node after checking that its inputs fit; the one way nodes come into being. */
export function makeNode<K extends Op>(
  op: K,
  inputs: readonly Tensor[],
  attributes: OpAttributes[K],
): NodeOf<K> {
  const outputs: Tensor[] = [];
  const node = { op, inputs, attributes, outputs } as unknown as Node;
  infer(op, inputs, attributes).forEach(({ shape, dtype }, index) =>
    outputs.push({ node, index, shape, dtype }),
  );
  return node as NodeOf<K>;
}

const apply = <K extends Op>(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): Tensor =>
  makeNode(op, inputs, attributes).outputs[0]!;

/** A tensor fed at every run. */
export const input = (name: string, dtype: DType, shape: Shape): Tensor =>
  apply('input', [], { name, dtype, shape });

/** A tensor that lives on the device, in the set bound to `group` at run time. */
export const parameter = (
  group: string,
  name: string,
  shape: Shape,
  dtype: OpAttributes['parameter']['dtype'] = 'float32',
): Tensor => apply('parameter', [], { group, name, shape, dtype });

export const scalar = (value: number, dtype: DType = 'float32'): Tensor =>
  apply('scalar', [], { value, dtype });

/** A float32 constant stored in the program. */
export const table = (data: Float32Array, shape: readonly number[]): Tensor =>
  apply('table', [], { data, shape });

/** [length, length]: 0 where a row may attend to a column (column <= row), -1e9 elsewhere. */
export const causalMask = (length: Dim): Tensor => apply('causalMask', [], { length });

/**
 * Cosines and sines of rotary angles, each [name, frequencies.length]: row p has scale·cos(p·frequency) and
 * scale·sin(p·frequency), made by the host for every run. There are as many rows as the sum of `spans`; `name`
 * stands for their number in shapes.
 */
export function rotaryTable(
  name: string,
  spans: Shape,
  frequencies: readonly number[],
  scale = 1,
): { cosine: Tensor; sine: Tensor } {
  const { outputs } = makeNode('rotaryTable', [], { name, spans, frequencies, scale });
  return { cosine: outputs[0]!, sine: outputs[1]! };
}

function operands(a: Operand, b: Operand): Tensor[] {
  const dtype = typeof a === 'number' ? (typeof b === 'number' ? 'float32' : b.dtype) : a.dtype;
  return [a, b].map((x) => (typeof x === 'number' ? scalar(x, dtype) : x));
}

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'less' | 'and';
const binary = (op: Binary) => (a: Operand, b: Operand) => apply(op, operands(a, b), {});
export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const div = binary('div');
export const maximum = binary('maximum');
export const minimum = binary('minimum');
export const less = binary('less');
export const and = binary('and');

type Unary = 'neg' | 'exp' | 'log' | 'sqrt' | 'tanh' | 'sigmoid' | 'softplus' | 'erf' | 'not' | 'softmax';
const unary = (op: Unary) => (x: Tensor) => apply(op, [x], {});
export const neg = unary('neg');
export const exp = unary('exp');
export const log = unary('log');
export const sqrt = unary('sqrt');
export const tanh = unary('tanh');
export const sigmoid = unary('sigmoid');
/** log(1 + e^x), without overflow. */
export const softplus = unary('softplus');
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = unary('erf');
export const not = unary('not');

export const square = (x: Tensor): Tensor => mul(x, x);

/** `a` where the condition holds, else `b`. */
export function select(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply('select', [condition, ...operands(a, b)], {});
}

export const clip = (x: Tensor, low: Operand, high: Operand): Tensor => minimum(maximum(x, low), high);

export const cast = (x: Tensor, to: DType): Tensor => (x.dtype === to ? x : apply('cast', [x], { to }));

type Reduction = 'reduceSum' | 'reduceMean' | 'reduceMax';
const reduction =
  (op: Reduction) =>
  (x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)) =>
    apply(op, [x], { axes: axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)) });
/** Reductions keep the reduced axes with size 1; without axes they reduce all. */
export const reduceSum = reduction('reduceSum');
export const reduceMean = reduction('reduceMean');
export const reduceMax = reduction('reduceMax');

export const reshape = (x: Tensor, shape: Shape): Tensor => apply('reshape', [x], { shape });

export const transpose = (x: Tensor, permutation: readonly number[]): Tensor =>
  apply('transpose', [x], { permutation });

export const expand = (x: Tensor, shape: Shape): Tensor => apply('expand', [x], { shape });

/** Joins along an axis; `dim` names the joint size where it is not a plain sum of numbers. */
export function concat(parts: readonly Tensor[], axis: number, dim?: Dim): Tensor {
  const sum = parts.reduce((total, part) => total + Number(part.shape[axis]), 0);
  return apply('concat', parts, { axis, dim: dim ?? sum });
}

/** Elements [start, end) along an axis. */
export const slice = (x: Tensor, axis: number, start: number, end: number): Tensor =>
  apply('slice', [x], { axis, start, end, dim: end - start });

/** The parts of an axis, of the given sizes. */
export const split = (x: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] =>
  makeNode('split', [x], { axis, sizes }).outputs;

/** The two parts of an axis before and after a symbolic position; `rest` names the size of the second. */
export function splitAt(x: Tensor, axis: number, at: Dim, rest: Dim): [Tensor, Tensor] {
  return [
    apply('slice', [x], { axis, start: 0, end: at, dim: at }),
    apply('slice', [x], { axis, start: at, end: null, dim: rest }),
  ];
}

/** Appends `end` copies of a value to the last axis. */
export const pad = (x: Tensor, end: number, value: number): Tensor =>
  end === 0 ? x : apply('pad', [x], { end, value });

/** `x` itself, but nothing that is made from it is computed before `first` is. */
export const after = (x: Tensor, first: Tensor): Tensor => apply('after', [x, first], {});

export interface MatmulOptions {
  transposeA?: boolean;
  transposeB?: boolean;
  /** A factor on the product (not on the bias). */
  scale?: number;
  /** Added to every row; matrices only. */
  bias?: Tensor;
  /** Says that `a` has few rows, for engines to which that matters; matrices only. */
  fewRows?: boolean;
}

/** scale · op(a) · op(b) + bias over the last two axes; the outer axes broadcast. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, scale = 1, bias, fewRows } = options;
  const attributes = { transposeA, transposeB, scale, ...(fewRows && ({ fewRows } as const)) };
  return apply('matmul', bias ? [a, b, bias] : [a, b], attributes);
}

/** Rows of a table by int32 index. `unique` promises that no index occurs twice. */
export const gatherRows = (rows: Tensor, indices: Tensor, unique = false): Tensor =>
  apply('gatherRows', [rows, indices], { unique });

/** A zero table of `rows` rows to which each update is added at its index. */
export const scatterAddRows = (updates: Tensor, indices: Tensor, rows: Dim, unique = false): Tensor =>
  apply('scatterAddRows', [updates, indices], { rows, unique });

/** Elements of the last axis by int32 index. */
export const gatherLast = (x: Tensor, indices: Tensor): Tensor => apply('gatherLast', [x, indices], {});

/** Position of the largest element of the last axis, as [..., 1]; the first of equals. */
export const argmax = (x: Tensor): Tensor => apply('argmax', [x], {});

/** The largest `count` values of the last axis, descending. */
export const topValues = (x: Tensor, count: number): Tensor => apply('topValues', [x], { count });

/** Softmax over the last axis. */
export const softmax = unary('softmax');

/** (x − mean) / √(variance + ε) · gain + bias over the last axis (Ba et al. 2016). */
export const layerNorm = (x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor =>
  apply('layerNorm', [x, gain, bias], { epsilon });

/** x / √(mean(x²) + ε) · gain over the last axis (Zhang and Sennrich 2019). */
export const rmsNorm = (x: Tensor, gain: Tensor, epsilon: number): Tensor =>
  apply('rmsNorm', [x, gain], { epsilon });

/** GELU in its tanh form (Hendrycks and Gimpel 2016), as GPT-2 has it. */
export const gelu = (x: Tensor): Tensor => apply('gelu', [x], {});

/** GELU as x·Φ(x), Φ being the normal distribution (Hendrycks and Gimpel 2016). */
export const geluExact = (x: Tensor): Tensor => apply('geluExact', [x], {});

/** silu(gate) · up (Shazeer 2020). */
export const swiglu = (gate: Tensor, up: Tensor): Tensor => apply('swiglu', [gate, up], {});

/**
 * Rotary position embedding (Su et al. 2021), halves paired as in Llama; x [rows, heads·width], angles [rows, r/2].
 * The first r entries of each head turn, the others stay.
 */
export const rotary = (x: Tensor, cosine: Tensor, sine: Tensor, heads: number, inverse = false): Tensor =>
  apply('rotary', [x, cosine, sine], { heads, inverse });

/**
 * Causal self-attention over [batch·length, heads·width] with grouped key-value heads. Where a row of the batch holds
 * several sequences, `segments` [batch, length], float32, numbers them: a token attends within its own.
 */
export const attention = (
  q: Tensor,
  k: Tensor,
  v: Tensor,
  attributes: OpAttributes['attention'],
  segments?: Tensor,
): Tensor => apply('attention', segments ? [q, k, v, segments] : [q, k, v], attributes);

/**
 * log softmax(hidden · unembeddingᵀ / temperature) at each row's target, as [rows, 1], and the entropy of that
 * distribution in nats, as [rows, 1]. No one-hot targets and no log-softmax of the whole vocabulary.
 */
export function tokenLogProbability(
  hidden: Tensor,
  unembedding: Tensor,
  targets: Tensor,
  temperature = 1,
): { logProbability: Tensor; entropy: Tensor; probabilities: Tensor } {
  const node = makeNode('tokenLogProbability', [hidden, unembedding, targets], { temperature });
  const [logProbability, entropy, probabilities] = node.outputs as [Tensor, Tensor, Tensor];
  return { logProbability, entropy, probabilities };
}

/** Runs a body up to `limit` times; returns the last carried values and the stacked ones. */
export function loop(
  limit: Tensor,
  initial: readonly Tensor[],
  body: LoopBody,
): { carried: readonly Tensor[]; stacked: readonly Tensor[] } {
  const { outputs } = makeNode('loop', [limit, ...initial, ...capturesOf(body)], { body });
  return { carried: outputs.slice(0, initial.length), stacked: outputs.slice(initial.length) };
}

/** Splits the last axis of [rows, heads·width] and brings the heads before the length: [batch, heads, length, width]. */
export function splitHeads(x: Tensor, batch: Dim, length: Dim, heads: number): Tensor {
  const width = (x.shape[1] as number) / heads;
  return transpose(reshape(x, [batch, length, heads, width]), [0, 2, 1, 3]);
}

/** The inverse of `splitHeads`. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, length, width] = x.shape as [Dim, Dim, Dim, Dim];
  return reshape(transpose(x, [0, 2, 1, 3]), [product([batch, length]), product([heads, width])]);
}

/** [batch·length, heads·width] as [batch, keyValueHeads, group·length, width]. */
export function groupHeads(
  x: Tensor,
  { batch, length, heads, keyValueHeads }: OpAttributes['attention'],
): Tensor {
  const group = heads / keyValueHeads;
  const width = (x.shape[1] as number) / heads;
  if (group === 1) return splitHeads(x, batch, length, heads);
  const split = reshape(x, [batch, length, keyValueHeads, group, width]);
  return reshape(transpose(split, [0, 2, 3, 1, 4]), [batch, keyValueHeads, product([group, length]), width]);
}

/** The inverse of `groupHeads`. */
export function ungroupHeads(
  x: Tensor,
  { batch, length, heads, keyValueHeads }: OpAttributes['attention'],
): Tensor {
  const group = heads / keyValueHeads;
  const width = x.shape[3] as number;
  if (group === 1) return joinHeads(x);
  const split = reshape(x, [batch, keyValueHeads, group, length, width]);
  return reshape(transpose(split, [0, 3, 1, 2, 4]), [product([batch, length]), heads * width]);
}

/** The results of a loop body. */
export function bodyResults(body: LoopBody): readonly Tensor[] {
  return [...body.next, body.again, ...body.stacked];
}

/**
 * The tensors a loop body uses but does not compute from its own inputs. They stay outside the loop, so whatever
 * does not change between iterations is computed once.
 */
export function capturesOf(body: LoopBody): Tensor[] {
  const own = new Set([body.iteration, ...body.carried].map((tensor) => tensor.node));
  const inside = new Map<Node, boolean>();
  const dependsOnLoop = (node: Node): boolean => {
    const known = inside.get(node);
    if (known !== undefined) return known;
    const depends = own.has(node) || node.inputs.map((x) => dependsOnLoop(x.node)).some(Boolean);
    inside.set(node, depends);
    return depends;
  };
  const captures = new Set<Tensor>();
  const visit = (tensor: Tensor, seen: Set<Node>): void => {
    if (!dependsOnLoop(tensor.node)) return void captures.add(tensor);
    if (seen.has(tensor.node)) return;
    seen.add(tensor.node);
    tensor.node.inputs.forEach((x) => visit(x, seen));
  };
  const seen = new Set<Node>();
  bodyResults(body).forEach((tensor) => visit(tensor, seen));
  return [...captures];
}
