import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphError } from '../../../core/contract/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import {
  add,
  argmax,
  cast,
  concat,
  exp,
  input,
  less,
  log,
  maximum,
  mul,
  parameter,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  square,
  sub,
  tokenLogProbability,
} from '../../../core/graph/build.ts';
import { gradient } from '../../../core/graph/gradient.ts';
import { print } from '../../../core/graph/print.ts';
import { evaluateOnce, floats, openTestEngine } from '../../support/engine.ts';
import { checkGradient } from '../../support/gradient-check.ts';

const x = input('x', 'float32', [2]);
const w = parameter('policy', 'w', [2]);

describe('a gradient', () => {
  let engine: Engine;
  beforeAll(async () => (engine = await openTestEngine()));
  afterAll(() => engine.dispose());

  it('prints as a graph of its own', () => {
    const [ofW] = gradient(reduceSum(square(sub(mul(x, w), 1))), [w]);
    expect(print({ ofW: ofW! })).toMatchInlineSnapshot(`
      "1: float32 [] = scalar()
      %0: float32 [1] = expand(1) shape=[1]
      %1: float32 [2] = expand(%0) shape=[2]
      x: float32 [2] = input()
      policy/w: float32 [2] = parameter()
      %2: float32 [2] = mul(x, policy/w)
      1: float32 [] = scalar()
      %3: float32 [2] = sub(%2, 1)
      %4: float32 [2] = mul(%1, %3)
      %5: float32 [2] = mul(%1, %3)
      %6: float32 [2] = add(%4, %5)
      %7: float32 [2] = mul(%6, x)
      return ofW = %7"
    `);
  });

  it('has the shape of what it is taken by', () => {
    const column = input('column', 'float32', [3, 1]);
    const shapes = gradient(reduceSum(mul(x, column)), [x, column]).map(({ shape }) => shape);
    expect(shapes).toEqual([[2], [3, 1]]);
  });

  it('adds up over every use', () =>
    checkGradient({
      engine,
      parameters: { x: [3], y: [3] },
      build: (p) => [mul(exp(p.x!), add(p.x!, p.y!)), sub(p.x!, mul(p.y!, p.x!))],
    }));

  it('passes through long chains', async () => {
    let y = x;
    for (let i = 0; i < 3000; i++) y = add(y, x);
    const [ofX] = gradient(reduceSum(y), [x]);
    const values = await evaluateOnce(engine, { ofX: ofX! });
    expect(values.ofX).toEqual(floats([3001, 3001], [2]));
  });

  it('stops at what does not vary smoothly', () => {
    const position = cast(argmax(x), 'float32');
    const [ofX] = gradient(reduceSum(mul(x, position)), [x]);
    expect(print({ ofX: ofX! })).toMatchInlineSnapshot(`
      "1: float32 [] = scalar()
      %0: float32 [1] = expand(1) shape=[1]
      %1: float32 [2] = expand(%0) shape=[2]
      x: float32 [2] = input()
      %2: int32 [1] = argmax(x)
      %3: float32 [1] = cast(%2) to=float32
      %4: float32 [2] = mul(%1, %3)
      return ofX = %4"
    `);
  });

  it('goes to the first of equal operands', async () => {
    const [a, b] = [input('a', 'float32', [3]), input('b', 'float32', [3])];
    const [ofA, ofB] = gradient(reduceSum(maximum(a, b)), [a, b]);
    const feeds = { a: floats([1, 2, 3], [3]), b: floats([2, 2, 2], [3]) };
    const values = await evaluateOnce(engine, { ofA: ofA!, ofB: ofB! }, feeds);
    expect(values).toEqual({ ofA: floats([0, 1, 1], [3]), ofB: floats([1, 0, 0], [3]) });
  });
});

describe('there is no gradient', () => {
  const refused = (make: () => unknown, message: string) => {
    expect(make).toThrow(GraphError);
    expect(make).toThrow(message);
  };

  it('of what is not one number', () => {
    refused(() => gradient(x, [x]), 'only a scalar has a gradient, not [2]');
  });

  it('with respect to what the loss does not depend on', () => {
    refused(() => gradient(reduceSum(x), [x, w]), "the loss does not depend on 'w'");
    refused(() => gradient(reduceSum(cast(less(x, 0), 'float32')), [x]), "the loss does not depend on 'x'");
  });

  it('of an op that has none', () => {
    refused(
      () => gradient(reshape(reduceMax(x), []), [x]),
      'reduceMax has no gradient, yet the loss depends on its output',
    );
  });

  it('of the entropy or the probabilities behind a log-probability', () => {
    const hidden = input('hidden', 'float32', [2, 4]);
    const outputs = tokenLogProbability(
      hidden,
      parameter('policy', 'unembedding', [7, 4]),
      input('targets', 'int32', [2]),
    );
    const message = 'tokenLogProbability has no gradient, yet the loss depends on its output';
    refused(() => gradient(reduceSum(outputs.entropy), [hidden]), message);
    refused(() => gradient(reduceSum(log(outputs.probabilities)), [hidden]), message);
    const mixed = add(reduceSum(outputs.logProbability), reduceSum(outputs.probabilities));
    refused(() => gradient(mixed, [hidden]), message);
  });

  it('over sizes that only a run knows, where the rule needs them', () => {
    const rows = input('rows', 'float32', ['n', 2]);
    refused(() => gradient(reduceMean(rows), [rows]), "reduceMean has no gradient over symbolic '2*n'");
    refused(
      () => gradient(reduceSum(slice(rows, 0, 0, 1)), [rows]),
      "slice has no gradient along symbolic 'n'",
    );
    const joined = concat([rows, rows], 0, 'm');
    refused(() => gradient(reduceSum(joined), [rows]), "concat has no gradient along symbolic 'n'");
  });
});
