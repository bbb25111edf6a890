/** What a run takes of memory, and for what. */
import type { MemoryPart } from '../contract/memory.ts';

/** Bytes by part; what is absent takes none. */
export type Usage = Partial<Record<MemoryPart, number>>;

/** The memory of the processor and of the device that computes; all of it is the host's on the CPU. */
export interface Ledger {
  readonly host: Usage;
  readonly device: Usage;
}

export const totalOf = (usage: Usage): number =>
  Object.values(usage).reduce((total, bytes) => total + bytes, 0);

export function addTo(usage: Usage, part: MemoryPart, bytes: number): void {
  if (bytes > 0) usage[part] = (usage[part] ?? 0) + bytes;
}
