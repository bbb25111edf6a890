/** What every engine must do; run over each provider. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  AdamWUpdate,
  Engine,
  EngineOptions,
  Program,
  Provider,
  TensorSet,
  Value,
} from '../../../core/engine/engine.ts';
import {
  adamwFactors,
  adamwGraph,
  addScaledGraph,
  lerpGraph,
  scalarFeeds,
  sumOfSquaresGraph,
} from '../../../core/engine/updates.ts';
import {
  add,
  attention,
  cast,
  concat,
  expand,
  gatherRows,
  input,
  less,
  loop,
  matmul,
  mul,
  parameter,
  reduceMax,
  reduceSum,
  reshape,
  scalar,
  scatterAddRows,
} from '../../../core/graph/build.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import {
  evaluateOnce,
  filledSet,
  floats,
  integers,
  noise,
  noiseValue,
  openTestEngine,
  sizeOf,
} from '../../support/engine.ts';
import { frozenSetTests } from './frozen-sets.ts';
import { attentionOf, operationCases } from './operations.ts';

type Open = (options?: Pick<EngineOptions, 'signal'>) => Promise<Engine>;

export function engineSuite(
  provider: Provider,
  open: Open = (options) => openTestEngine(provider, options),
): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.dispose());

  describe('ops', () => operationTests(() => engine));
  describe('symbolic sizes', () => symbolicTests(() => engine));
  describe('gradients', () => gradientTests(() => engine));
  describe('tensor sets', () => setTests(() => engine));
  describe('frozen sets', () => frozenSetTests(() => engine));
  describe('loops', () => loopTests(() => engine));
  describe('mistakes', () => mistakeTests(() => engine));
  describe('an engine', () => lifetimeTests(open));
}

type Opened = () => Engine;

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs).filter(Number.isFinite));
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance * scale))
      expect.fail(`element ${i} is ${actual[i]} instead of ${expected[i]}`);
}

function operationTests(opened: Opened): void {
  test.each(operationCases)('$name', async ({ feeds, build, expected }) => {
    const named = feeds.map((value, i) => [`x${i}`, value] as const);
    const inputs = named.map(([name, { data, shape }]) =>
      input(name, data instanceof Float32Array ? 'float32' : 'int32', shape),
    );
    const { y } = await evaluateOnce(opened(), { y: build(...inputs) }, Object.fromEntries(named));
    expectClose(y!.data, expected(...feeds.map(({ data }) => data)), 5e-6);
  });

  test('gives results that are inputs, equal or constant', async () => {
    const x = input('x', 'float32', [2]);
    const y = add(x, 1);
    const outputs = { x, y, again: y, flat: reshape(y, [1, 2]), constant: scalar(3), same: reshape(x, [2]) };
    const values = await evaluateOnce(opened(), outputs, { x: floats([1, 2], [2]) });
    const data = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [...value.data]]));
    expect(data).toEqual({ x: [1, 2], y: [2, 3], again: [2, 3], flat: [2, 3], constant: [3], same: [1, 2] });
  });

  test('turns flags and 64-bit counts to integers and back', async () => {
    const outputs = {
      flag: less(input('x', 'float32', [2]), 0),
      back: cast(input('given', 'bool', [2]), 'float32'),
      count: input('count', 'int64', []),
    };
    const feeds = { x: floats([-1, 1], [2]), given: integers([1, 0]), count: integers([7], []) };
    const { flag, back, count } = await evaluateOnce(opened(), outputs, feeds);
    expect(flag!.data).toEqual(Int32Array.of(1, 0));
    expect(back!.data).toEqual(Float32Array.of(1, 0));
    expect(count!.data).toEqual(Int32Array.of(7));
  });
}

function symbolicTests(opened: Opened): void {
  test('one program serves every batch size and length', async () => {
    const rows = 'batch*length';
    const [q, k, v] = ['q', 'k', 'v'].map((name) => input(name, 'float32', [rows, 8])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const mask = input('mask', 'float32', ['batch', 'length']);
    const attended = attention(q, k, v, { batch: 'batch', length: 'length', heads: 2, keyValueHeads: 2 });
    const y = mul(attended, reshape(expand(scalar(2), ['batch', 'length', 1]), [rows, 1]));
    const program = await opened().compile({ outputs: { y, total: reduceSum(mask) } });
    for (const [batch, length] of [
      [1, 1],
      [2, 3],
      [3, 5],
      [2, 3],
    ] as const) {
      const values = [1, 2, 3].map((seed) => noiseValue([batch * length, 8], seed)) as [Value, Value, Value];
      const feeds = {
        q: values[0],
        k: values[1],
        v: values[2],
        mask: floats(Array(batch * length).fill(1), [batch, length]),
      };
      const { y, total } = await program.run(feeds);
      expect(total!.data[0]).toBe(batch * length);
      expectClose(
        y!.data,
        manyHeads(values, batch, length).map((x) => 2 * x),
      );
    }
    await program.dispose();
  });

  test('a shape that contradicts another is refused by name', async () => {
    const y = add(input('a', 'float32', ['n', 3]), input('b', 'float32', ['n', 3]));
    const feeds = { a: noiseValue([2, 3]), b: noiseValue([4, 3]) };
    await expect(evaluateOnce(opened(), { y }, feeds)).rejects.toThrow(
      "'b' is [n, 3] in the graph but was fed [4, 3]",
    );
  });

  test('shapes that make a size a fraction are refused', async () => {
    const y = add(input('a', 'float32', ['n']), reduceSum(input('b', 'float32', ['n*m']), [0]));
    const feeds = { a: noiseValue([2]), b: noiseValue([3]) };
    await expect(evaluateOnce(opened(), { y }, feeds)).rejects.toThrow("the fed shapes make 'm' 1.5");
  });

  test('a size that no input gives is refused when compiling', async () => {
    const y = expand(input('x', 'float32', [1]), ['unheard']);
    await expect(opened().compile({ outputs: { y } })).rejects.toThrow(
      "needs the value of 'unheard', which no fed shape gives",
    );
  });
}

/** Two heads of width 4 by the definition, as rows of [batch·length, 8]. */
function manyHeads(values: readonly Value[], batch: number, length: number): number[] {
  const result = Array<number>(batch * length * 8).fill(0);
  for (let sequence = 0; sequence < batch; sequence++)
    for (let head = 0; head < 2; head++) {
      const part = ({ data }: Value) =>
        Array.from({ length }, (_, i) => {
          const start = (sequence * length + i) * 8 + head * 4;
          return Array.from(data.slice(start, start + 4));
        });
      attentionOf(part(values[0]!), part(values[1]!), part(values[2]!)).forEach((row, i) =>
        row.forEach((x, j) => (result[(sequence * length + i) * 8 + head * 4 + j] = x)),
      );
    }
  return result;
}

