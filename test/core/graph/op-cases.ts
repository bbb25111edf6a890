/** One example of every op, how it is differentiated, and where its values come from. */
import type { Feeds, Value } from '../../../core/engine/engine.ts';
import {
  add,
  after,
  and,
  argmax,
  attention,
  cast,
  causalMask,
  concat,
  div,
  erf,
  exp,
  expand,
  gatherLast,
  gatherRows,
  gelu,
  geluExact,
  input,
  layerNorm,
  less,
  log,
  loop,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  not,
  pad,
  parameter,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  rmsNorm,
  rotary,
  rotaryTable,
  scalar,
  scatterAddRows,
  select,
  sigmoid,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  sub,
  swiglu,
  table,
  tanh,
  tokenLogProbability,
  topValues,
  transpose,
} from '../../../core/graph/build.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { DType, Op, Tensor } from '../../../core/graph/tensor.ts';
import { floats, integers, noise, sizeOf } from '../../support/engine.ts';
import type { GradientCheck } from '../../support/gradient-check.ts';
import type { ReferenceOp } from './references.ts';

/** Values worked out by hand. */
export interface Worked {
  readonly of: Tensor;
  readonly feeds?: Feeds;
  readonly expected: Value;
}

export interface OpCase {
  /** The op on inputs named after its operands: what is printed. */
  readonly example: Tensor;
  /**
   * Functions of the op to compare with finite differences; `constant` where no gradient flows back, `refused`
   * where the rule throws.
   */
  readonly gradient: readonly Omit<GradientCheck, 'engine'>[] | 'constant' | 'refused';
  /** Values from PyTorch, or worked out by hand where PyTorch's names have no such op. */
  readonly values: ReferenceOp | readonly Worked[];
}

const x = (shape: Shape = ['rows', 4], dtype: DType = 'float32') => input('x', dtype, shape);
const a = input('a', 'float32', ['rows', 4]);
const b = input('b', 'float32', ['rows', 1]);
const indices = (shape: Shape = ['rows']) => input('indices', 'int32', shape);
const flags = (shape: Shape = [3]) => input('flags', 'bool', shape);

const unaryCheck = (build: (x: Tensor) => Tensor, values?: Value) => [
  { parameters: { x: values ?? [2, 3] }, build: (p: Record<string, Tensor>) => build(p.x!) },
];

/** Both operands whole, and each broadcast into the other. */
const binaryChecks = (build: (a: Tensor, b: Tensor) => Tensor, values = spread) =>
  [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[], [2, 2]],
  ].map(([left, right]) => ({
    parameters: { a: values(left!, 3), b: values(right!, 5) },
    build: (p: Record<string, Tensor>) => build(p.a!, p.b!),
  }));

const spread = (shape: readonly number[], seed: number): Value => ({
  data: noise(sizeOf(shape), seed),
  shape,
});

/** In (1, 2): away from poles and roots. */
const positive = (shape: readonly number[], seed = 3): Value => ({
  data: noise(sizeOf(shape), seed).map((value) => 1.5 + value / 2),
  shape,
});

/** At odd multiples of 0.1, or even ones: operands of different parity are never within a step of a tie. */
const tieless = (shape: readonly number[], seed: number): Value => ({
  data: noise(sizeOf(shape), seed).map((value) => Math.round(value * 5) * 0.2 + (seed === 3 ? 0.1 : 0)),
  shape,
});

const identity = (tensor: Tensor): Tensor => reshape(tensor, tensor.shape);

const attentionOf = (
  heads: number,
  keyValueHeads: number,
  batch: number,
  length: number,
  width: number,
  segments?: readonly number[],
) => ({
  parameters: {
    q: [batch * length, heads * width],
    k: [batch * length, keyValueHeads * width],
    v: [batch * length, keyValueHeads * width],
  },
  build: (p: Record<string, Tensor>) =>
    attention(
      ...([p.q!, p.k!, p.v!, { batch, length, heads, keyValueHeads }] as const),
      segments && input('segments', 'float32', [batch, length]),
    ),
  ...(segments && { feeds: { segments: floats(segments, [batch, length]) } }),
});

