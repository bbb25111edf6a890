/** What a plan says, in words. */
import type { PlannedMemory } from '../contract/calls.ts';
import { memoryParts } from '../contract/memory.ts';
import { bytesWords } from '../data/words.ts';
import { isShort, type MemoryPlan } from './plan.ts';
import type { Remedy } from './remedies.ts';

const NAMED = 3;

const largest = ({ parts }: PlannedMemory): string =>
  parts
    .slice(0, NAMED)
    .map(({ part, bytes }) => `${memoryParts[part]} ${bytesWords(bytes)}`)
    .join(', ');

const whose = ({ place }: PlannedMemory, { device }: MemoryPlan): string =>
  place === 'host' ? 'memory' : `the memory of ${device.name}`;

const room = ({ available, limited }: PlannedMemory): string =>
  limited ? `the settings allow ${bytesWords(available!)}` : `${bytesWords(available!)} are free`;

/** `needs 3.1 GB of memory, 22.4 GB are free (activations 1.8 GB, …)`, for every memory that it takes of. */
export const describePlan = (plan: MemoryPlan): string =>
  `needs ${plan.memories.map((memory) => describeNeed(memory, plan)).join(' and ')}`;

function describeNeed(memory: PlannedMemory, plan: MemoryPlan): string {
  const free = memory.available === null ? '' : `, ${room(memory)}`;
  return `${bytesWords(memory.total)} of ${whose(memory, plan)}${free} (${largest(memory)})`;
}

/** Why a run is not begun, and the change that would let it; undefined where it fits. */
export function refusalOf(plan: MemoryPlan, remedy: Remedy | undefined): string | undefined {
  const short = plan.memories.find(isShort);
  if (!short) return undefined;
  const need = `the run needs ${bytesWords(short.total)} of ${whose(short, plan)}, but ${room(short)} (${largest(short)})`;
  return `${need}: ${remedy ? describeRemedy(remedy, short) : NO_REMEDY}`;
}

const NO_REMEDY = 'no change of its settings makes it fit; use a smaller model, or allow or free more memory';

function describeRemedy({ changes, plan }: Remedy, { place }: PlannedMemory): string {
  const set = Object.entries(changes).map(([name, value]) => `${name} to ${String(value)}`);
  const needed = plan.memories.find((memory) => memory.place === place)!;
  return `set ${set.join(' and ')} (${bytesWords(needed.total)})`;
}