function gradientTests(opened: Opened): void {
  /** Gradients made by hand: dense, rows, both, and one tensor for two parameters. */
  const source = () => {
    const x = input('x', 'float32', ['n', 2]);
    const ids = input('ids', 'int32', ['n']);
    const weight = parameter('policy', 'dense', [2, 2]);
    const dense = matmul(x, x, { transposeA: true });
    const rows = scatterAddRows(x, ids, 3);
    return {
      outputs: { y: matmul(x, weight) },
      gradients: { dense, rows, both: add(expand(scalar(1), [3, 2]), add(rows, rows)), twin: dense },
    };
  };
  const specs = ['dense', 'twin', 'rows', 'both', 'other'].map((name) => ({
    name,
    shape: name === 'rows' || name === 'both' ? [3, 2] : [2, 2],
  }));
  const feeds = { x: floats([1, 2, 3, 4, 5, 6], [3, 2]), ids: integers([2, 0, 2]) };
  const expected: Record<string, number[]> = {
    dense: [35, 44, 44, 56],
    twin: [35, 44, 44, 56],
    rows: [3, 4, 0, 0, 6, 8],
    both: [7, 9, 1, 1, 13, 17],
    other: [0, 0, 0, 0],
  };

  test('runs add up in the set they name', async () => {
    const engine = opened();
    const program = await engine.compile(source());
    const policy = engine.allocate(specs);
    const gradients = policy.sibling();
    for (const times of [1, 2, 3]) {
      await program.run(feeds, { sets: { policy }, gradients });
      const values = await gradients.read();
      for (const [name, value] of Object.entries(expected))
        expect([...values[name]!]).toEqual(value.map((x) => times * x));
    }
    await gradients.write({ other: Float32Array.of(9, 9, 9, 9) });
    await engine.zero(gradients);
    await program.run(feeds, { sets: { policy }, gradients });
    const values = await gradients.read();
    for (const [name, value] of Object.entries(expected)) expect([...values[name]!]).toEqual(value);
    await program.dispose();
  });

  test('parameters are read from the set of their group', async () => {
    const engine = opened();
    const x = parameter('a', 'w', [2]);
    const program = await engine.compile({ outputs: { y: add(x, mul(parameter('b', 'w', [2]), 10)) } });
    const [a, b] = [
      await filledSet(engine, { w: floats([1, 2], [2]) }),
      await filledSet(engine, { w: floats([3, 4], [2]) }),
    ];
    expect([...(await program.run({}, { sets: { a, b } })).y!.data]).toEqual([31, 42]);
    expect([...(await program.run({}, { sets: { a: b, b: a } })).y!.data]).toEqual([13, 24]);
    await program.dispose();
  });
}

