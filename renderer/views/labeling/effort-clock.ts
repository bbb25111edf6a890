/** The clock of what is being labeled now: runs while its screen is shown, and remembers every item's visits. */
import { useEffect, useState } from 'react';
import type { Effort } from '../../../core/contract/entities.ts';
import { effortAt, noteInput, startClock, type EffortClock } from './effort.ts';

const INPUT = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

export function createEffortClock() {
  const visits = new Map<string, Effort>();
  let running: { item: string; clock: EffortClock } | null = null;

  const read = (): Effort =>
    running ? effortAt(running.clock, performance.now()) : { activeMs: 0, idleMs: 0 };
  const pause = () => {
    if (running) visits.set(running.item, read());
    running = null;
  };
  return {
    read,
    pause,
    start: (item: string) => {
      pause();
      running = { item, clock: startClock(performance.now(), visits.get(item)) };
    },
    /** What was submitted took its time along. */
    forget: (item: string) => {
      if (running?.item === item) running = null;
      visits.delete(item);
    },
    noteInput: () => {
      if (running) running = { ...running, clock: noteInput(running.clock, performance.now()) };
    },
  };
}

export type EffortTimer = ReturnType<typeof createEffortClock>;

/** Counts input of the whole window while the component is shown. */
export function useInputCounted(timer: EffortTimer): void {
  useEffect(() => {
    for (const name of INPUT) addEventListener(name, timer.noteInput, { capture: true, passive: true });
    return () => {
      for (const name of INPUT) removeEventListener(name, timer.noteInput, { capture: true });
    };
  }, [timer]);
}

/** The active time on the item, read again every second. */
export function useActiveMs(timer: EffortTimer): number {
  const [activeMs, setActiveMs] = useState(() => timer.read().activeMs);
  useEffect(() => {
    const ticking = setInterval(() => setActiveMs(timer.read().activeMs), 1000);
    return () => clearInterval(ticking);
  }, [timer]);
  return activeMs;
}
