import { describe, expect, test } from 'vitest';
import { findWebGpu } from '../../../core/engine/devices.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { WebGpuEngine } from '../../../core/engine/onnx/webgpu.ts';
import { openEngine } from '../../../core/engine/open.ts';
import { filledSet, openTestEngine } from '../../support/engine.ts';
import { smallBatch, smallGpt, smallGptValues } from './small-gpt.ts';
import { engineSuite } from './suite.ts';

const device = await findWebGpu();

/** The losses of three training steps, and the parameters after them. */
async function train(
  engine: Engine,
): Promise<{ losses: number[]; parameters: Record<string, Float32Array> }> {
  const program = await engine.compile(smallGpt());
  const policy = await filledSet(engine, smallGptValues());
  const [gradients, firstMoment, secondMoment] = [policy.sibling(), policy.sibling(), policy.sibling()];
  const losses: number[] = [];
  for (const step of [1, 2, 3]) {
    const { loss } = await program.run(smallBatch(2, 5 + step), { sets: { policy }, gradients });
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

  test('trains as the CPU engine does, without a node on the CPU', async () => {
    const onGpu = await train(new WebGpuEngine(device, { wholly: true }));
    const onCpu = await train(await openTestEngine('cpu'));
    onCpu.losses.forEach((loss, step) => expect(Math.abs(onGpu.losses[step]! - loss)).toBeLessThan(1e-4));
    for (const [name, values] of Object.entries(onCpu.parameters)) {
      const worst = Math.max(...values.map((value, i) => Math.abs(value - onGpu.parameters[name]![i]!)));
      expect(worst, name).toBeLessThan(1e-4);
    }
  });
});
