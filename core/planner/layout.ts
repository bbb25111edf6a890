import type { PlannedMemory } from '../contract/calls.ts';
import type { Device, Provider } from '../engine/engine.ts';

type Place = PlannedMemory['place'];

/** Where an engine keeps what, and how its programs are written. */
export interface Layout {
  readonly sets: Place;
  readonly programs: Place;
  /** For which of ONNX Runtime's providers programs are lowered. */
  readonly lowered: 'cpu' | 'webgpu';
  /** Whether programs write gradients where their sets are. */
  readonly inPlace: boolean;
  /** Whether each run takes the parameters that it reads to the device with it. */
  readonly copies: boolean;
  /** Whether an update of a set makes new tensors before it lets go of the old ones. */
  readonly renews: boolean;
}

const onDevice: Layout = {
  ...{ sets: 'device', programs: 'device', lowered: 'webgpu' },
  ...{ inPlace: false, copies: false, renews: true },
};

const layouts: Readonly<Record<Provider, Layout>> = {
  cpu: {
    ...{ sets: 'host', programs: 'host', lowered: 'cpu' },
    ...{ inPlace: true, copies: false, renews: false },
  },
  cuda: {
    ...{ sets: 'host', programs: 'device', lowered: 'cpu' },
    ...{ inPlace: false, copies: true, renews: false },
  },
  webgpu: onDevice,
  tensorflow: onDevice,
};

/** A device that is drawn in software has no memory but the host's. */
export function layoutOf({ provider, software }: Pick<Device, 'provider' | 'software'>): Layout {
  const layout = layouts[provider];
  return software ? { ...layout, sets: 'host', programs: 'host' } : layout;
}
