/**
 * The values and gradients that PyTorch gives (test/fixtures/reference/ops.json, written by
 * test/bench/peers/references.py), and each of its ops in ours. Its layouts are flat, so [batch, length, heads,
 * width] and our [batch·length, heads·width] hold the same numbers in the same order.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Feeds, Value } from '../../../core/engine/engine.ts';
import {
  add,
  attention,
  clip,
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
  log,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  rmsNorm,
  rotary,
  select,
  sigmoid,
  slice,
  softmax,
  softplus,
  sqrt,
  sub,
  swiglu,
  table,
  tanh,
  tokenLogProbability,
  transpose,
} from '../../../core/graph/build.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import { topological } from '../../../core/graph/walk.ts';

interface Reference {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface ReferenceCase {
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Reference & { readonly dtype: 'float32' | 'int64' | 'bool' }>>;
  readonly outputs: Readonly<Record<string, Reference>>;
  readonly outputGradients: Readonly<Record<string, Reference>>;
  readonly inputGradients: Readonly<Record<string, Reference>>;
}

const file = new URL('../../fixtures/reference/ops.json', import.meta.url);

export const referenceCases = JSON.parse(readFileSync(file, 'utf8')) as Record<string, ReferenceCase>;

/** The cases of one op, by name. */
export const casesOf = (op: string): [string, ReferenceCase][] =>
  Object.entries(referenceCases).filter(([, reference]) => reference.op === op);

/** The tolerance for which the references are written: |actual − expected| ≤ 1e-6 + 1e-5·|expected|. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  [absolute, relative]: readonly [absolute: number, relative: number] = [1e-6, 1e-5],
): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= absolute + relative * Math.abs(expected[i]!)))
      expect.fail(`${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
  }
}

const dtypes = { float32: 'float32', int64: 'int32', bool: 'bool' } as const;

export const inputsOf = ({ inputs }: ReferenceCase): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => [name, input(name, dtypes[dtype], shape)]),
  );

/** What a case feeds to those inputs that the outputs depend on. */
export function feedsOf({ inputs }: ReferenceCase, outputs: Record<string, Tensor>): Feeds {
  const used = topological(Object.values(outputs)).flatMap(({ op, attributes }) =>
    op === 'input' && attributes.name in inputs ? [attributes.name] : [],
  );
  return Object.fromEntries(used.map((name) => [name, valueOf(inputs[name]!)]));
}

const valueOf = ({ dtype, shape, data }: ReferenceCase['inputs'][string]): Value => ({
  shape,
  data: dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data),
});

type Translation = (x: Record<string, Tensor>, reference: ReferenceCase) => Tensor | Record<string, Tensor>;

const binary =
  (op: (a: Tensor, b: Tensor) => Tensor): Translation =>
  ({ a, b }) =>
    op(a!, b!);
const unary =
  (op: (x: Tensor) => Tensor): Translation =>
  ({ x }) =>
    op(x!);
const reduction =
  (op: (x: Tensor, axes: number[]) => Tensor): Translation =>
  ({ x }, { attributes }) =>
    op(x!, attributes.axes as number[]);

/** From [batch, length, heads, width] to [batch·length, heads·width]. */
function joined(x: Tensor): Tensor {
  const [batch, length, heads, width] = x.shape as [number, number, number, number];
  return reshape(x, [batch * length, heads * width]);
}

function angles({ inputs: { x, positions }, attributes }: ReferenceCase): [Tensor, Tensor] {
  const half = ((attributes.turned as number | undefined) ?? x!.shape[3]!) / 2;
  const at = (f: (angle: number) => number) => {
    const rows = positions!.data.map((position) =>
      Array.from({ length: half }, (_, i) => f(position * (attributes.theta as number) ** (-i / half))),
    );
    return table(Float32Array.from(rows.flat()), [rows.length, half]);
  };
  return [at(Math.cos), at(Math.sin)];
}

const fromEnd = (bound: number, size: number) => (bound < 0 ? bound + size : bound);

/** Ours broadcasts outer axes but not ranks. */
const sameRank = (a: Tensor, b: Tensor): Tensor =>
  a.shape.length === b.shape.length ? b : reshape(b, [1, ...b.shape]);

