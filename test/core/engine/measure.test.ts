import { expect, test } from 'vitest';
import { EngineError } from '../../../core/contract/errors.ts';
import { discoverDevices } from '../../../core/engine/devices.ts';
import { measureDevice } from '../../../core/engine/measuring.ts';

test('the processor is measured in a process of its own', async () => {
  const measured = await measureDevice('cpu', { threads: 1 });
  // From one slow core with everything else under way to more than any processor does.
  expect(measured.gigaflops).toBeGreaterThan(0.1);
  expect(measured.gigaflops).toBeLessThan(100_000);
  expect([256, 512, 1024, 2048, 4096]).toContain(measured.size);
  expect(measured.gigabytesPerSecond).toBeGreaterThan(0.1);
  expect(measured.gigabytesPerSecond).toBeLessThan(10_000);
  expect(measured.emptyRunMilliseconds).toBeLessThan(50);
});

const unusable = (await discoverDevices()).filter((device) => device.unusable !== undefined);

test.each(unusable)(
  '$provider, which cannot be used, is not measured, for the same reason',
  async (device) => {
    const error: unknown = await measureDevice(device.provider).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as Error).message).toContain(`${device.provider} could not be measured: `);
    expect((error as Error).message).toContain(device.unusable);
  },
);

test('a process that cannot be started is told', async () => {
  await expect(measureDevice('cpu', { node: '/no/such/node' })).rejects.toThrow('ENOENT');
});
