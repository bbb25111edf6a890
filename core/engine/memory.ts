import type { Device } from './engine.ts';
import { cardNamed, graphicsCards, hostMemory, type DeviceMemory } from './graphics.ts';

export type { DeviceMemory };

/** The memory of a device at this moment; undefined where the system does not tell. */
export async function memoryOf({ provider, name, software }: Device): Promise<DeviceMemory | undefined> {
  if (provider === 'cpu' || software) return hostMemory(provider !== 'cpu');
  return cardNamed(name, await graphicsCards())?.memory;
}
