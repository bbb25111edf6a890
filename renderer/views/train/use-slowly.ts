import { useEffect, useRef, useState } from 'react';

/** A value that changes at most every so many milliseconds, and ends at the newest. */
export function useSlowly<T>(value: T, paceMs: number): T {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, changedAt.current + paceMs - performance.now());
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, paceMs]);
  return shown;
}
