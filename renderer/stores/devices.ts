import { create } from 'zustand';
import type { CallOutput } from '../../core/contract/calls.ts';
import { perform } from './perform.ts';
import { useSettings } from './session.ts';
import { useCall } from './use-call.ts';

export type Device = CallOutput<'app.devices'>['devices'][number];
type Measurement = NonNullable<Device['measured']>;

export interface Devices {
  readonly all: readonly Device[];
  /** The one that is used; undefined where none can be as the settings ask. */
  readonly used: Device | undefined;
  /** Why that one, as a sentence. */
  readonly because: string;
}

interface Measuring {
  readonly underWay: Device['provider'] | null;
  /** How often one was measured: another number makes lists of devices read again. */
  readonly count: number;
}

export const useMeasuring = create<Measuring>(() => ({ underWay: null, count: 0 }));

/** Measures a device, unless another is being measured; every list of devices shows the result. */
export async function measureDevice(provider: Device['provider']): Promise<void> {
  if (useMeasuring.getState().underWay !== null) return;
  useMeasuring.setState({ underWay: provider });
  await perform('app.measureDevice', { provider });
  useMeasuring.setState(({ count }) => ({ underWay: null, count: count + 1 }));
}

/** The devices of this machine, looked for again when the settings ask for another and when one was measured. */
export function useDevices(): { readonly devices: Devices | undefined; readonly error: string | undefined } {
  const wanted = useSettings()?.device;
  const measured = useMeasuring(({ count }) => count);
  const { data, error } = useCall('app.devices', wanted === undefined ? null : {}, `${wanted} ${measured}`);
  return { devices: data && described(data), error };
}

const described = ({ devices, chosen, because }: CallOutput<'app.devices'>): Devices => ({
  all: devices,
  used: devices.find(({ provider, usable }) => usable && provider === chosen),
  because: sentence(because),
});

export const sentence = (words: string): string =>
  (words[0]?.toUpperCase() ?? '') + words.slice(1).replace(/\.?$/, '.');

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Driver, memory and float16, as far as they are known. */
export function factsOf({ usable, driver, memory, float16 }: Device): string {
  if (!usable) return '';
  const { total = null, free = null, shared = false } = memory ?? {};
  const facts = [
    driver,
    total !== null && `${gigabytes(total)} of memory${shared ? ', shared with the processor' : ''}`,
    free !== null && `${gigabytes(free)} free`,
    float16 !== null && (float16 ? 'float16' : 'no float16'),
  ];
  return facts.filter((fact) => typeof fact === 'string').join(' · ');
}

/** A measurement in a line, without its date. */
export const speedsOf = ({ gigaflops, gigabytesPerSecond, emptyRunMilliseconds }: Measurement): string =>
  [
    `${figure(gigaflops)} GFLOP/s`,
    `${figure(gigabytesPerSecond)} GB/s`,
    `${Number(emptyRunMilliseconds.toPrecision(2))} ms a run`,
  ].join(' · ');

const figure = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');