const family = { matrix: [5, 7], vector: [3], number: [], long: [1000] };

const familyValues = (seed: number): Record<string, Value> =>
  Object.fromEntries(Object.entries(family).map(([name, shape], i) => [name, noiseValue(shape, seed + i)]));

async function siblingOf(set: TensorSet, seed: number): Promise<TensorSet> {
  const sibling = set.sibling();
  const values = Object.entries(familyValues(seed)).map(([name, { data }]) => [name, data as Float32Array]);
  await sibling.write(Object.fromEntries(values) as Record<string, Float32Array>);
  return sibling;
}

function setTests(opened: Opened): void {
  /** What an update graph makes of sets. */
  async function byGraph(
    graph: (specs: TensorSet['specs']) => Record<string, Tensor>,
    factors: Record<string, number>,
    sets: Record<string, TensorSet>,
  ): Promise<Record<string, Value>> {
    const specs = Object.values(sets)[0]!.specs;
    const program = await opened().compile({ outputs: graph(specs) });
    const values = await program.run(scalarFeeds(factors), { sets });
    await program.dispose();
    return values;
  }

  async function expectSets(sets: Record<string, TensorSet>, expected: Record<string, Value>): Promise<void> {
    for (const [group, set] of Object.entries(sets))
      for (const [name, value] of Object.entries(await set.read())) {
        const wanted = expected[`${group}/${name}`];
        if (wanted) expectClose(value, wanted.data);
      }
  }

  test('start as zeros and give back what was written', async () => {
    const set = opened().allocate(Object.entries(family).map(([name, shape]) => ({ name, shape })));
    expect((await set.read())['long']).toEqual(new Float32Array(1000));
    const filled = await siblingOf(set, 1);
    expect(await filled.read()).toEqual(
      Object.fromEntries(Object.entries(familyValues(1)).map(([name, { data }]) => [name, data])),
    );
    await filled.write({ vector: Float32Array.of(7, 8, 9) });
    expect((await filled.read())['vector']).toEqual(Float32Array.of(7, 8, 9));
    expect((await filled.read())['long']).toEqual(familyValues(1)['long']!.data);
    expect((await set.read())['long']).toEqual(new Float32Array(1000));
    filled.dispose();
    expect((await set.sibling().read())['long']).toEqual(new Float32Array(1000));
  });

  test('are written and read in part', async () => {
    const set = await filledSet(opened(), familyValues(1));
    await set.write({ vector: Float32Array.of(7, 8, 9) });
    const { long } = familyValues(1);
    expect(await set.read(['long', 'vector'])).toEqual({
      long: long!.data,
      vector: Float32Array.of(7, 8, 9),
    });
    expect(await set.read([])).toEqual({});
    await expect(set.read(['stranger'])).rejects.toThrow("the tensor set has no 'stranger' to read");
  });

  test('addScaled does what its graph says', async () => {
    const target = await filledSet(opened(), familyValues(1));
    const source = await siblingOf(target, 20);
    const expected = await byGraph(addScaledGraph, { scale: -0.3 }, { target, source });
    await opened().addScaled(target, source, -0.3);
    await expectSets({ target }, expected);
  });

  test('lerp does what its graph says', async () => {
    const target = await filledSet(opened(), familyValues(1));
    const source = await siblingOf(target, 20);
    const expected = await byGraph(lerpGraph, { weight: 0.1 }, { target, source });
    await opened().lerp(target, source, 0.1);
    await expectSets({ target }, expected);
  });

  test('norm does what its graph says', async () => {
    const target = await filledSet(opened(), familyValues(1));
    const { total } = await byGraph(sumOfSquaresGraph, {}, { target });
    expect(await opened().norm(target)).toBeCloseTo(Math.sqrt(total!.data[0]!), 4);
    await opened().zero(target);
    expect(await opened().norm(target)).toBe(0);
  });

  const update = (
    parameters: TensorSet,
    gradients: TensorSet,
    moments: TensorSet[],
    step: number,
  ): AdamWUpdate => ({
    parameters,
    gradients,
    firstMoment: moments[0]!,
    secondMoment: moments[1]!,
    step,
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0.1,
    gradientScale: 0.5,
  });

  test('adamw does what its graph says', async () => {
    const parameters = await filledSet(opened(), familyValues(1));
    const [gradients, firstMoment] = [await siblingOf(parameters, 20), await siblingOf(parameters, 40)];
    const secondMoment = parameters.sibling();
    const step = update(parameters, gradients, [firstMoment, secondMoment], 3);
    const sets = { parameters, gradients, firstMoment, secondMoment };
    const expected = await byGraph(adamwGraph, adamwFactors(step), sets);
    await opened().adamw(step);
    await expectSets({ parameters, firstMoment, secondMoment }, expected);
  });

  test('three steps of adamw follow the algorithm', async () => {
    const initial = noise(64, 5);
    const parameters = await filledSet(opened(), { w: floats(initial, [8, 8]) });
    const [gradients, m, v] = [parameters.sibling(), parameters.sibling(), parameters.sibling()];
    const reference = { p: Float64Array.from(initial), m: new Float64Array(64), v: new Float64Array(64) };
    for (const step of [1, 2, 3]) {
      const gradient = noise(64, 10 + step);
      await gradients.write({ w: gradient });
      const settings = update(parameters, gradients, [m, v], step);
      await opened().adamw(settings);
      adamwByDefinition(reference, gradient, settings);
      expectClose((await parameters.read())['w']!, reference.p, 1e-6);
    }
  });

  test('sets of another family are refused', async () => {
    const [a, b] = [await filledSet(opened(), familyValues(1)), await filledSet(opened(), familyValues(1))];
    await expect(opened().addScaled(a, b, 1)).rejects.toThrow('made from one another by sibling()');
  });

  test('what does not fit a set is refused by name', async () => {
    const set = await filledSet(opened(), familyValues(1));
    await expect(set.write({ stranger: new Float32Array(3) })).rejects.toThrow("no 'stranger'");
    await expect(set.write({ matrix: new Float32Array(3) })).rejects.toThrow("'matrix' is [5, 7], 35 values");
  });

  test('a disposed set is refused by name', async () => {
    const set = await filledSet(opened(), familyValues(1));
    set.dispose();
    set.dispose();
    const message = "the tensor set of 'matrix' and 3 more was used after it was disposed";
    await expect(set.read()).rejects.toThrow(message);
    await expect(opened().zero(set)).rejects.toThrow(message);
    expect(() => set.sibling()).toThrow(message);
  });
}

