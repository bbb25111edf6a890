import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import about from '../../../package.json' with { type: 'json' };
import { Settings, type Device as DeviceSchema, type DeviceMeasurement } from '../../contract/calls.ts';
import { ConfigurationError, EngineError } from '../../contract/errors.ts';
import { reason } from '../../data/files.ts';
import { discoverDevices } from '../../engine/devices.ts';
import type { Device } from '../../engine/engine.ts';
import { memoryOf } from '../../engine/memory.ts';
import { chooseDevice } from '../../engine/open.ts';
import { isProject } from '../../project/project.ts';
import type { CallsOf, Handlers, Service } from '../service.ts';

export const appHandlers = {
  'app.about': ({ host }) => ({ version: about.version, host, platform: process.platform }),

  'app.settings': ({ settings }) => settings.value,

  'app.changeSettings': ({ settings, emit }, changes) => {
    settings.write(Settings.parse({ ...settings.value, ...changes }));
    emit('settings', settings.value);
    return settings.value;
  },

  'app.devices': async ({ settings, measuredDevices }) => {
    const devices = await discoverDevices();
    return {
      devices: await Promise.all(devices.map((device) => describeDevice(device, measuredDevices.of(device)))),
      ...(await describeChoice(settings.value.device)),
    };
  },

  'app.measureDevice': ({ settings, measuredDevices, queue, interactive }, { provider }) => {
    if (queue.isBusy || interactive.isBusy)
      throw new ConfigurationError(
        'work is under way, which would be measured along: measure once it has ended',
      );
    return measuredDevices.measure(provider, settings.value.threads);
  },

  'app.folders': (service, { path = startOf(service) }) => {
    const parent = dirname(path);
    return { path, parent: parent === path ? null : parent, folders: foldersIn(path) };
  },
} satisfies Handlers<CallsOf<'app'>>;

async function describeDevice(
  device: Device,
  measured: DeviceMeasurement | null,
): Promise<z.infer<typeof DeviceSchema>> {
  const { provider, name, software, unusable, driver, float16, others } = device;
  const memory = await memoryOf(device);
  return {
    ...{ provider, name, driver: driver ?? null, float16: float16 ?? null, others: [...(others ?? [])] },
    memory: memory ? { total: memory.total ?? null, free: memory.free ?? null, shared: memory.shared } : null,
    usable: unusable === undefined,
    note: unusable ?? (software ? 'usable, but drawn in software: slow' : 'usable'),
    measured,
  };
}

async function describeChoice(wanted: Service['settings']['value']['device']) {
  try {
    const { device, notices } = await chooseDevice(wanted);
    const because =
      notices[0] ?? (wanted === 'auto' ? 'it is the fastest usable device' : 'the settings ask for it');
    return { chosen: device.provider, because };
  } catch (error) {
    if (error instanceof EngineError) return { chosen: '', because: error.message };
    throw error;
  }
}

/** Where a choice of folders begins: the data folder or, until it is made, the nearest there is above it. */
function startOf({ settings }: Service): string {
  let path = settings.value.dataFolder;
  while (!existsSync(path)) path = dirname(path);
  return path;
}

function foldersIn(path: string) {
  if (!isAbsolute(path))
    throw new ConfigurationError(`${path} is not a whole path: give one from the root of the disk`);
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => ({ name, path: join(path, name), project: isProject(join(path, name)) }))
      .sort((a, b) => a.name.localeCompare(b.name));
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be listed: ${reason(error)}`, { cause: error });
  }
}
