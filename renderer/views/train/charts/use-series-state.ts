import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { RunSeries } from '../../../stores/run-series.ts';

/** Renders when what `read` gives of the series changes, not with every step. */
export function useSeriesState(
  series: readonly RunSeries[],
  read: (series: readonly RunSeries[]) => string,
): string {
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = series.map((one) => one.subscribe(listener));
      return () => ends.forEach((end) => end());
    },
    [series],
  );
  return useSyncExternalStore(subscribe, () => read(series));
}

const SLOW_MS = 2000;
/** The first time: what is drawn at once comes first. */
const SOON_MS = 200;

/** The last step of a series, as it was at most two seconds ago; 0 until it was read. */
export function useSlowStep(series: RunSeries | undefined): number {
  const seen = useRef(0);
  const subscribe = useCallback(
    (listener: () => void) => {
      if (!series) return () => {};
      let timer: ReturnType<typeof setTimeout> | undefined;
      const look = () => {
        timer = undefined;
        seen.current = series.lastStep;
        listener();
      };
      look();
      const end = series.subscribe(() => {
        timer ??= setTimeout(look, seen.current === 0 ? SOON_MS : SLOW_MS);
      });
      return () => {
        clearTimeout(timer);
        end();
      };
    },
    [series],
  );
  return useSyncExternalStore(subscribe, () => seen.current);
}
