import { useCallback, useEffect, useRef, useState } from 'react';
import { RowWindows, WINDOW, type Sight } from './row-windows.ts';

/** Gives `limit` rows from `offset` on; fewer only at the end. */
export type LoadRows<T> = (offset: number, limit: number) => Promise<readonly T[]>;

/** So few that a fast scroll asks for where it stopped, not for all it passed. */
const MOST_AT_ONCE = 2;

/**
 * Rows by index, loaded in windows around what is in sight. After a new version the old rows stay in sight until
 * theirs are there; what could not be loaded stays empty until then.
 */
export function useRows<T>(
  load: LoadRows<T>,
  version: unknown,
  sight: Sight,
): (index: number) => T | undefined {
  const [windows] = useState(() => new RowWindows<T>());
  const [, redraw] = useState(0);
  const loading = useRef(0);
  const latest = useRef({ load, sight });
  latest.current = { load, sight };

  const loadMissing = useCallback(() => {
    while (loading.current < MOST_AT_ONCE) {
      const next = windows.take(latest.current.sight);
      if (!next) return;
      loading.current++;
      void latest.current
        .load(next.window * WINDOW, WINDOW)
        .then(
          (rows) => windows.put(next.window, next.version, rows),
          () => false,
        )
        .then((isNew) => {
          loading.current--;
          if (isNew) redraw((times) => times + 1);
          loadMissing();
        });
    }
  }, [windows]);

  useEffect(() => windows.renew(), [windows, version]);
  useEffect(loadMissing, [loadMissing, version, sight.first, sight.last, sight.total]);

  return (index) => windows.rowAt(index);
}
