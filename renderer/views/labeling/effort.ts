/** How long a label takes: time with input in the last 30 seconds, and the rest. Times in milliseconds. */
import type { Effort } from '../../../core/contract/entities.ts';

const ACTIVE_MS = 30_000;

export interface EffortClock {
  /** Settled up to `since`. */
  readonly activeMs: number;
  readonly idleMs: number;
  readonly since: number;
  readonly lastInput: number;
}

/** Begins, or goes on where a visit before left off; coming to an item counts as input. */
export const startClock = (now: number, before: Effort = { activeMs: 0, idleMs: 0 }): EffortClock => ({
  ...before,
  since: now,
  lastInput: now,
});

export const noteInput = (clock: EffortClock, now: number): EffortClock => ({
  ...effortAt(clock, now),
  since: now,
  lastInput: now,
});

export function effortAt({ activeMs, idleMs, since, lastInput }: EffortClock, now: number): Effort {
  const active = Math.max(0, Math.min(now, lastInput + ACTIVE_MS) - since);
  const all = Math.max(0, now - since);
  return { activeMs: Math.round(activeMs + active), idleMs: Math.round(idleMs + all - active) };
}

/** 5:07, or 1:02:30 from an hour on. */
export function showDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
