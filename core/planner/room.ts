import type { Device } from '../engine/engine.ts';
import { hostMemory } from '../engine/graphics.ts';
import { memoryOf } from '../engine/memory.ts';
import type { PlanOptions, Room } from './plan.ts';

const GIGABYTE = 1e9;

export interface RoomOptions {
  /** The most that the person lets the run take of the host's memory; 0 is as much as there is. */
  readonly memoryGigabytes: number;
  /** Counts what others take now as free, since they will have ended. */
  readonly alone?: boolean;
}

/** What a run in this process may take: what is free, and what the process has already. */
export async function roomsFor(device: Device, options: RoomOptions): Promise<PlanOptions['rooms']> {
  const host = roomOfHost(options);
  if (device.provider === 'cpu') return { host, device: host };
  const own = await memoryOf(device);
  const available = (options.alone ? own?.total : own?.free) ?? null;
  return { host, device: { available, limited: false } };
}

function roomOfHost({ memoryGigabytes, alone = false }: RoomOptions): Room {
  const { free = 0, total = free } = hostMemory(false);
  const there = alone ? total : free + process.memoryUsage.rss();
  const allowed = memoryGigabytes > 0 ? memoryGigabytes * GIGABYTE : Infinity;
  return { available: Math.min(there, allowed), limited: allowed < there };
}
