import { describe, expect, test } from 'vitest';
import { findWebGpu } from '../../../core/engine/devices.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { WebGpuEngine } from '../../../core/engine/onnx/webgpu.ts';
import { openEngine } from '../../../core/engine/open.ts';
import {
  attention,
  gatherRows,
  geluExact,
  input,
  reduceSum,
  rotary,
  rotaryTable,
} from '../../../core/graph/build.ts';
import { gradient } from '../../../core/graph/gradient.ts';
import { evaluateOnce, floats, integers, noiseValue, openTestEngine } from '../../support/engine.ts';
import { smallBatch, smallGpt, smallGptSets, type GptOptions } from './small-gpt.ts';
import { engineSuite } from './suite.ts';

const device = await findWebGpu();

/** The losses of three training steps, and the parameters after them. */
async function train(
  engine: Engine,
  options: GptOptions,
): Promise<{ losses: number[]; parameters: Record<string, Float32Array> }> {
  const program = await engine.compile(smallGpt(options));
  const sets = await smallGptSets(engine, options);
  const { policy } = sets;
  const [gradients, firstMoment, secondMoment] = [policy.sibling(), policy.sibling(), policy.sibling()];
  const losses: number[] = [];
  for (const step of [1, 2, 3]) {
    const { loss } = await program.run(smallBatch(2, 5 + step), { sets, gradients });
    losses.push(loss!.data[0]!);
    await engine.adamw({
      // A large epsilon: some gradients are zero but for rounding, which must not decide the direction.
      ...{ parameters: policy, gradients, firstMoment, secondMoment, step },
      ...{ learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1, gradientScale: 1 },
    });
    await engine.zero(gradients);
  }
  const parameters = await policy.read();
  await engine.dispose();
  return { losses, parameters };
}

describe.skipIf(device.unusable !== undefined)('the WebGPU engine', () => {
  engineSuite('webgpu');

  test.runIf(device.software)('drawn in software is opened when asked for, but not by auto', async () => {
    const asked = await openEngine({ device: 'webgpu' });
    expect(asked.engine.device).toEqual(device);
    const automatic = await openEngine();
    expect(automatic.engine.device.provider).toBe('cpu');
    expect(automatic.notices[0]).toContain(`WebGPU would be drawn in software by ${device.name}`);
    await asked.engine.dispose();
    await automatic.engine.dispose();
  });

  test.each<[string, GptOptions]>([
    ['trains', {}],
    ['trains with its blocks computed again', { recompute: true }],
    ['trains adapters', { base: { dtype: 'float32', rank: 2 }, recompute: true }],
    ...(device.float16
      ? ([['trains adapters of float16', { base: { dtype: 'float16', rank: 2 } }]] as [string, GptOptions][])
      : []),
  ])('%s as the CPU engine does, without a node on the CPU', async (_, options) => {
    const onGpu = await train(new WebGpuEngine(device, { wholly: true }), options);
    const onCpu = await train(await openTestEngine('cpu'), options);
    onCpu.losses.forEach((loss, step) => expect(Math.abs(onGpu.losses[step]! - loss)).toBeLessThan(1e-4));
    for (const [name, values] of Object.entries(onCpu.parameters)) {
      const worst = Math.max(...values.map((value, i) => Math.abs(value - onGpu.parameters[name]![i]!)));
      expect(worst, name).toBeLessThan(1e-4);
    }
  });

  test('runs rotated, segmented attention and exact GELU with their gradients without a node on the CPU', async () => {
    const engine = new WebGpuEngine(device, { wholly: true });
    const [x, segments, positions] = [
      input('x', 'float32', ['batch*length', 8]),
      input('segments', 'float32', ['batch', 'length']),
      input('positions', 'int32', ['batch*length']),
    ];
    const { cosine, sine } = rotaryTable('turns', ['length'], [1], 1);
    const turned = rotary(x, gatherRows(cosine, positions), gatherRows(sine, positions), 2);
    const shape = { batch: 'batch', length: 'length', heads: 2, keyValueHeads: 2 };
    const y = geluExact(attention(turned, turned, x, shape, segments));
    const [ofX] = gradient(reduceSum(y), [x]);
    const feeds = {
      x: noiseValue([6, 8]),
      segments: floats([0, 0, 1, 4, 5, 5], [2, 3]),
      positions: integers([0, 1, 0, 0, 0, 1]),
    };
    const alone = await evaluateOnce(engine, { y }, feeds);
    const both = await evaluateOnce(engine, { y, ofX: ofX! }, feeds);
    const cpu = await openTestEngine('cpu');
    const expected = await evaluateOnce(cpu, { y, ofX: ofX! }, feeds);
    for (const [name, actual] of [
      ['y', alone],
      ['y', both],
      ['ofX', both],
    ] as const)
      expected[name]!.data.forEach((value, i) => expect(actual[name]!.data[i]).toBeCloseTo(value, 5));
    await engine.dispose();
    await cpu.dispose();
  });
});
