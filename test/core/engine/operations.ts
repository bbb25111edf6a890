/** Every op of the graph language with its value worked out in plain JavaScript. */
import type { Value } from '../../../core/engine/engine.ts';
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
  layerNorm,
  less,
  log,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  not,
  pad,
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
  splitAt,
  sqrt,
  sub,
  swiglu,
  table,
  tanh,
  tokenLogProbability,
  topValues,
  transpose,
} from '../../../core/graph/build.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import { floats, integers, noiseValue } from '../../support/engine.ts';

export interface OperationCase {
  readonly name: string;
  readonly feeds: readonly Value[];
  /** The op on inputs shaped as the feeds. */
  readonly build: (...inputs: Tensor[]) => Tensor;
  /** Its elements, row by row, from those of the feeds. */
  readonly expected: (...data: Value['data'][]) => ArrayLike<number>;
}

const elementwise = (
  name: string,
  build: (x: Tensor) => Tensor,
  expected: (x: number) => number,
  values = [-30, -2.5, -1, -0.1, 0, 0.5, 1, 4, 30],
): OperationCase => ({
  name,
  feeds: [floats(values, [values.length])],
  build,
  expected: (x) => Float64Array.from(x, expected),
});

const positive = [1e-6, 0.1, 0.5, 1, 2, 100];

const pairwise = (
  name: string,
  build: (a: Tensor, b: Tensor) => Tensor,
  expected: (a: number, b: number) => number,
): OperationCase => ({
  name,
  // [2, 1, 3] against [4, 1] broadcasts to [2, 4, 3].
  feeds: [floats([1, -2, 3, 0.5, 0, 7], [2, 1, 3]), floats([2, -1, 0.5, 3], [4, 1])],
  build,
  expected: (a, b) => grid([2, 4, 3], ([i, j, k]) => expected(a[i! * 3 + k!]!, b[j!]!)),
});

/** The elements of a tensor by a formula of their place. */
function grid(shape: readonly number[], value: (place: number[]) => number): number[] {
  const size = shape.reduce((total, dim) => total * dim, 1);
  return Array.from({ length: size }, (_, flat) => {
    const place = shape.map(() => 0);
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      place[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return value(place);
  });
}

const rowsOf = (data: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (_, i) => data[row * width + i]!),
  );

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const mean = (values: readonly number[]): number => total(values) / values.length;
const dot = (a: readonly number[], b: readonly number[]): number => total(a.map((x, i) => x * b[i]!));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export function softmaxOf(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const exponentials = row.map((x) => Math.exp(x - largest));
  return exponentials.map((x) => x / total(exponentials));
}

const byRow = (
  name: string,
  build: (x: Tensor) => Tensor,
  expected: (row: number[]) => number[],
): OperationCase => ({
  name,
  feeds: [noiseValue([3, 2, 5], 3)],
  build,
  expected: (x) => rowsOf(x, 5).flatMap(expected),
});

/** Causal attention of one head over one sequence: the definition. */
export function attentionOf(q: number[][], k: number[][], v: number[][]): number[][] {
  return q.map((query, i) => {
    const scores = k.slice(0, i + 1).map((key) => dot(query, key) / Math.sqrt(query.length));
    const weights = softmaxOf(scores);
    return v[0]!.map((_, column) => total(weights.map((weight, j) => weight * v[j]![column]!)));
  });
}

