/**
 * Each op of the graph language as ONNX nodes (opset 21). Where the providers differ, the form chosen runs on the
 * provider's own kernels: a node that WebGPU does not have would run on the CPU, with a copy to and fro.
 */
import { GraphError } from '../../contract/errors.ts';
import { bodyResults } from '../../graph/build.ts';
import type { KeptComposites } from '../../graph/optimize.ts';
import { sameShape, showShape, type Dim, type Shape } from '../../graph/shape.ts';
import type { Node, NodeOf, Op, Tensor } from '../../graph/tensor.ts';
import { topological } from '../../graph/walk.ts';
import { elementTypes, float, int, ints, microsoft, subgraph, text, valueInfo } from './proto.ts';
import type { GraphWriter } from './writer.ts';

/** Writes the nodes of one op and returns the names of its outputs; `inputs` are the names of its inputs. */
type LoweringRule<K extends Op> = (
  node: NodeOf<K>,
  writer: GraphWriter,
  inputs: readonly string[],
) => readonly string[];

/** The composites for which ONNX Runtime has a good kernel on both providers; those of GELU keep nothing for a gradient. */
export const nativeOps: KeptComposites = new Map([
  ['softmax', 'always'],
  ['layerNorm', 'always'],
  ['gelu', 'without statistics'],
  ['geluExact', 'without statistics'],
]);

/** An op that ONNX has under another name. */
const direct =
  (opType: string) =>
  (_: unknown, writer: GraphWriter, inputs: readonly string[]): string[] => [writer.node(opType, inputs)];

const reduction =
  (opType: string): LoweringRule<'reduceSum' | 'reduceMean' | 'reduceMax'> =>
  ({ attributes: { axes } }, writer, [x]) =>
    axes.length === 0 ? [x!] : [writer.node(opType, [x!, writer.vector(axes)])];

/** Sources other than constants are declared by the program or by the loop around them. */
const declared = (node: Node): never => {
  throw new GraphError(
    `'${(node.attributes as { name: string }).name}' is used outside the loop it belongs to`,
  );
};

/**
 * In a reshape −1 stands for one dimension that ONNX works out, and 0 for one that stays. What they cannot say is
 * fed, except in a loop whose carried values change size: nothing outside knows those.
 */
const reshape: LoweringRule<'reshape'> = ({ inputs: [x], attributes: { shape } }, writer, [value]) => {
  if (sameShape(x!.shape, shape)) return [value!];
  if (symbolic(shape) > 1 && writer.knows(shape))
    return [writer.node('Reshape', [value!, writer.shape(shape)], [int('allowzero', 1)])];
  const kept = shape.map((dim, axis) => (typeof dim === 'string' && dim === x!.shape[axis] ? 0 : dim));
  const sizes = symbolic(shape) > 1 ? kept : shape;
  if (symbolic(sizes) > 1)
    throw new GraphError(`a reshape to ${showShape(shape)} needs sizes that only its loop knows`);
  const target = writer.vector(sizes.map((dim) => (typeof dim === 'number' ? dim : -1)));
  return [writer.node('Reshape', [value!, target])];
};

/**
 * Waits by a condition that is never true, which ONNX Runtime would have to compute to know. On the CPU it becomes the
 * sizes of a reshape, where 0 keeps what there is and no data moves; WebGPU takes no computed sizes, so it chooses.
 */
const after: LoweringRule<'after'> = ({ inputs: [x, first] }, writer, [value, before]) => {
  const rank = x!.shape.length;
  const reshapes = writer.provider !== 'webgpu' && rank > 0;
  const element = writer.node('Reshape', [
    firstElement(first!.shape.length, writer, before!),
    writer.vector(reshapes ? [1] : []),
  ]);
  const never = writer.node('Less', [element, element]);
  if (!reshapes) return [writer.node('Where', [never, value!, value!])];
  const zero = writer.node('Cast', [never], [int('to', elementTypes.int64)]);
  return [writer.node('Reshape', [value!, writer.node('Expand', [zero, writer.vector([rank])])])];
};

