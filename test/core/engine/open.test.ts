import { expect, test } from 'vitest';
import { discoverDevices } from '../../../core/engine/devices.ts';
import { openEngine } from '../../../core/engine/open.ts';

const [webgpu, cuda, tensorflow, cpu] = await discoverDevices();

test('devices are named, and the processor always works', () => {
  expect([webgpu, cuda, tensorflow].map((device) => device!.provider)).toEqual([
    'webgpu',
    'cuda',
    'tensorflow',
  ]);
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

test.each([cuda!, tensorflow!].filter(({ unusable }) => unusable !== undefined))(
  '$provider is refused with the reason where it cannot be used',
  async ({ provider, unusable }) => {
    await expect(openEngine({ device: provider })).rejects.toThrow(`cannot be used: ${unusable}`);
  },
);

const noGraphics = [webgpu, cuda, tensorflow].every((device) => device!.unusable !== undefined);

test.runIf(noGraphics)('auto passes over what cannot be used and says why it is not the first', async () => {
  const { engine, notices } = await openEngine();
  expect(engine.device.provider).toBe('cpu');
  expect(notices).toEqual([`WebGPU cannot be used: ${webgpu!.unusable}; using the CPU (${cpu!.name})`]);
  await engine.dispose();
});
