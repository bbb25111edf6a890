/** Each op of the graph language as calls of TensorFlow.js. */
import { EngineError } from '../../contract/errors.ts';
import type { KeptComposites } from '../../graph/optimize.ts';
import { broadcast } from '../../graph/shape.ts';
import type { Node, Op } from '../../graph/tensor.ts';
import { rotaryAngles, rotaryRows } from '../host-tables.ts';
import type { DeviceTensor, Library } from './library.ts';
import { loop } from './loop.ts';
import type { Rule } from './rule.ts';
import { dtypes } from './transfer.ts';

/** The composites that TensorFlow has a kernel of its own for. */
export const nativeOps: KeptComposites = new Map([['softmax', 'always']]);

type Unary =
  'neg' | 'exp' | 'log' | 'sqrt' | 'tanh' | 'sigmoid' | 'softplus' | 'erf' | 'logicalNot' | 'clone';
const unary =
  (name: Unary): Rule<Op> =>
  (_, [x], { tf }) =>
    tf[name](x!);

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'less' | 'logicalAnd';
const binary =
  (name: Binary): Rule<Op> =>
  (_, [a, b], { tf }) =>
    tf[name](a!, b!);

const reduction =
  (name: 'sum' | 'mean' | 'max'): Rule<'reduceSum' | 'reduceMean' | 'reduceMax'> =>
  ({ attributes: { axes } }, [x], { tf }) =>
    axes.length === 0 ? tf.clone(x!) : tf[name](x!, [...axes], true);

/** Made where it is used: it is large, and cheap to make. */
const causalMask: Rule<'causalMask'> = ({ attributes }, _, { tf, sizes }) =>
  tf.tidy(() => {
    const places = tf.range(0, sizes.number(attributes.length));
    return tf.where(tf.lessEqual(tf.expandDims(places, 0), tf.expandDims(places, 1)), 0, -1e9);
  });

const rotaryTable: Rule<'rotaryTable'> = ({ attributes }, _, { tf, sizes, tables }) => {
  const rows = rotaryRows(attributes, sizes.known);
  const shape = [rows, attributes.frequencies.length];
  return [Math.cos, Math.sin].map((turn) => {
    const make = () => tf.tensor(rotaryAngles(turn, attributes, rows), shape, 'float32');
    return tf.clone(tables.remember([attributes, turn], rows, make));
  });
};

/** `broadcastTo` takes a size of 0 for one that stays. */
const expand: Rule<'expand'> = ({ inputs, attributes: { shape } }, [x], { tf, sizes }) => {
  const missing = shape.length - x!.rank;
  const target = shape.map((dim, axis) =>
    dim === inputs[0]!.shape[axis - missing] ? x!.shape[axis - missing]! : sizes.number(dim),
  );
  return target.includes(0) ? tf.zeros(target, x!.dtype) : tf.broadcastTo(x!, target);
};

const slice: Rule<'slice'> = ({ attributes: { axis, start, end } }, [x], { tf, sizes }) => {
  const [from, to] = [sizes.number(start), end === null ? x!.shape[axis]! : sizes.number(end)];
  const begin = x!.shape.map((_, i) => (i === axis ? from : 0));
  const size = x!.shape.map((dim, i) => (i === axis ? to - from : dim));
  return tf.slice(x!, begin, size);
};

/** The factor goes on the smaller of the operands rather than on the product. */
const matmul: Rule<'matmul'> = ({ attributes }, [a, b, bias], { tf }) =>
  tf.tidy(() => {
    const { transposeA, transposeB, scale } = attributes;
    const scaled = (x: DeviceTensor, chosen: boolean) => (scale !== 1 && chosen ? tf.mul(x, scale) : x);
    const first = a!.size <= b!.size;
    const [left, right] = alike(scaled(a!, first), scaled(b!, !first), tf);
    const product = tf.matMul(left, right, transposeA, transposeB);
    return bias ? tf.add(product, bias) : product;
  });

