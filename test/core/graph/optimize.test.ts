import { expect, it } from 'vitest';
import {
  add,
  div,
  exp,
  input,
  less,
  loop,
  mul,
  neg,
  reduceSum,
  reshape,
  scalar,
  slice,
  softmax,
  softplus,
  table,
} from '../../../core/graph/build.ts';
import { isComposite } from '../../../core/graph/composites.ts';
import { gradient } from '../../../core/graph/gradient.ts';
import { optimize, type KeptComposites } from '../../../core/graph/optimize.ts';
import { print } from '../../../core/graph/print.ts';
import type { Op, Tensor } from '../../../core/graph/tensor.ts';
import { topological } from '../../../core/graph/walk.ts';
import { opCases } from './op-cases.ts';

/** Composites an engine would keep whole. */
const whole = (...ops: Op[]): KeptComposites => new Map(ops.map((op) => [op, 'always'] as const));

const x = input('x', 'float32', ['rows', 4]);
const optimized = (outputs: Record<string, Tensor>, ...keep: Op[]) =>
  print(optimize(outputs, whole(...keep)));
const opsOf = (tensors: readonly Tensor[]) => topological(tensors).map(({ op }) => op);

it('equal nodes become one', () => {
  const y = add(mul(exp(x), 2), mul(exp(x), 2));
  expect(optimized({ y, z: mul(exp(x), 2) })).toMatchInlineSnapshot(`
    "x: float32 [rows, 4] = input()
    %0: float32 [rows, 4] = exp(x)
    2: float32 [] = scalar()
    %1: float32 [rows, 4] = mul(%0, 2)
    %2: float32 [rows, 4] = add(%1, %1)
    return y = %2, z = %1"
  `);
});

it('nodes that differ in an attribute, an output or the order of operands stay apart', () => {
  const { node } = opCases.layerNorm.example;
  const outputs = {
    ab: less(x, exp(x)),
    ba: less(exp(x), x),
    first: slice(x, 1, 0, 1),
    second: slice(x, 1, 1, 2),
    mean: neg(node.outputs[1]!),
    deviation: neg(node.outputs[2]!),
  };
  const results = Object.values(optimize(outputs, whole('layerNorm')));
  expect(new Set(results).size).toBe(6);
});

it('numbers that JSON cannot tell apart stay apart', () => {
  const numbers = [Infinity, -Infinity, NaN, 0, -0].map((value) => div(1, scalar(value)));
  const results = optimize(Object.fromEntries(numbers.entries()) as Record<string, Tensor>, whole());
  expect(new Set(Object.values(results)).size).toBe(5);
});

it('tables are equal only where their data is the same array', () => {
  const [one, other] = [Float32Array.of(1), Float32Array.of(1)];
  const { a, b, c } = optimize({ a: table(one, [1]), b: table(one, [1]), c: table(other, [1]) }, whole());
  expect(a).toBe(b);
  expect(a).not.toBe(c);
});

it('nodes that no output needs vanish', () => {
  const composite = opCases.layerNorm.example;
  const { mean } = optimize({ mean: composite.node.outputs[1]! }, whole());
  expect(opsOf([mean])).toEqual(['input', 'reduceMean']);
});

it('composites become simpler ops, in composites too', () => {
  const outputs = Object.fromEntries(Object.entries(opCases).map(([op, { example }]) => [op, example]));
  const composites = opsOf(Object.values(outputs)).filter(isComposite);
  expect(new Set(composites).size).toBe(9);
  const { attention, tokenLogProbability } = opCases;
  const graphs = { attention: attention.example, tokenLogProbability: tokenLogProbability.example };
  expect(opsOf(Object.values(optimize(graphs, whole()))).filter(isComposite)).toEqual([]);
});

it('composites that an engine keeps stay whole, wherever they come from', () => {
  const { example } = opCases.attention;
  const { y } = optimize({ y: example }, whole('softmax'));
  expect(opsOf([y]).filter(isComposite)).toEqual(['softmax']);
  const kept = optimize({ y: example }, whole('attention'));
  expect(opsOf([kept.y]).filter(isComposite)).toEqual(['attention']);
});

it('composites that an engine keeps without statistics expand where their statistics are needed', () => {
  const keep: KeptComposites = new Map([['gelu', 'without statistics']]);
  const { example } = opCases.gelu;
  const alone = optimize({ y: example }, keep);
  expect(opsOf([alone.y])).toEqual(['input', 'gelu']);
  const differentiated = optimize({ y: example, sigma: example.node.outputs[1]! }, keep);
  expect(opsOf(Object.values(differentiated)).filter(isComposite)).toEqual([]);
  const [ofX] = gradient(reduceSum(example), example.node.inputs);
  expect(opsOf([optimize({ ofX: ofX! }, keep).ofX]).filter(isComposite)).toEqual([]);
});

it('equal composites expand once', () => {
  const both = optimize({ y: softmax(x), z: softmax(x) }, whole());
  expect(both.y).toBe(both.z);
});

/** Sums softmax(x)·softplus(bound) until it passes a bound that does not change. */
function summing() {
  const iteration = input('iteration', 'int64', []);
  const sum = input('sum', 'float32', []);
  const bound = softplus(input('bound', 'float32', []));
  const invariant = reshape(reduceSum(mul(softmax(x), bound)), []);
  const next = add(sum, add(invariant, mul(sum, add(invariant, 0))));
  return loop(scalar(8, 'int32'), [scalar(0)], {
    iteration,
    carried: [sum],
    next: [next],
    again: less(next, softplus(input('bound', 'float32', []))),
    stacked: [sum],
    steps: 'steps',
  });
}

it('loops are rewritten with what does not change outside of them', () => {
  expect(optimized({ sum: summing().carried[0]! }, 'softmax')).toMatchInlineSnapshot(`
    "8: int32 [] = scalar()
    0: float32 [] = scalar()
    x: float32 [rows, 4] = input()
    %0: float32 [rows, 4] = softmax(x)
    bound: float32 [] = input()
    %1: float32 [] = softplus(bound)
    %2: float32 [rows, 4] = mul(%0, %1)
    %3: float32 [1, 1] = reduceSum(%2) axes=[0, 1]
    %4: float32 [] = reshape(%3) shape=[]
    %5: float32 [] = add(%4, 0)
    %6: float32 [], %7: float32 [steps] = loop(8, 0, %4, %5, %1)
      each iteration, sum
      %8: float32 [] = mul(sum, %5)
      %9: float32 [] = add(%4, %8)
      %10: float32 [] = add(sum, %9)
      %11: bool [] = less(%10, %1)
      next %10, %11, sum
    return sum = %6"
  `);
});

it('a loop of which one output is used keeps its other outputs', () => {
  const { carried, stacked } = summing();
  const both = optimize({ sum: carried[0]!, steps: stacked[0]! }, whole());
  expect(both.sum.node).toBe(both.steps.node);
  expect(both.steps.shape).toEqual(['steps']);
});
