import type { CallOutput } from '../../core/contract/calls.ts';
import { useSettings } from './session.ts';
import { useCall } from './use-call.ts';

export type Device = CallOutput<'app.devices'>['devices'][number];

export interface Devices {
  readonly all: readonly Device[];
  /** The one that is used; undefined where none can be as the settings ask. */
  readonly used: Device | undefined;
  /** Why that one, as a sentence. */
  readonly because: string;
}

/** The devices of this machine, looked for again when the settings ask for another. */
export function useDevices(): { readonly devices: Devices | undefined; readonly error: string | undefined } {
  const wanted = useSettings()?.device;
  const { data, error } = useCall('app.devices', wanted === undefined ? null : {}, wanted);
  return { devices: data && described(data), error };
}

const described = ({ devices, chosen, because }: CallOutput<'app.devices'>): Devices => ({
  all: devices,
  used: devices.find(({ provider, usable }) => usable && provider === chosen),
  because: sentence(because),
});

const sentence = (words: string): string =>
  (words[0]?.toUpperCase() ?? '') + words.slice(1).replace(/\.?$/, '.');