/** The portable backend goes wrong where each operand lacks a part of the other's outer axes. */
function alike(a: DeviceTensor, b: DeviceTensor, tf: Library): [DeviceTensor, DeviceTensor] {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const isOne = (outer: number[]) => outer.every((dim) => dim === 1);
  if (isOne(outerA) || isOne(outerB) || outerA.join() === outerB.join()) return [a, b];
  const outer = broadcast(outerA, outerB) as number[];
  const wide = (x: DeviceTensor) => tf.broadcastTo(x, [...outer, ...x.shape.slice(-2)]);
  return [wide(a), wide(b)];
}

/** Rows with one index are added one after the other on the processor; a GPU adds them in any order. */
const scatterAddRows: Rule<'scatterAddRows'> = (
  { attributes: { rows } },
  [updates, indices],
  { tf, sizes },
) => {
  const shape = [sizes.number(rows), ...updates!.shape.slice(1)];
  return tf.tidy(() => tf.scatterND(tf.expandDims(indices!, 1), updates!, shape));
};

/** The largest first, and of equals the one that comes first, as TensorFlow promises for TopK but not for ArgMax. */
function top(x: DeviceTensor, count: number, wanted: 'values' | 'indices', tf: Library): DeviceTensor {
  return tf.tidy(() => tf.topk(x, count)[wanted]);
}

/** Comes from the program, the sets or the loop around it. */
const given = (node: Node): never => {
  throw new EngineError(
    `'${(node.attributes as { name?: string }).name ?? node.op}' is not computed but given`,
  );
};

/** A composite that `nativeOps` leaves out never gets here. */
const expanded = ({ op }: Node): never => {
  throw new EngineError(`${op} was not expanded before it was run`);
};

export const rules: { readonly [K in Op]: Rule<K> } = {
  input: given,
  parameter: given,
  scalar: given,
  table: given,
  causalMask,
  rotaryTable,

  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  less: binary('less'),
  and: binary('logicalAnd'),
  not: unary('logicalNot'),
  select: (_, [condition, a, b], { tf }) => tf.where(condition!, a!, b!),
  neg: unary('neg'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  erf: unary('erf'),
  cast: ({ attributes: { to } }, [x], { tf }) => tf.cast(x!, dtypes[to]),

  reduceSum: reduction('sum'),
  reduceMean: reduction('mean'),
  reduceMax: reduction('max'),

  reshape: ({ attributes: { shape } }, [x], { tf, sizes }) => tf.reshape(x!, sizes.target(shape)),
  transpose: ({ attributes: { permutation } }, [x], { tf }) => tf.transpose(x!, [...permutation]),
  expand,
  concat: ({ attributes: { axis } }, parts, { tf }) => tf.concat([...parts], axis),
  slice,
  split: ({ attributes: { axis, sizes } }, [x], { tf }) => tf.split(x!, [...sizes], axis),
  pad: ({ attributes: { end, value } }, [x], { tf }) =>
    tf.pad(
      x!,
      x!.shape.map((_, axis): [number, number] => [0, axis === x!.rank - 1 ? end : 0]),
      value,
    ),
  after: unary('clone'),

  matmul,

  gatherRows: (_, [rows, indices], { tf }) => tf.gather(rows!, indices!),
  scatterAddRows,
  gatherLast: (_, [x, indices], { tf }) => tf.gather(x!, indices!, x!.rank - 1, x!.rank - 1),
  argmax: (_, [x], { tf }) => top(x!, 1, 'indices', tf),
  topValues: ({ attributes: { count } }, [x], { tf }) => top(x!, count, 'values', tf),

  softmax: (_, [x], { tf }) => tf.softmax(x!),
  layerNorm: expanded,
  rmsNorm: expanded,
  gelu: expanded,
  geluExact: expanded,
  swiglu: expanded,
  rotary: expanded,
  attention: expanded,
  tokenLogProbability: expanded,
  loop,
};
