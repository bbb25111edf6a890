import { join } from 'node:path';
import { z } from 'zod';
import { DeviceMeasurement } from '../contract/calls.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { Device, Provider } from '../engine/engine.ts';
import { measureDevice } from '../engine/measuring.ts';
import { chooseDevice } from '../engine/open.ts';
import { StateFile } from './state-file.ts';

const Measurements = z.record(z.string(), DeviceMeasurement);

/** `devices.json`: what was measured last of every device, by its provider and name, so that another is not taken for it. */
export class MeasuredDevices {
  readonly #file: StateFile<z.infer<typeof Measurements>>;
  #underWay = false;

  constructor(stateFolder: string, log: (line: string) => void) {
    this.#file = new StateFile(join(stateFolder, 'devices.json'), Measurements, {}, log);
  }

  of(device: Device): DeviceMeasurement | null {
    return this.#file.value[keyOf(device)] ?? null;
  }

  /** Takes a few seconds, and throws where the device cannot be used. One at a time: two would measure each other. */
  async measure(provider: Provider, threads: number): Promise<DeviceMeasurement> {
    if (this.#underWay)
      throw new ConfigurationError(
        'a device is being measured: wait for that, since two would slow each other',
      );
    this.#underWay = true;
    try {
      const { device } = await chooseDevice(provider);
      const measured = { ...(await measureDevice(provider, threads > 0 ? { threads } : {})), at: Date.now() };
      this.#file.write({ ...this.#file.value, [keyOf(device)]: measured });
      return measured;
    } finally {
      this.#underWay = false;
    }
  }
}

const keyOf = ({ provider, name }: Device): string => `${provider} ${name}`;