const angles = (rows: number, half: number): [Tensor, Tensor] => {
  const turns = noise(rows * half, 11).map((value) => 3 * value);
  return [table(turns.map(Math.cos), [rows, half]), table(turns.map(Math.sin), [rows, half])];
};

/** Two heads of width 4, of which `half` pairs turn. */
const rotaryCheck = (inverse: boolean, half = 2) => ({
  parameters: { x: [3, 8] },
  build: (p: Record<string, Tensor>) => rotary(p.x!, ...angles(3, half), 2, inverse),
});

/** Angles of the positions that a prompt and what was generated have together. */
const turns = rotaryTable('positions', ['prompt', 2], [1, 0.25], 0.5);
const prompt = input('prompt', 'float32', ['prompt']);
const turnsOf = (turn: (angle: number) => number) =>
  floats(
    [0, 1, 2].flatMap((position) => [1, 0.25].map((frequency) => 0.5 * turn(position * frequency))),
    [3, 2],
  );

/** Doubles a value until it passes a bound, keeping what it was before every doubling. */
function doubling() {
  const [start, bound] = [input('start', 'float32', []), input('bound', 'float32', [])];
  const [iteration, value] = [input('iteration', 'int64', []), input('value', 'float32', [])];
  const next = mul(value, exp(scalar(Math.LN2)));
  const body = { iteration, carried: [value], next: [next], again: less(next, bound) };
  return loop(input('limit', 'int32', []), [start], { ...body, stacked: [value], steps: 'steps' });
}

const doublingFeeds = (limit: number, bound: number): Feeds => ({
  start: floats([1], []),
  bound: floats([bound], []),
  limit: integers([limit], []),
});

const doubled = doubling();

const tokenLogProbabilityCheck = (temperature: number) => ({
  parameters: { hidden: [3, 4], weight: [5, 4] },
  build: (p: Record<string, Tensor>) =>
    tokenLogProbability(p.hidden!, p.weight!, input('targets', 'int32', [3]), temperature).logProbability,
  feeds: { targets: integers([4, 0, 4]) },
});

const matmulCheck = (
  left: readonly number[],
  right: readonly number[],
  options: Parameters<typeof matmul>[2] = {},
) => ({
  parameters: { a: left, b: right },
  build: (p: Record<string, Tensor>) => matmul(p.a!, p.b!, options),
});

const rowsCheck = (unique: boolean, order: readonly number[]) => ({
  parameters: { rows: [4, 2] },
  build: (p: Record<string, Tensor>) => gatherRows(p.rows!, indices([order.length]), unique),
  feeds: { indices: integers(order) },
});

const scatterCheck = (unique: boolean, order: readonly number[]) => ({
  parameters: { updates: [order.length, 2] },
  build: (p: Record<string, Tensor>) => scatterAddRows(p.updates!, indices([order.length]), 4, unique),
  feeds: { indices: integers(order) },
});

const scattered = (order: readonly number[], unique: boolean, expected: readonly number[]): Worked => ({
  of: scatterAddRows(x([3, 2]), indices([3]), 4, unique),
  feeds: { x: floats([1, 2, 3, 4, 5, 6], [3, 2]), indices: integers(order) },
  expected: floats(expected, [4, 2]),
});

const truthTable: Feeds = { flags: integers([0, 1, 1]), others: integers([1, 0, 1]) };

