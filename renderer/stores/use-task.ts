import { useRef, useState } from 'react';

/** Something that takes a moment, done once at a time: what is asked for meanwhile is let go. */
export function useTask<T extends readonly unknown[]>(
  task: (...input: T) => Promise<unknown>,
): { readonly start: (...input: T) => void; readonly isRunning: boolean } {
  const [isRunning, setRunning] = useState(false);
  // Known at once: two presses can come before the first is drawn.
  const running = useRef(false);
  const set = (value: boolean) => {
    running.current = value;
    setRunning(value);
  };
  const start = (...input: T) => {
    if (running.current) return;
    set(true);
    void task(...input).finally(() => set(false));
  };
  return { start, isRunning };
}