/** One element, in as many axes as the tensor has. */
function firstElement(rank: number, writer: GraphWriter, value: string): string {
  if (rank === 0) return value;
  const corner = (place: number) => writer.vector(Array<number>(rank).fill(place));
  return writer.node('Slice', [value, corner(0), corner(1)]);
}

const symbolic = (shape: Shape): number => shape.filter((dim) => typeof dim === 'string').length;

/** An end beyond every axis: ONNX then takes the axis's own. */
const furthest = 2 ** 31 - 1;

/** In an Expand, 1 leaves a dimension as it is. */
const expandTarget = (from: Shape, to: Shape): Shape =>
  to.map((dim, axis) => (dim === from[axis - to.length + from.length] ? 1 : dim));

const expand: LoweringRule<'expand'> = ({ inputs: [x], attributes: { shape } }, writer, [value]) =>
  sameShape(x!.shape, shape)
    ? [value!]
    : [writer.node('Expand', [value!, writer.shape(expandTarget(x!.shape, shape))])];

/** Gemm's factor spares the bias, as `matmul`'s does. */
const gemm: LoweringRule<'matmul'> = ({ attributes }, writer, inputs) => [
  writer.node('Gemm', inputs, [
    int('transA', attributes.transposeA),
    int('transB', attributes.transposeB),
    float('alpha', attributes.scale),
  ]),
];

const fusedMatmul: LoweringRule<'matmul'> = ({ attributes }, writer, inputs) => [
  writer.node(
    'FusedMatMul',
    inputs,
    [
      int('transA', attributes.transposeA),
      int('transB', attributes.transposeB),
      float('alpha', attributes.scale),
    ],
    microsoft,
  ),
];

/** FusedMatMul would run on the CPU. */
const plainMatmul: LoweringRule<'matmul'> = ({ inputs, attributes }, writer, [a, b]) => {
  const { transposeA, transposeB, scale } = attributes;
  const flip = (tensor: Tensor, value: string) => {
    const axes = tensor.shape.map((_, axis) => axis);
    const swapped = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
    return writer.node('Transpose', [value], [ints('perm', swapped)]);
  };
  const product = writer.node('MatMul', [
    transposeA ? flip(inputs[0]!, a!) : a!,
    transposeB ? flip(inputs[1]!, b!) : b!,
  ]);
  return [scale === 1 ? product : writer.node('Mul', [product, writer.scalar(scale, 'float32')])];
};

/**
 * For few rows, with the second operand as the first: y = (op(b)·aᵀ)ᵀ + bias. The runtime packs what stands second
 * for every product, and there the packing of large weights takes longer than the product; what stands first it reads
 * as it lies. Weights from outside a loop are transposed, where they are not stored so, once for all its steps. (Gemm
 * would be turned back by the runtime's own fusion of a product with the transpose after it.)
 */
const transposedMatmul: LoweringRule<'matmul'> = ({ inputs, attributes }, writer, [a, b, bias]) => {
  const first = attributes.transposeB ? b! : writer.home(inputs[1]!).transposed(b!);
  const alpha = float('alpha', attributes.scale);
  const product = writer.node('FusedMatMul', [first, a!], [int('transB', true), alpha], microsoft);
  const upright = writer.node('Transpose', [product], [ints('perm', [1, 0])]);
  return [bias === undefined ? upright : writer.node('Add', [upright, bias])];
};

const matmul: LoweringRule<'matmul'> = (node, writer, inputs) => {
  const { fewRows, transposeA } = node.attributes;
  if (fewRows && !transposeA && writer.provider === 'cpu') return transposedMatmul(node, writer, inputs);
  if (node.inputs[0]!.shape.length === 2) return gemm(node, writer, inputs);
  return (writer.provider === 'cpu' ? fusedMatmul : plainMatmul)(node, writer, inputs);
};