/** By its Taylor series about 0, which float64 has the digits for as far as |x| = 4. */
function errorFunction(x: number): number {
  let [sum, term] = [0, x];
  for (let n = 0; n < 100; n++) {
    sum += term / (2 * n + 1);
    term *= -(x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const moderate = [-4, -2.5, -1, -0.1, 0, 0.5, 1, 3];

/** Causal attention of one head where `numbers` say which tokens belong together. */
const segmented = (numbers: readonly number[], q: number[][], k: number[][], v: number[][]): number[][] =>
  numbers.map((number, i) => {
    const own = numbers.flatMap((other, j) => (other === number && j <= i ? [j] : []));
    const of = (rows: number[][]) => own.map((j) => rows[j]!);
    return attentionOf(
      own.map(() => q[i]!),
      of(k),
      of(v),
    ).at(-1)!;
  });

/** Two sequences of four tokens, each in segments; four heads of width 1 that share keys and values by twos. */
const segmentedAttention: OperationCase[] = [
  {
    name: 'attention within segments',
    feeds: [
      noiseValue([8, 4], 1),
      noiseValue([8, 4], 2),
      noiseValue([8, 4], 3),
      floats([0, 0, 1, 1, 5, 6, 6, 6], [2, 4]),
    ],
    build: (q, k, v, segments) =>
      attention(q, k, v, { batch: 2, length: 4, heads: 1, keyValueHeads: 1 }, segments),
    expected: (q, k, v, segments) =>
      [0, 1].flatMap((sequence) => {
        const [a, b, c] = [q, k, v].map((x) => rowsOf(x, 4).slice(sequence * 4, sequence * 4 + 4));
        return segmented([...segments.slice(sequence * 4, sequence * 4 + 4)], a!, b!, c!).flat();
      }),
  },
  {
    name: 'grouped attention within segments',
    feeds: [
      noiseValue([4, 4], 1),
      noiseValue([4, 2], 2),
      noiseValue([4, 2], 3),
      floats([3, 3, 4, 4], [1, 4]),
    ],
    build: (q, k, v, segments) =>
      attention(q, k, v, { batch: 1, length: 4, heads: 4, keyValueHeads: 2 }, segments),
    expected: (q, k, v, segments) => {
      const head = (x: Value['data'], heads: number, i: number) => rowsOf(x, heads).map((row) => [row[i]!]);
      const heads = [0, 1, 2, 3].map((i) =>
        segmented([...segments], head(q, 4, i), head(k, 2, i >> 1), head(v, 2, i >> 1)),
      );
      return grid([4, 4], ([row, i]) => heads[i!]![row!]![0]!);
    },
  },
];

const matmuls: OperationCase[] = [
  {
    name: 'matmul of matrices, scaled, with a bias that is not',
    feeds: [noiseValue([3, 4], 1), noiseValue([4, 2], 2), floats([10, 20], [2])],
    build: (a, b, bias) => matmul(a, b, { scale: 0.5, bias: bias }),
    expected: (a, b, bias) =>
      grid(
        [3, 2],
        ([i, j]) => 0.5 * total(grid([4], ([k]) => a[i! * 4 + k!]! * b[k! * 2 + j!]!)) + bias[j!]!,
      ),
  },
  {
    name: 'matmul of few rows, scaled, with a bias that is not',
    feeds: [noiseValue([3, 4], 1), noiseValue([4, 2], 2), floats([10, 20], [2])],
    build: (a, b, bias) => matmul(a, b, { scale: 0.5, bias: bias, fewRows: true }),
    expected: (a, b, bias) =>
      grid(
        [3, 2],
        ([i, j]) => 0.5 * total(grid([4], ([k]) => a[i! * 4 + k!]! * b[k! * 2 + j!]!)) + bias[j!]!,
      ),
  },
  {
    name: 'matmul of transposed matrices',
    feeds: [noiseValue([4, 3], 1), noiseValue([2, 4], 2)],
    build: (a, b) => matmul(a, b, { transposeA: true, transposeB: true }),
    expected: (a, b) =>
      grid([3, 2], ([i, j]) => total(grid([4], ([k]) => a[k! * 3 + i!]! * b[j! * 4 + k!]!))),
  },
  {
    name: 'matmul of batches that broadcast, the second transposed',
    feeds: [noiseValue([2, 2, 3, 4], 1), noiseValue([2, 1, 5, 4], 2)],
    build: (a, b) => matmul(a, b, { transposeB: true, scale: 2 }),
    expected: (a, b) =>
      grid([2, 2, 3, 5], ([n, h, i, j]) =>
        total(grid([4], ([k]) => 2 * a[((n! * 2 + h!) * 3 + i!) * 4 + k!]! * b[(n! * 5 + j!) * 4 + k!]!)),
      ),
  },
  {
    name: 'matmul of batches, the first transposed',
    feeds: [noiseValue([2, 4, 3], 1), noiseValue([2, 4, 5], 2)],
    build: (a, b) => matmul(a, b, { transposeA: true }),
    expected: (a, b) =>
      grid([2, 3, 5], ([n, i, j]) =>
        total(grid([4], ([k]) => a[(n! * 4 + k!) * 3 + i!]! * b[(n! * 4 + k!) * 5 + j!]!)),
      ),
  },
];

const layouts: OperationCase[] = [
  {
    name: 'transpose',
    feeds: [noiseValue([2, 3, 4])],
    build: (x) => transpose(x, [2, 0, 1]),
    expected: (x) => grid([4, 2, 3], ([k, i, j]) => x[(i! * 3 + j!) * 4 + k!]!),
  },
  {
    name: 'reshape to a scalar and back',
    feeds: [floats([5], [1, 1])],
    build: (x) => reshape(add(reshape(x, []), 1), [1]),
    expected: ([x]) => [x! + 1],
  },
  {
    name: 'expand',
    feeds: [noiseValue([2, 1, 3])],
    build: (x) => expand(x, [4, 2, 2, 3]),
    expected: (x) => grid([4, 2, 2, 3], ([, i, , j]) => x[i! * 3 + j!]!),
  },
  {
    name: 'concat',
    feeds: [noiseValue([2, 2], 1), noiseValue([2, 1], 2)],
    build: (a, b) => concat([a, b, a], 1),
    expected: (a, b) => [a[0]!, a[1]!, b[0]!, a[0]!, a[1]!, a[2]!, a[3]!, b[1]!, a[2]!, a[3]!],
  },
  {
    name: 'slice',
    feeds: [noiseValue([3, 4])],
    build: (x) => slice(x, 1, 1, 3),
    expected: (x) => grid([3, 2], ([i, j]) => x[i! * 4 + j! + 1]!),
  },
  {
    name: 'the second part of a split',
    feeds: [noiseValue([3, 4])],
    build: (x) => splitAt(x, 1, 1, 3)[1],
    expected: (x) => grid([3, 3], ([i, j]) => x[i! * 4 + j! + 1]!),
  },
  {
    name: 'pad',
    feeds: [noiseValue([2, 3])],
    build: (x) => pad(x, 2, -7),
    expected: (x) => grid([2, 5], ([i, j]) => (j! < 3 ? x[i! * 3 + j!]! : -7)),
  },
  {
    name: 'causalMask',
    feeds: [],
    build: () => causalMask(3),
    expected: () => grid([3, 3], ([i, j]) => (j! <= i! ? 0 : -1e9)),
  },
  {
    name: 'rotaryTable',
    feeds: [integers([4, 0, 1])],
    build: (positions) => {
      const { cosine, sine } = rotaryTable('rows', [2, 3], [1, 0.01], 1.5);
      return concat([gatherRows(cosine, positions), gatherRows(sine, positions)], 1);
    },
    expected: (positions) =>
      Array.from(positions).flatMap((p) =>
        [Math.cos, Math.sin].flatMap((turn) => [1.5 * turn(p), 1.5 * turn(0.01 * p)]),
      ),
  },
  {
    name: 'after',
    feeds: [noiseValue([2, 3]), floats([NaN, 1], [1, 2, 1])],
    build: (x, first) => after(add(x, 1), first),
    expected: (x) => Float32Array.from(x, (value) => value + 1),
  },
  {
    name: 'table',
    feeds: [floats([2], [])],
    build: (x) => mul(table(Float32Array.of(1, 2, 3), [3]), x),
    expected: () => [2, 4, 6],
  },
];

const indexing: OperationCase[] = [
  {
    name: 'gatherRows',
    feeds: [noiseValue([4, 3]), integers([3, 0, 0, 2], [2, 2])],
    build: (rows, indices) => gatherRows(rows, indices),
    expected: (rows, indices) => grid([4, 3], ([i, j]) => rows[indices[i!]! * 3 + j!]!),
  },
  {
    name: 'scatterAddRows with indices that come twice',
    feeds: [noiseValue([4, 3]), integers([3, 0, 3, 3])],
    build: (updates, indices) => scatterAddRows(updates, indices, 5),
    expected: (updates, indices) =>
      grid([5, 3], ([row, j]) => {
        const chosen = Array.from(indices, (index, i) => (index === row ? updates[i * 3 + j!]! : 0));
        return total(chosen);
      }),
  },
  {
    name: 'scatterAddRows of unique indices',
    feeds: [noiseValue([2, 3]), integers([3, 1])],
    build: (updates, indices) => scatterAddRows(updates, indices, 4, true),
    expected: (updates) =>
      grid([4, 3], ([row, j]) => (row === 3 ? updates[j!]! : row === 1 ? updates[3 + j!]! : 0)),
  },
  {
    name: 'gatherLast',
    feeds: [noiseValue([2, 4]), integers([3, 0, 1, 1], [2, 2])],
    build: (x, indices) => gatherLast(x, indices),
    expected: (x, indices) => grid([2, 2], ([i, j]) => x[i! * 4 + indices[i! * 2 + j!]!]!),
  },
  {
    name: 'argmax, the first of equals',
    feeds: [floats([1, 5, 5, 2, -3, -1, -2, -1], [2, 4])],
    build: (x) => argmax(x),
    expected: () => [1, 1],
  },
  {
    name: 'topValues',
    feeds: [floats([1, 5, 5, 2, -3, -1, -2, -4], [2, 4])],
    build: (x) => topValues(x, 3),
    expected: () => [5, 5, 2, -1, -2, -3],
  },
];

const composites: OperationCase[] = [
  byRow('softmax', softmax, softmaxOf),
  {
    name: 'softmax of large logits',
    feeds: [floats([1000, 999, -1000], [1, 3])],
    build: (x) => softmax(x),
    expected: () => softmaxOf([1000, 999, -1000]),
  },
  {
    name: 'layerNorm',
    feeds: [noiseValue([3, 6], 1), noiseValue([6], 2), noiseValue([6], 3)],
    build: (x, gain, bias) => layerNorm(x, gain, bias, 1e-5),
    expected: (x, gain, bias) =>
      rowsOf(x, 6).flatMap((row) => {
        const variance = mean(row.map((value) => (value - mean(row)) ** 2));
        return row.map(
          (value, i) => ((value - mean(row)) / Math.sqrt(variance + 1e-5)) * gain[i]! + bias[i]!,
        );
      }),
  },
  {
    name: 'rmsNorm',
    feeds: [noiseValue([3, 6], 1), noiseValue([6], 2)],
    build: (x, gain) => rmsNorm(x, gain, 1e-5),
    expected: (x, gain) =>
      rowsOf(x, 6).flatMap((row) => {
        const deviation = Math.sqrt(mean(row.map((value) => value ** 2)) + 1e-5);
        return row.map((value, i) => (value / deviation) * gain[i]!);
      }),
  },
  elementwise(
    'gelu',
    gelu,
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ),
  elementwise('geluExact', geluExact, (x) => (x * (1 + errorFunction(x / Math.SQRT2))) / 2, moderate),
  {
    name: 'swiglu',
    feeds: [noiseValue([2, 3], 1), noiseValue([2, 3], 2)],
    build: (gate, up) => swiglu(gate, up),
    expected: (gate, up) => Float64Array.from(gate, (x, i) => x * logistic(x) * up[i]!),
  },
  {
    name: 'rotary',
    feeds: [noiseValue([2, 8], 1), noiseValue([2, 2], 2), noiseValue([2, 2], 3)],
    build: (x, cosine, sine) => rotary(x, cosine, sine, 2),
    expected: (x, cosine, sine) =>
      grid([2, 2, 2, 2], ([row, head, half, i]) => {
        const at = (which: number) => x[row! * 8 + head! * 4 + which * 2 + i!]!;
        const [cos, sin] = [cosine[row! * 2 + i!]!, sine[row! * 2 + i!]!];
        return half === 0 ? at(0) * cos - at(1) * sin : at(1) * cos + at(0) * sin;
      }),
  },
  {
    name: 'attention',
    feeds: [noiseValue([6, 4], 1), noiseValue([6, 4], 2), noiseValue([6, 4], 3)],
    build: (q, k, v) => attention(q, k, v, { batch: 2, length: 3, heads: 1, keyValueHeads: 1 }),
    expected: (q, k, v) =>
      [0, 1].flatMap((sequence) => {
        const [a, b, c] = [q, k, v].map((x) => rowsOf(x, 4).slice(sequence * 3, sequence * 3 + 3));
        return attentionOf(a!, b!, c!).flat();
      }),
  },
  ...segmentedAttention,
  {
    name: 'rotary of a part of each head',
    feeds: [noiseValue([2, 8], 1), noiseValue([2, 1], 2), noiseValue([2, 1], 3)],
    build: (x, cosine, sine) => rotary(x, cosine, sine, 2),
    expected: (x, cosine, sine) =>
      grid([2, 2, 4], ([row, head, i]) => {
        const at = (place: number) => x[row! * 8 + head! * 4 + place]!;
        if (i! > 1) return at(i!);
        return i === 0
          ? at(0) * cosine[row!]! - at(1) * sine[row!]!
          : at(1) * cosine[row!]! + at(0) * sine[row!]!;
      }),
  },
  {
    name: 'tokenLogProbability',
    feeds: [noiseValue([3, 4], 1), noiseValue([5, 4], 2), integers([4, 0, 0])],
    build: (hidden, unembedding, targets) =>
      tokenLogProbability(hidden, unembedding, targets, 0.5).logProbability,
    expected: (hidden, unembedding, targets) =>
      rowsOf(hidden, 4).map((row, i) => {
        const logits = rowsOf(unembedding, 4).map((column) => dot(row, column) / 0.5);
        return Math.log(softmaxOf(logits)[targets[i]!]!);
      }),
  },
];

export const operationCases: readonly OperationCase[] = [
  pairwise('add', add, (a, b) => a + b),
  pairwise('sub', sub, (a, b) => a - b),
  pairwise('mul', mul, (a, b) => a * b),
  pairwise('div', div, (a, b) => a / b),
  pairwise('maximum', maximum, Math.max),
  pairwise('minimum', minimum, Math.min),
  pairwise('less', less, (a, b) => Number(a < b)),
  pairwise(
    'and, not',
    (a, b) => and(less(a, b), not(less(a, 0))),
    (a, b) => Number(a < b && !(a < 0)),
  ),
  pairwise(
    'select',
    (a, b) => select(less(a, b), a, 9),
    (a, b) => (a < b ? a : 9),
  ),
  {
    name: 'add and less of integers',
    feeds: [integers([1, 2, 3]), integers([3, 2, 1])],
    build: (a, b) => cast(less(add(a, a), add(b, 1)), 'float32'),
    expected: () => [1, 0, 0],
  },
  {
    name: 'cast to integers',
    feeds: [floats([1, 2, -3], [3])],
    build: (x) => mul(cast(x, 'int32'), 2),
    expected: () => [2, 4, -6],
  },
  elementwise('neg', neg, (x) => -x),
  elementwise('exp', exp, Math.exp, [-100, -1, 0, 1, 10]),
  elementwise('log', log, Math.log, positive),
  elementwise('sqrt', sqrt, Math.sqrt, positive),
  elementwise('tanh', tanh, Math.tanh),
  elementwise('sigmoid', sigmoid, logistic),
  elementwise(
    'softplus',
    softplus,
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    [-200, -90, -1, 0, 1, 90, 200],
  ),
  elementwise('erf', erf, errorFunction, moderate),
  byRow(
    'reduceSum',
    (x) => reduceSum(x, [-1]),
    (row) => [total(row)],
  ),
  byRow(
    'reduceMean',
    (x) => reduceMean(x, [-1]),
    (row) => [mean(row)],
  ),
  byRow(
    'reduceMax',
    (x) => reduceMax(x, [-1]),
    (row) => [Math.max(...row)],
  ),
  {
    name: 'reduceSum over several axes',
    feeds: [noiseValue([2, 3, 4])],
    build: (x) => reduceSum(x, [0, 2]),
    expected: (x) => grid([3], ([j]) => total(grid([2, 4], ([i, k]) => x[(i! * 3 + j!) * 4 + k!]!))),
  },
  {
    name: 'reduceSum of a scalar',
    feeds: [floats([3], [])],
    build: (x) => reduceSum(mul(x, scalar(2))),
    expected: () => [6],
  },
  ...layouts,
  ...matmuls,
  ...indexing,
  ...composites,
];
