import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgramSource } from '../../../core/engine/engine.ts';
import type { TensorFlowEngine } from '../../../core/engine/tensorflow/tensorflow.ts';
import {
  add,
  cast,
  gatherRows,
  input,
  less,
  loop,
  mul,
  parameter,
  reduceSum,
  rotaryTable,
  scalar,
  scatterAddRows,
} from '../../../core/graph/build.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../../../core/training/sft.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { evaluateOnce, filledSet, floats, integers, noiseValue } from '../../support/engine.ts';
import { openPortable, portableLibrary } from '../../support/tensorflow.ts';
import { randomModel, randomPrompt, smallConfigs } from '../generation/small-models.ts';
import { engineSuite } from './suite.ts';

describe('the TensorFlow engine on the portable backend', () => {
  engineSuite('tensorflow', (options) => Promise.resolve(openPortable(options)));
});

describe('what is particular to the TensorFlow engine', () => {
  let engine: TensorFlowEngine;
  let before: number;
  beforeEach(() => {
    before = tensors();
    engine = openPortable();
  });
  afterEach(async () => {
    await engine.dispose();
    expect(tensors(), 'tensors left behind').toBe(before);
  });

  test('a tensor is freed after its last use', async () => {
    let x = input('x', 'float32', [1000]);
    for (let i = 0; i < 30; i++) x = add(mul(x, x), i);
    const program = await engine.compile({ outputs: { total: reduceSum(x) } });
    const most = await peakBytes(() => program.run({ x: noiseValue([1000]) }));
    // What goes into a step, what comes out, and constants of 4 bytes.
    expect(most).toBeLessThan(3 * 4000);
  });

  test('activations that are computed again are not kept', async () => {
    const config = { ...smallConfigs.gpt2, layers: 8 };
    const model = randomModel(config);
    const peak = async (recompute: boolean) => {
      const program = await engine.compile(sftStepGraph(model, pretrainingStep({ recompute })));
      const placed = await PlacedModel.place(engine, model);
      const gradients = placed.own.sibling();
      const rows = [1, 2].map((seed) => [{ ids: randomPrompt(40, seed, config), start: 1 }]);
      const bound = { sets: placed.sets('policy'), gradients };
      const most = await peakBytes(() => program.run(feedSftStep(rows, 1 / 78), bound));
      placed.dispose();
      gradients.dispose();
      return most;
    };
    expect(await peak(true)).toBeLessThan(0.5 * (await peak(false)));
  });

  test('rows with one index are added one after the other', async () => {
    const values = [1e8, 1, -1e8, 0.1, 0.2, 0.3];
    const y = scatterAddRows(input('x', 'float32', [6, 1]), input('ids', 'int32', [6]), 1);
    const feeds = { x: floats(values, [6, 1]), ids: integers([0, 0, 0, 0, 0, 0]) };
    const inOrder = values.reduce((sum, value) => Math.fround(sum + Math.fround(value)), 0);
    for (let run = 0; run < 3; run++)
      expect((await evaluateOnce(engine, { y }, feeds)).y!.data[0]).toBe(inOrder);
  });

  test('a step that fails is named with its shapes, and leaves the gradients as they were', async () => {
    const rows = parameter('policy', 'rows', [4, 3]);
    const source: ProgramSource = {
      outputs: { y: gatherRows(rows, input('ids', 'int32', ['n'])) },
      gradients: { rows: mul(rows, 2) },
    };
    const program = await engine.compile(source);
    const policy = await filledSet(engine, { rows: noiseValue([4, 3]) });
    const gradients = policy.sibling();
    const run = program.run({ ids: integers([1, 9]) }, { sets: { policy }, gradients });
    await expect(run).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringMatching(/^gatherRows of float32 \[4, 3\], int32 \[2\] failed: .*9/) as string,
    });
    expect(await engine.norm(gradients)).toBe(0);
  });

  test('a set that stores float16 is refused by name', () => {
    expect(() => engine.allocate([{ name: 'w', shape: [2], dtype: 'float16' }])).toThrow(
      "TensorFlow.js cannot store float16; store 'w' as float32",
    );
  });

  test('an array that was written may be changed, and so may one that was read', async () => {
    const values = Float32Array.of(1, 2);
    const set = engine.allocate([{ name: 'w', shape: [2] }]);
    await set.write({ w: values });
    values.fill(7);
    const { w } = await set.read(['w']);
    w!.fill(8);
    expect((await set.read())['w']).toEqual(Float32Array.of(1, 2));
    await expect(set.read(['v'])).rejects.toThrow("the tensor set has no 'v' to read");
  });

  test('a loop may make no step at all', async () => {
    const carried = input('carried', 'float32', [2]);
    const { carried: last, stacked } = loop(input('limit', 'int32', []), [input('start', 'float32', [2])], {
      iteration: input('step', 'int64', []),
      carried: [carried],
      next: [add(carried, 1)],
      again: less(scalar(0), 1),
      stacked: [carried],
      steps: 'steps',
    });
    const outputs = { last: last[0]!, all: stacked[0]! };
    const feeds = (limit: number) => ({ start: floats([1, 2], [2]), limit: integers([limit], []) });
    const none = await evaluateOnce(engine, outputs, feeds(0));
    expect(none).toEqual({
      last: { data: Float32Array.of(1, 2), shape: [2] },
      all: { data: new Float32Array(), shape: [0, 2] },
    });
    const two = await evaluateOnce(engine, outputs, feeds(2));
    expect(two['all']).toEqual({ data: Float32Array.of(1, 2, 2, 3), shape: [2, 2] });
  });

  test('tables for many sizes are not all kept', async () => {
    const { cosine } = rotaryTable('positions', ['n'], [1, 0.1]);
    const outputs = { y: add(reduceSum(cosine), reduceSum(cast(input('ids', 'int32', ['n']), 'float32'))) };
    const program = await engine.compile({ outputs });
    const counts: number[] = [];
    for (let n = 1; n <= 40; n++) {
      await program.run({ ids: integers(Array<number>(n).fill(0)) });
      counts.push(tensors());
    }
    expect(counts[39]).toBe(counts[20]);
  });
});

const tensors = (): number => portableLibrary.memory().numTensors;

/** The most bytes that tensors take while something runs, beyond what they take before. */
async function peakBytes(run: () => Promise<unknown>): Promise<number> {
  const already = portableLibrary.memory().numBytes;
  const { peakBytes: most } = await portableLibrary.profile(async () => {
    await run();
    return [];
  });
  return most - already;
}