export const opCases = {
  input: {
    example: x(),
    gradient: unaryCheck(identity),
    values: [{ of: x([2]), feeds: { x: floats([1, -2], [2]) }, expected: floats([1, -2], [2]) }],
  },
  parameter: {
    example: parameter('policy', 'h.0.weight', [2, 3]),
    gradient: unaryCheck(identity),
    values: [],
  },
  scalar: {
    example: add(x([2]), 0.1).node.inputs[1]!,
    gradient: 'constant',
    values: [
      { of: scalar(0.1), expected: floats([0.1], []) },
      { of: scalar(-3, 'int32'), expected: integers([-3], []) },
      { of: scalar(2 ** 20, 'int64'), expected: integers([2 ** 20], []) },
      { of: scalar(1, 'bool'), expected: integers([1], []) },
    ],
  },
  table: {
    example: table(Float32Array.of(1, 2, 3, 4), [2, 2]),
    gradient: 'constant',
    values: [{ of: table(Float32Array.of(1, 2), [2, 1]), expected: floats([1, 2], [2, 1]) }],
  },
  causalMask: {
    example: causalMask('length'),
    gradient: 'constant',
    values: [
      { of: causalMask(2), expected: floats([0, -1e9, 0, 0], [2, 2]) },
      {
        of: add(causalMask('length'), x(['length'])),
        feeds: { x: floats([0, 0, 0], [3]) },
        expected: floats([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [3, 3]),
      },
    ],
  },
  rotaryTable: {
    example: turns.cosine,
    gradient: 'constant',
    values: [
      { of: mul(turns.cosine, reduceSum(prompt, [0])), expected: turnsOf(Math.cos) },
      { of: mul(turns.sine, reduceSum(prompt, [0])), expected: turnsOf(Math.sin) },
    ].map((worked) => ({ ...worked, feeds: { prompt: floats([1], [1]) } })),
  },

  add: { example: add(a, b), gradient: binaryChecks(add), values: 'add' },
  sub: { example: sub(a, b), gradient: binaryChecks(sub), values: 'sub' },
  mul: { example: mul(a, b), gradient: binaryChecks(mul), values: 'mul' },
  div: { example: div(a, b), gradient: binaryChecks(div, positive), values: 'div' },
  maximum: { example: maximum(a, b), gradient: binaryChecks(maximum, tieless), values: 'maximum' },
  minimum: { example: minimum(a, b), gradient: binaryChecks(minimum, tieless), values: 'minimum' },
  less: {
    example: less(a, b),
    gradient: 'constant',
    values: [
      {
        of: less(x([3]), 1),
        feeds: { x: floats([0, 1, 2], [3]) },
        expected: integers([1, 0, 0]),
      },
      {
        of: less(x([2, 1], 'int32'), indices([2])),
        feeds: { x: integers([1, 3], [2, 1]), indices: integers([2, 4]) },
        expected: integers([1, 1, 0, 1], [2, 2]),
      },
    ],
  },
  and: {
    example: and(flags(), input('others', 'bool', [3])),
    gradient: 'constant',
    values: [
      { of: and(flags(), input('others', 'bool', [3])), feeds: truthTable, expected: integers([0, 0, 1]) },
    ],
  },
  not: {
    example: not(flags()),
    gradient: 'constant',
    values: [{ of: not(flags([2])), feeds: { flags: integers([0, 1]) }, expected: integers([1, 0]) }],
  },
  select: {
    example: select(flags(['rows', 1]), a, b),
    gradient: [
      {
        parameters: { a: [2, 3], b: [3] },
        build: (p) => select(flags([2, 1]), p.a!, p.b!),
        feeds: { flags: integers([1, 0], [2, 1]) },
      },
      {
        parameters: { a: [] },
        build: (p) => select(flags([3]), p.a!, 2),
        feeds: { flags: integers([1, 0, 1]) },
      },
    ],
    values: 'where',
  },
  neg: { example: neg(x()), gradient: unaryCheck(neg), values: 'neg' },
  exp: { example: exp(x()), gradient: unaryCheck(exp), values: 'exp' },
  log: { example: log(x()), gradient: unaryCheck(log, positive([2, 3])), values: 'log' },
  sqrt: { example: sqrt(x()), gradient: unaryCheck(sqrt, positive([2, 3])), values: 'sqrt' },
  tanh: { example: tanh(x()), gradient: unaryCheck(tanh), values: 'tanh' },
  sigmoid: { example: sigmoid(x()), gradient: unaryCheck(sigmoid), values: 'sigmoid' },
  softplus: { example: softplus(x()), gradient: unaryCheck(softplus), values: 'softplus' },
  erf: { example: erf(x()), gradient: unaryCheck(erf), values: 'erf' },
  cast: {
    example: cast(x(), 'int32'),
    gradient: 'constant',
    values: [
      {
        of: cast(x([4]), 'int32'),
        feeds: { x: floats([-1.7, -0.2, 0.9, 2], [4]) },
        expected: integers([-1, 0, 0, 2]),
      },
      {
        of: cast(flags([2]), 'float32'),
        feeds: { flags: integers([0, 1]) },
        expected: floats([0, 1], [2]),
      },
      {
        of: cast(x([2], 'int32'), 'float32'),
        feeds: { x: integers([-5, 1 << 20]) },
        expected: floats([-5, 1 << 20], [2]),
      },
      {
        // Halves have 11 bits, and below 2⁻¹⁴ steps of 2⁻²⁴.
        of: cast(cast(x([4]), 'float16'), 'float32'),
        feeds: { x: floats([2049, -0.1, 1e-8, 65504], [4]) },
        expected: floats([2048, -0.0999755859375, 0, 65504], [4]),
      },
      {
        of: cast(x([2]), 'float16'),
        feeds: { x: floats([0.1, -2], [2]) },
        expected: floats([0.0999755859375, -2], [2]),
      },
      {
        of: cast(gatherRows(x([3, 2], 'float16'), indices([2])), 'float32'),
        feeds: { x: floats([1, 2, 3, 0.1, 5, 6], [3, 2]), indices: integers([2, 1]) },
        expected: floats([5, 6, 3, 0.0999755859375], [2, 2]),
      },
    ],
  },

  reduceSum: {
    example: reduceSum(x(), [-1]),
    gradient: [...unaryCheck((y) => reduceSum(y, [0])), ...unaryCheck((y) => reduceSum(y))],
    values: 'reduceSum',
  },
  reduceMean: {
    example: reduceMean(x(), [-1]),
    gradient: [...unaryCheck((y) => reduceMean(y, [-1])), ...unaryCheck((y) => reduceMean(y))],
    values: 'reduceMean',
  },
  reduceMax: { example: reduceMax(x(), [-1]), gradient: 'refused', values: 'reduceMax' },

  reshape: {
    example: reshape(x(), ['rows', 2, 2]),
    gradient: unaryCheck((y) => reshape(y, [3, 2])),
    values: 'reshape',
  },
  transpose: {
    example: transpose(x(['batch', 'length', 4]), [1, 2, 0]),
    gradient: [{ parameters: { x: [2, 3, 2] }, build: (p) => transpose(p.x!, [1, 2, 0]) }],
    values: 'transpose',
  },
  expand: {
    example: expand(x([1, 4]), ['rows', 4]),
    gradient: unaryCheck((y) => expand(y, [2, 2, 3])),
    values: 'expand',
  },
  concat: {
    example: concat([a, b], 1),
    gradient: [{ parameters: { a: [2, 1], b: [2, 3] }, build: (p) => concat([p.a!, p.b!, p.a!], 1) }],
    values: 'concat',
  },
  slice: {
    example: slice(x(), 1, 1, 3),
    gradient: [
      ...unaryCheck((y) => slice(y, 1, 1, 2)),
      ...unaryCheck((y) => slice(y, 0, 0, 1)),
      ...unaryCheck((y) => slice(y, 1, 0, 3)),
    ],
    values: 'slice',
  },
  split: {
    example: split(x(), 1, [1, 3])[1]!,
    gradient: [
      ...unaryCheck((y) => split(y, 1, [2, 1])[0]!),
      ...unaryCheck((y) => {
        const [first, second] = split(y, 1, [1, 2]);
        return mul(first!, second!);
      }),
    ],
    values: [
      {
        of: split(x([2, 3]), 1, [1, 2])[1]!,
        feeds: { x: floats([1, 2, 3, 4, 5, 6], [2, 3]) },
        expected: floats([2, 3, 5, 6], [2, 2]),
      },
    ],
  },
  pad: {
    example: pad(x(), 2, 9),
    gradient: unaryCheck((y) => pad(y, 2, 9)),
    values: [
      {
        of: pad(x([2, 2]), 1, 9),
        feeds: { x: floats([1, 2, 3, 4], [2, 2]) },
        expected: floats([1, 2, 9, 3, 4, 9], [2, 3]),
      },
    ],
  },
  after: {
    example: after(a, b),
    gradient: [{ parameters: { a: [2, 3], b: [2] }, build: (p) => [after(p.a!, p.b!), identity(p.b!)] }],
    values: [
      {
        of: after(x([2, 2]), input('first', 'float32', ['rows', 1])),
        feeds: { x: floats([1, NaN, Infinity, -0], [2, 2]), first: floats([NaN, 1], [2, 1]) },
        expected: floats([1, NaN, Infinity, -0], [2, 2]),
      },
      {
        of: after(x([]), input('first', 'float32', [])),
        feeds: { x: floats([7], []), first: floats([Infinity], []) },
        expected: floats([7], []),
      },
      {
        of: after(x(['n', 'm', 1]), input('first', 'float32', [2])),
        feeds: { x: floats([1, 2, 3, 4, 5, 6], [2, 3, 1]), first: floats([1, 2], [2]) },
        expected: floats([1, 2, 3, 4, 5, 6], [2, 3, 1]),
      },
    ],
  },

  matmul: {
    example: matmul(a, input('b', 'float32', [5, 4]), {
      transposeB: true,
      scale: 0.5,
      bias: input('bias', 'float32', [5]),
    }),
    gradient: [
      matmulCheck([2, 3], [3, 2]),
      matmulCheck([3, 2], [3, 2], { transposeA: true, scale: 0.5 }),
      matmulCheck([2, 3], [2, 3], { transposeB: true, scale: -2 }),
      matmulCheck([3, 2], [2, 3], { transposeA: true, transposeB: true, scale: 3 }),
      matmulCheck([2, 2, 3], [1, 3, 2]),
      matmulCheck([1, 3, 2], [2, 2, 3], { transposeA: true, transposeB: true, scale: 0.5 }),
      {
        parameters: { a: [3, 2], b: [2, 2], bias: [2] },
        build: (p) => matmul(p.a!, p.b!, { transposeB: true, scale: 0.25, bias: p.bias! }),
      },
    ],
    values: 'matmul',
  },

  gatherRows: {
    example: gatherRows(input('table', 'float32', [7, 4]), indices()),
    gradient: [rowsCheck(false, [3, 0, 3, 3]), rowsCheck(true, [2, 0, 1])],
    values: 'gatherRows',
  },
  scatterAddRows: {
    example: scatterAddRows(x(), indices(), 7),
    gradient: [scatterCheck(false, [3, 0, 3]), scatterCheck(true, [2, 0, 1])],
    values: [
      scattered([3, 0, 3], false, [3, 4, 0, 0, 0, 0, 6, 8]),
      scattered([3, 0, 1], true, [3, 4, 5, 6, 0, 0, 1, 2]),
    ],
  },
  gatherLast: {
    example: gatherLast(x(), indices(['rows', 1])),
    gradient: 'refused',
    values: 'gatherElements',
  },
  argmax: {
    example: argmax(x()),
    gradient: 'constant',
    values: [
      {
        of: argmax(x([3, 3])),
        feeds: { x: floats([1, 5, 5, -1, -3, -1, 0, 0, 0.5], [3, 3]) },
        expected: integers([1, 0, 2], [3, 1]),
      },
    ],
  },
  topValues: {
    example: topValues(x(), 2),
    gradient: 'refused',
    values: [
      {
        of: topValues(x([2, 4]), 3),
        feeds: { x: floats([1, 5, 5, -1, 4, 3, 2, 1], [2, 4]) },
        expected: floats([5, 5, 1, 4, 3, 2], [2, 3]),
      },
    ],
  },

  softmax: { example: softmax(x()), gradient: unaryCheck(softmax), values: 'softmax' },
  layerNorm: {
    example: layerNorm(x(), input('gain', 'float32', [4]), input('bias', 'float32', [4]), 1e-5),
    gradient: [
      {
        parameters: { x: [2, 2, 3], gain: [3], bias: [3] },
        build: (p) => layerNorm(p.x!, p.gain!, p.bias!, 0.1),
      },
    ],
    values: 'layerNorm',
  },
  rmsNorm: {
    example: rmsNorm(x(), input('gain', 'float32', [4]), 1e-5),
    gradient: [{ parameters: { x: [2, 2, 3], gain: [3] }, build: (p) => rmsNorm(p.x!, p.gain!, 0.1) }],
    values: 'rmsNorm',
  },
  gelu: { example: gelu(x()), gradient: unaryCheck(gelu), values: 'gelu' },
  geluExact: { example: geluExact(x()), gradient: unaryCheck(geluExact), values: 'geluExact' },
  swiglu: {
    example: swiglu(input('gate', 'float32', ['rows', 4]), input('up', 'float32', ['rows', 4])),
    gradient: [{ parameters: { gate: [2, 3], up: [2, 3] }, build: (p) => swiglu(p.gate!, p.up!) }],
    values: 'swiglu',
  },
  rotary: {
    example: rotary(
      x(['rows', 8]),
      input('cosine', 'float32', ['rows', 2]),
      input('sine', 'float32', ['rows', 2]),
      2,
    ),
    gradient: [rotaryCheck(false), rotaryCheck(true), rotaryCheck(false, 1), rotaryCheck(true, 1)],
    values: 'rotary',
  },
  attention: {
    example: attention(
      input('q', 'float32', ['batch*length', 8]),
      input('k', 'float32', ['batch*length', 4]),
      input('v', 'float32', ['batch*length', 4]),
      { batch: 'batch', length: 'length', heads: 4, keyValueHeads: 2 },
    ),
    gradient: [
      attentionOf(2, 2, 2, 3, 2),
      attentionOf(4, 2, 2, 2, 1),
      attentionOf(3, 1, 1, 3, 2),
      attentionOf(2, 2, 2, 3, 2, [0, 0, 1, 5, 6, 6]),
      attentionOf(4, 2, 2, 3, 1, [0, 1, 1, 2, 2, 9]),
    ],
    values: 'causalAttention',
  },
  tokenLogProbability: {
    example: tokenLogProbability(
      input('hidden', 'float32', ['rows', 4]),
      input('unembedding', 'float32', [7, 4]),
      input('targets', 'int32', ['rows']),
      0.7,
    ).logProbability,
    gradient: [tokenLogProbabilityCheck(1), tokenLogProbabilityCheck(0.7)],
    values: 'tokenLogProbability',
  },

  loop: {
    example: doubled.carried[0]!,
    gradient: 'refused',
    values: [
      { of: doubled.carried[0]!, feeds: doublingFeeds(10, 9), expected: floats([16], []) },
      { of: doubled.stacked[0]!, feeds: doublingFeeds(10, 9), expected: floats([1, 2, 4, 8], [4]) },
      { of: doubled.stacked[0]!, feeds: doublingFeeds(2, 9), expected: floats([1, 2], [2]) },
      { of: doubled.carried[0]!, feeds: doublingFeeds(0, 9), expected: floats([1], []) },
    ],
  },
} satisfies Record<Op, OpCase>;