/** Every op of the references that the graph language has, in the graph language. */
export const translations = {
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div),
  maximum: binary(maximum),
  minimum: binary(minimum),
  neg: unary(neg),
  exp: unary(exp),
  log: unary(log),
  sqrt: unary(sqrt),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  erf: unary(erf),
  clip: ({ x }, { attributes }) =>
    clip(x!, attributes.minimum as number, (attributes.maximum as number | undefined) ?? Infinity),
  where: ({ condition, a, b }) => select(condition!, a!, b!),
  reduceSum: reduction(reduceSum),
  reduceMean: reduction(reduceMean),
  reduceMax: reduction(reduceMax),
  reshape: ({ x }, { attributes }) => reshape(x!, attributes.shape as number[]),
  transpose: ({ x }, { attributes }) => transpose(x!, attributes.permutation as number[]),
  expand: ({ x }, { attributes }) => expand(x!, attributes.shape as number[]),
  concat: (x, { attributes }) => {
    const parts = Object.values(x);
    return concat(parts, fromEnd(attributes.axis as number, parts[0]!.shape.length));
  },
  slice: ({ x }, { attributes }) => {
    const { starts, ends, axes } = attributes as Record<'starts' | 'ends' | 'axes', number[]>;
    return axes.reduce((sliced, axis, i) => {
      const size = sliced.shape[axis] as number;
      return slice(sliced, axis, fromEnd(starts[i]!, size), fromEnd(ends[i]!, size));
    }, x!);
  },
  // Ours has a gradient for a vector of indices only.
  gatherRows: ({ table: rows, indices }) =>
    gatherRows(rows!, reshape(indices!, [(indices!.shape as number[]).reduce((n, dim) => n * dim)])),
  gatherElements: ({ x, indices }) => gatherLast(x!, indices!),
  matmul: ({ a, b }, { attributes: { transA, transB } }) =>
    matmul(a!, sameRank(a!, b!), { transposeA: transA as boolean, transposeB: transB as boolean }),
  softmax: unary(softmax),
  tokenLogProbability: ({ hidden, weight, targets }, { attributes }) => {
    const temperature = attributes.temperature as number;
    const { logProbability, entropy } = tokenLogProbability(hidden!, weight!, targets!, temperature);
    return { logProbability, entropy };
  },
  layerNorm: ({ x, gain, bias }, { attributes }) => layerNorm(x!, gain!, bias!, attributes.epsilon as number),
  rmsNorm: ({ x, gain }, { attributes }) => rmsNorm(x!, gain!, attributes.epsilon as number),
  gelu: unary(gelu),
  geluExact: unary(geluExact),
  swiglu: ({ gate, up }) => swiglu(gate!, up!),
  rotary: ({ x }, reference) => rotary(joined(x!), ...angles(reference), x!.shape[2] as number),
  causalAttention: ({ q, k, v, segments }) => {
    const [batch, length, heads] = q!.shape as [number, number, number];
    const keyValueHeads = k!.shape[2] as number;
    const attributes = { batch, length, heads, keyValueHeads };
    return attention(joined(q!), joined(k!), joined(v!), attributes, segments);
  },
} satisfies Record<string, Translation>;

export type ReferenceOp = keyof typeof translations;

/** Cases that the graph language has no words for. */
export const untranslated: Readonly<Record<string, string>> = {
  'slice step': 'slices are contiguous',
  logSoftmax: 'only the log-probabilities of targets are ever formed',
  'causalAttention masked': 'padding follows the text, where causal attention never looks',
  'causalAttention grouped masked': 'padding follows the text, where causal attention never looks',
  'causalAttention continued': 'decoding is written out in core/generation/decode.ts',
  'causalAttention continued grouped': 'decoding is written out in core/generation/decode.ts',
};

/** Ops of the references that are no graph ops; they are tested where they live. */
export const elsewhere: Readonly<Record<string, string>> = {
  adamw: 'test/core/optim/adamw.test.ts',
  clipGradientNorm: 'test/core/optim/adamw.test.ts',
  ppoPolicyLoss: 'test/core/training/losses.test.ts',
  ppoValueLoss: 'test/core/training/losses.test.ts',
  ppoLoss: 'test/core/training/losses.test.ts',
  pairwiseRewardLoss: 'test/core/training/losses.test.ts',
  klRewards: 'test/core/training/estimators.test.ts',
  generalizedAdvantages: 'test/core/training/estimators.test.ts',
  maskedWhiten: 'test/core/training/estimators.test.ts',
};