/** Loshchilov and Hutter 2019, Algorithm 2, in float64. */
function adamwByDefinition(
  state: { p: Float64Array; m: Float64Array; v: Float64Array },
  gradient: Float32Array,
  { step, learningRate, beta1, beta2, epsilon, weightDecay, gradientScale }: AdamWUpdate,
): void {
  gradient.forEach((raw, i) => {
    const g = raw * gradientScale;
    state.m[i] = beta1 * state.m[i]! + (1 - beta1) * g;
    state.v[i] = beta2 * state.v[i]! + (1 - beta2) * g * g;
    const mean = state.m[i] / (1 - beta1 ** step);
    const deviation = Math.sqrt(state.v[i] / (1 - beta2 ** step));
    state.p[i]! -= learningRate * (mean / (deviation + epsilon) + weightDecay * state.p[i]!);
  });
}

function loopTests(opened: Opened): void {
  test('carries values, grows a cache, stacks results and stops', async () => {
    const [batch, width] = ['batch', 2];
    const iteration = input('step', 'int64', []);
    const last = input('last', 'float32', [batch, width]);
    const cache = input('cache', 'float32', [batch, 'past', width]);
    const start = input('start', 'float32', [batch, width]);
    const noises = input('noises', 'float32', ['limit', width]);

    // Each step adds the sum of the cache, twice its number and the noise of the step.
    const grown = concat([cache, reshape(last, [batch, 1, width])], 1, 'grown');
    const sum = reshape(reduceSum(grown, [1]), [batch, width]);
    const number = cast(cast(iteration, 'int32'), 'float32');
    const noiseRow = gatherRows(noises, reshape(cast(iteration, 'int32'), [1]));
    const next = add(add(sum, mul(number, 2)), noiseRow);
    const { carried, stacked } = loop(
      input('limit', 'int32', []),
      [start, expand(scalar(0), [batch, 0, width])],
      {
        iteration,
        carried: [last, cache],
        next: [next, grown],
        again: less(reshape(reduceMax(next), []), input('ceiling', 'float32', [])),
        stacked: [next, reduceSum(grown)],
        steps: 'steps',
      },
    );
    const program = await opened().compile({
      outputs: { last: carried[0]!, cache: carried[1]!, all: stacked[0]! },
    });
    const feeds = (limit: number, ceiling: number) => ({
      start: floats([1, 2, 3, 4], [2, 2]),
      noises: floats(Array(limit * 2).fill(0.5), [limit, 2]),
      limit: integers([limit], []),
      ceiling: floats([ceiling], []),
    });
    const three = await program.run(feeds(3, 1e9));
    // 1 → 1 + 0 + ½ → (1 + 1½) + 2 + ½ → (1 + 1½ + 5) + 4 + ½
    expect(three['all']!.shape).toEqual([3, 2, 2]);
    expect([0, 4, 8].map((i) => three['all']!.data[i])).toEqual([1.5, 5, 12]);
    expect(three['cache']!.shape).toEqual([2, 3, 2]);
    expect([...three['last']!.data]).toEqual([12, 16, 20, 24]);
    expect((await program.run(feeds(3, 5)))['all']!.shape).toEqual([2, 2, 2]);
    expect((await program.run(feeds(1, 1e9)))['last']!.data[0]).toBe(1.5);
    await program.dispose();
  });
}