const zeros = (shape: Shape, writer: GraphWriter): string =>
  writer.node('Expand', [writer.scalar(0, 'float32'), writer.shape(shape)]);

/** Indices as ScatterND wants them: one int64 coordinate per row. */
function coordinates(indices: string, writer: GraphWriter): string {
  const column = writer.node('Reshape', [indices, writer.vector([-1, 1])]);
  return writer.node('Cast', [column], [int('to', elementTypes.int64)]);
}

const additive = text('reduction', 'add');

/** base + the updates at their rows. Where an index comes twice, the CPU's ScatterND loses updates to a race. */
export function addRows(
  base: string,
  updates: Tensor,
  values: { updates: string; indices: string },
  unique: boolean,
  writer: GraphWriter,
): string {
  if (unique || writer.provider === 'webgpu')
    return writer.node('ScatterND', [base, coordinates(values.indices, writer), values.updates], [additive]);
  const column = writer.vector([-1, ...updates.shape.slice(1).map(() => 1)]);
  const everyColumn = expandTarget([updates.shape[0]!], updates.shape);
  const indices = writer.node('Expand', [
    writer.node('Reshape', [values.indices, column]),
    writer.shape([1, ...everyColumn.slice(1)]),
  ]);
  return writer.node('ScatterElements', [base, indices, values.updates], [int('axis', 0), additive]);
}

/** Casting ArgMax's int64 would run on the CPU: find the first place where the maximum stands. */
function argmaxByComparison(width: Dim, writer: GraphWriter, x: string): string {
  if (typeof width !== 'number') throw new GraphError(`argmax needs a last axis of known size, not ${width}`);
  const axis = writer.vector([-1]);
  const places = writer.table(
    Float32Array.from({ length: width }, (_, place) => place),
    [width],
  );
  const largest = writer.node('Equal', [x, writer.node('ReduceMax', [x, axis])]);
  const candidates = writer.node('Where', [largest, places, writer.scalar(width - 1, 'float32')]);
  const first = writer.node('ReduceMin', [candidates, axis]);
  return writer.node('Cast', [first], [int('to', elementTypes.int32)]);
}

const argmax: LoweringRule<'argmax'> = ({ inputs }, writer, [x]) => {
  if (writer.provider === 'webgpu') return [argmaxByComparison(inputs[0]!.shape.at(-1)!, writer, x!)];
  const place = writer.node('ArgMax', [x!], [int('axis', -1)]);
  return [writer.node('Cast', [place], [int('to', elementTypes.int32)])];
};

const loop: LoweringRule<'loop'> = ({ inputs, attributes: { body }, outputs }, writer, values) => {
  const inner = writer.forBody();
  const bodyInput = (tensor: Tensor) => {
    const name = writer.freshName();
    inner.define(tensor, name);
    // A carried value may change its size: only known sizes are declared.
    const dims = tensor.shape.map((dim) => (typeof dim === 'number' ? dim : undefined));
    return valueInfo(name, tensor.dtype, dims);
  };
  const iteration = bodyInput(body.iteration);
  const goesOn = valueInfo(writer.freshName(), 'bool', []);
  const carried = body.carried.map(bodyInput);

  lowerNodes(bodyResults(body), inner);
  for (const tensor of [body.again, ...body.next, ...body.stacked])
    inner.result(inner.value(tensor), tensor.dtype);

  const limit =
    inputs[0]!.dtype === 'int64'
      ? values[0]!
      : writer.node('Cast', [values[0]!], [int('to', elementTypes.int64)]);
  const initial = values.slice(1, 1 + body.carried.length);
  const graph = inner.body([iteration, goesOn, ...carried]);
  return writer.nodes(
    'Loop',
    [limit, writer.scalar(1, 'bool'), ...initial],
    [subgraph('body', graph)],
    outputs.length,
  );
};

