/** Round numbers from the lowest to the highest, about so many: their distance is 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, about = 5): number[] {
  const step = niceStep((high - low) / about);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => round((first + i) * step, step));
}

/** The least of 1, 2, 5 and 10 times a power of ten that is no smaller. */
function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= size * (1 - 1e-9))!;
}

/** Without the rounding errors of a multiplication. */
const round = (value: number, step: number): number =>
  Number(value.toFixed(Math.max(0, -Math.floor(Math.log10(step)))));

/** What an axis shows of some values: all of them, and some room where there is only one. */
export function rangeOf(values: Iterable<number>): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low < high) return { low, high };
  const room = Math.abs(low) / 10 || 1;
  return { low: low - room, high: high + room };
}
