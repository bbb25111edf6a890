import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { RunSummary } from '../../../core/contract/calls.ts';
import { lastStepOf, onLiveRuns } from './live-runs.ts';

/** The last step of a run, told at most every so many milliseconds, and in the end the newest. */
export function useSlowStep({ path, step }: RunSummary, paceMs: number): number {
  const told = useRef<number | null>(null);
  const subscribe = useCallback(
    (listener: () => void) => {
      // What was told of another run, or before the summary was read again, is over.
      told.current = null;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tell = () => {
        timer = undefined;
        told.current = lastStepOf(path) ?? step;
        listener();
      };
      const end = onLiveRuns(() => (timer ??= setTimeout(tell, paceMs)));
      return () => {
        clearTimeout(timer);
        end();
      };
    },
    [path, step, paceMs],
  );
  return useSyncExternalStore(subscribe, () => told.current ?? step);
}
