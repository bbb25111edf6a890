import type { PlannedMemory } from '../contract/calls.ts';
import type { MemoryPart } from '../contract/memory.ts';
import type { Device } from '../engine/engine.ts';
import type { Calibration } from './calibration.ts';
import { addTo, totalOf, type Ledger, type Usage } from './ledger.ts';
import type { RehearsalEngine } from './rehearsal-engine.ts';
import type { RehearsalProgram } from './rehearsal-program.ts';

export interface MemoryPlan {
  readonly device: Pick<Device, 'provider' | 'name'>;
  readonly memories: readonly PlannedMemory[];
}

/** What a memory has for a run, in bytes. */
export interface Room {
  /** null where nothing tells, which is no reason to refuse anything. */
  readonly available: number | null;
  /** Whether that is what the settings allow, and not what is free. */
  readonly limited: boolean;
}

export interface PlanOptions {
  readonly calibration: Calibration;
  /** Bytes of the process before anything is on the engine: code, tokenizer, texts. */
  readonly process: number;
  readonly rooms: Readonly<Record<PlannedMemory['place'], Room>>;
}

/** What a rehearsed run takes. */
export function planOf(engine: RehearsalEngine, { calibration, process, rooms }: PlanOptions): MemoryPlan {
  const { host, device } = ledgerOf(engine, calibration, process);
  const { provider, name } = engine.device;
  const ofDevice = memory('device', device, rooms.device);
  return {
    device: { provider, name },
    memories: [memory('host', host, rooms.host), ...(ofDevice.total > 0 ? [ofDevice] : [])],
  };
}

const memory = (place: PlannedMemory['place'], usage: Usage, room: Room): PlannedMemory => ({
  place,
  parts: Object.entries(usage)
    .map(([part, bytes]) => ({ part: part as MemoryPart, bytes: Math.round(bytes) }))
    .sort((a, b) => b.bytes - a.bytes),
  total: Math.round(totalOf(usage)),
  ...room,
});

export const fits = ({ memories }: MemoryPlan): boolean => !memories.some(isShort);

export const isShort = ({ total, available }: PlannedMemory): boolean =>
  available !== null && total > available;

function ledgerOf(engine: RehearsalEngine, calibration: Calibration, process: number): Ledger {
  const { first, perNode, factor } = calibration;
  const { layout, programs, updates } = engine;
  const ledger: Record<PlannedMemory['place'], Usage> = { host: {}, device: {} };
  for (const { part, bytes, landing } of engine.sets) {
    addTo(ledger[layout.sets], part, bytes);
    if (layout.inPlace) addTo(ledger[layout.sets], 'gradients', landing);
  }
  for (const program of [...programs, ...updates]) {
    // The system gives the host's pages when they are touched, and a device all that is asked for.
    const { touched, reserved } = program.arena;
    const taken = layout.programs === 'host' ? factor * touched : reserved;
    addTo(ledger[layout.programs], partOf(program), taken);
    addTo(ledger.host, 'process', perNode * program.memory.nodes + STORED * program.memory.constants);
  }
  addTo(ledger.host, 'transfers', transfersOf(engine));
  addTo(ledger.host, 'process', process + first);
  return ledger;
}

/** A constant is in the program and in what the runtime makes of it. */
const STORED = 2;

/** A program that goes on from its own results generates: what it keeps is a cache of keys and values. */
const partOf = ({ memory }: RehearsalProgram): MemoryPart => (memory.loops ? 'caches' : 'activations');

/** So many bytes of arrays that nothing needs are there when V8 collects them, at 64 MiB at the latest. */
const GARBAGE = 48 * 2 ** 20;

/** Arrays on their way between JavaScript and the runtime: those of the largest run, and what is left of others. */
function transfersOf({ programs }: RehearsalEngine): number {
  const largest = Math.max(0, ...programs.map(({ transfers }) => transfers));
  const all = programs.reduce((total, { transferred }) => total + transferred, 0);
  return largest + Math.min(GARBAGE, all - largest);
}
