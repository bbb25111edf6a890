import { expect, test } from 'vitest';
import { discoverDevices } from '../../../core/engine/devices.ts';
import { openEngine } from '../../../core/engine/open.ts';

const [webgpu, cpu] = await discoverDevices();

test('devices are named, and the processor always works', () => {
  expect(webgpu).toMatchObject({ provider: 'webgpu' });
  expect(cpu).toMatchObject({ provider: 'cpu', software: false });
  expect(cpu!.name).not.toBe('');
  expect(cpu!.unusable).toBeUndefined();
});

test('the device that was asked for is opened, without notices', async () => {
  const { engine, notices } = await openEngine({ device: 'cpu' });
  expect(engine.device).toEqual(cpu);
  expect(notices).toEqual([]);
  await engine.dispose();
});

test.skipIf(webgpu!.unusable === undefined)(
  'a device that cannot be used is refused with the reason',
  async () => {
    await expect(openEngine({ device: 'webgpu' })).rejects.toThrow(
      `WebGPU cannot be used: ${webgpu!.unusable}`,
    );
  },
);

test.skipIf(webgpu!.unusable === undefined)('auto passes over it and says why', async () => {
  const { engine, notices } = await openEngine();
  expect(engine.device.provider).toBe('cpu');
  expect(notices).toEqual([`WebGPU cannot be used: ${webgpu!.unusable}; using the CPU (${cpu!.name})`]);
  await engine.dispose();
});
