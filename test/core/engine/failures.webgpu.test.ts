import { expect, test } from 'vitest';
import { OutOfMemory } from '../../../core/contract/errors.ts';
import { findWebGpu } from '../../../core/engine/devices.ts';
import { add, expand, input, reduceSum } from '../../../core/graph/build.ts';
import { openTestEngine } from '../../support/engine.ts';

const device = await findWebGpu();

// What a graphics processor has room for differs; this driver takes no buffer of 2 GiB.
test.runIf(device.software)('a buffer that WebGPU cannot make throws OutOfMemory', async () => {
  const engine = await openTestEngine('webgpu');
  const x = expand(input('row', 'float32', [1, 'm']), ['n', 'm']);
  const program = await engine.compile({
    outputs: { total: reduceSum(add(x, input('column', 'float32', ['n', 1]))) },
  });
  const data = new Float32Array(25_000);
  const run = program.run({
    row: { data, shape: [1, data.length] },
    column: { data, shape: [data.length, 1] },
  });
  await expect(run).rejects.toThrow(OutOfMemory);
  await engine.dispose();
});