function mistakeTests(opened: Opened): void {
  let program: Program;
  beforeAll(async () => {
    const x = input('x', 'float32', ['n', 2]);
    const w = parameter('policy', 'w', [2, 2]);
    program = await opened().compile({
      outputs: { y: matmul(x, w) },
      gradients: { w: matmul(x, x, { transposeA: true }) },
    });
  });
  const feeds = { x: noiseValue([3, 2]) };
  const set = (shape = [2, 2], name = 'w') => opened().allocate([{ name, shape }]);

  test.each([
    ['a missing input', () => program.run({}), "the program needs the input 'x'"],
    ['an unknown input', () => program.run({ ...feeds, z: feeds.x }), "the program has no input 'z'"],
    [
      'another shape',
      () => program.run({ x: noiseValue([3, 4]) }),
      "'x' is [n, 2] in the graph but was fed [3, 4]",
    ],
    [
      'another length',
      () => program.run({ x: floats([1], [3, 2]) }),
      "'x' has 1 values for the shape [3, 2]",
    ],
    ['another type', () => program.run({ x: integers([1, 2], [1, 2]) }), "'x' takes float32 values"],
    ['no set', () => program.run(feeds), "needs a set for its parameters 'policy'"],
    [
      'a set without a tensor',
      () => program.run(feeds, { sets: { policy: set([2, 2], 'v') } }),
      "the set of 'policy' has no 'w'",
    ],
    [
      'a set of another shape',
      () => program.run(feeds, { sets: { policy: set([4]) } }),
      "'w' is [2, 2] in the program but [4] in the set of 'policy'",
    ],
    [
      'gradients among the parameters',
      () => {
        const both = set();
        return program.run(feeds, { sets: { policy: both }, gradients: both });
      },
      'gradients cannot be added to a set that the program reads',
    ],
    ['no set of gradients', () => program.run(feeds, { sets: { policy: set() } }), 'names no set for them'],
  ])('%s is named', async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });

  test('a disposed program is refused', async () => {
    const short = await opened().compile({ outputs: { y: add(input('x', 'float32', []), 1) } });
    await short.dispose();
    await short.dispose();
    await expect(short.run({ x: floats([1], []) })).rejects.toThrow(
      "the program of 'y' was used after it was disposed",
    );
  });
}

function lifetimeTests(open: Open): void {
  const plusOne = () => ({ outputs: { y: add(input('x', 'float32', []), 1) } });

  test('once cancelled, refuses to run but still lets sets be read', async () => {
    const controller = new AbortController();
    const engine = await open({ signal: controller.signal });
    const program = await engine.compile(plusOne());
    const set = await filledSet(engine, { w: floats([1], [1]) });
    const running = program.run({ x: floats([1], []) });
    await running;
    controller.abort();
    await expect(program.run({ x: floats([1], []) })).rejects.toMatchObject({ name: 'Cancelled' });
    expect((await set.read())['w']).toEqual(Float32Array.of(1));
    await engine.dispose();
  });

  test('once disposed, refuses everything', async () => {
    const engine = await open();
    const program = await engine.compile(plusOne());
    const set = await filledSet(engine, { w: floats(noise(sizeOf([4])), [4]) });
    await engine.dispose();
    await engine.dispose();
    const message = 'the engine was used after it was disposed';
    await expect(program.run({ x: floats([1], []) })).rejects.toThrow(message);
    await expect(set.read()).rejects.toThrow(message);
    await expect(engine.compile(plusOne())).rejects.toThrow(message);
    set.dispose();
  });
}
