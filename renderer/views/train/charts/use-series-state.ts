import { useCallback, useSyncExternalStore } from 'react';
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