/** A composite that `nativeOps` leaves out never reaches the lowering. */
const expanded = (node: Node): never => {
  throw new GraphError(`${node.op} was not expanded before lowering`);
};

const rules: { [K in Op]: LoweringRule<K> } = {
  input: declared,
  parameter: declared,
  scalar: ({ attributes: { value, dtype } }, writer) => [writer.scalar(value, dtype)],
  table: ({ attributes: { data, shape } }, writer) => [writer.table(data, shape)],
  causalMask: ({ attributes: { length } }, writer) => [writer.causalMask(length)],
  rotaryTable: ({ attributes }, writer) => writer.rotaryTable(attributes),

  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  maximum: direct('Max'),
  minimum: direct('Min'),
  less: direct('Less'),
  and: direct('And'),
  not: direct('Not'),
  select: direct('Where'),
  neg: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  softplus: direct('Softplus'),
  erf: direct('Erf'),
  cast: ({ attributes: { to } }, writer, [x]) => [writer.node('Cast', [x!], [int('to', elementTypes[to])])],

  reduceSum: reduction('ReduceSum'),
  reduceMean: reduction('ReduceMean'),
  reduceMax: reduction('ReduceMax'),

  reshape,
  transpose: ({ attributes: { permutation } }, writer, [x]) => [
    writer.node('Transpose', [x!], [ints('perm', permutation)]),
  ],
  expand,
  concat: ({ attributes: { axis } }, writer, parts) => [writer.node('Concat', parts, [int('axis', axis)])],
  slice: ({ attributes: { axis, start, end } }, writer, [x]) => [
    writer.node('Slice', [x!, writer.shape([start]), writer.shape([end ?? furthest]), writer.vector([axis])]),
  ],
  split: ({ attributes: { axis, sizes } }, writer, [x]) =>
    writer.nodes('Split', [x!, writer.vector(sizes)], [int('axis', axis)], sizes.length),
  pad: ({ inputs: [x], attributes: { end, value } }, writer, [name]) => {
    const none = x!.shape.map(() => 0);
    const pads = writer.vector([...none, ...none.slice(1), end]);
    return [writer.node('Pad', [name!, pads, writer.scalar(value, 'float32')])];
  },

  after,

  matmul,

  gatherRows: direct('Gather'),
  scatterAddRows: ({ inputs, outputs: [y], attributes: { unique } }, writer, [updates, indices]) => [
    addRows(zeros(y!.shape, writer), inputs[0]!, { updates: updates!, indices: indices! }, unique, writer),
  ],
  gatherLast: (_, writer, inputs) => [writer.node('GatherElements', inputs, [int('axis', -1)])],
  argmax,
  topValues: ({ attributes: { count } }, writer, [x]) => [
    writer.nodes('TopK', [x!, writer.vector([count])], [], 2)[0]!,
  ],

  softmax: direct('Softmax'),
  layerNorm: ({ attributes: { epsilon } }, writer, inputs) =>
    writer.nodes('LayerNormalization', inputs, [float('epsilon', epsilon)], 3),
  rmsNorm: expanded,
  gelu: (_, writer, inputs) => [writer.node('FastGelu', inputs, [], microsoft)],
  geluExact: direct('Gelu'),
  swiglu: expanded,
  rotary: expanded,
  attention: expanded,
  tokenLogProbability: expanded,
  loop,
};

/** Writes whatever tensors depend on and the writer does not have yet. */
export function lowerNodes(tensors: readonly Tensor[], writer: GraphWriter): void {
  for (const node of topological(tensors)) {
    if (node.op === 'scalar' || writer.has(node.outputs[0]!)) continue;
    const rule = rules[node.op] as LoweringRule<Op>;
    const values = rule(
      node,
      writer,
      node.inputs.map((x) => writer.value(x)),
    );
    node.outputs.forEach((output, i) => writer.define(output, values[i]!));
  }
}
