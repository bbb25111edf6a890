/** Gathers what comes faster than it can be drawn: of each key the latest, handed on once a frame. */
export function createFrameBatch<T>(
  keyOf: (value: T) => string,
  apply: (values: readonly T[]) => void,
  nextFrame: (task: () => void) => void = requestAnimationFrame,
) {
  const waiting = new Map<string, T>();
  const flush = () => {
    const values = [...waiting.values()];
    waiting.clear();
    if (values.length > 0) apply(values);
  };
  return {
    add: (value: T) => {
      if (waiting.size === 0) nextFrame(flush);
      waiting.set(keyOf(value), value);
    },
    /** Hands on what waits, at once. */
    flush,
  };
}
