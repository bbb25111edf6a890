/** Numbers as charts write them. */
import type { XAxis } from './source.ts';

/** Four digits that matter, as short as they can be written. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4)
    return minus(
      value
        .toExponential(2)
        .replace('e+', 'e')
        .replace(/\.?0+e/, 'e'),
    );
  if (size >= 10_000) return minus(Math.round(value).toLocaleString('en'));
  return minus(String(Number(value.toPrecision(4))));
}

const minus = (words: string): string => words.replaceAll('-', '−');

const UNITS = [
  { of: 1e9, name: 'G' },
  { of: 1e6, name: 'M' },
  { of: 1e4, name: 'k' },
] as const;

/** Labels of ticks that lie `step` apart. */
export function tickLabel(value: number, step: number): string {
  const size = Math.abs(value);
  if (size > 0 && (step < 1e-4 || (size < 1e-4 && step < 1e-4)))
    return readable(Number(value.toPrecision(12)));
  const unit = UNITS.find(({ of }) => size >= of);
  if (unit) {
    const divisor = unit.name === 'k' ? 1000 : unit.of;
    return minus(`${Number((value / divisor).toPrecision(6))}${unit.name}`);
  }
  return minus(value.toFixed(digitsOf(step)));
}

/** Digits after the point that tell multiples of a step apart: 1 of 2.5. */
function digitsOf(step: number): number {
  let digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  while (digits < 8 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits++;
  return Math.min(digits, 8);
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `45 s`, `3:05 min`, `2:07 h`, `1 d 3 h`. */
export function duration(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (seconds < MINUTE) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}:${two(seconds % MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}:${two((seconds % HOUR) / MINUTE)} h`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

/** Distances between ticks on an axis of seconds. */
export const durationSteps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
  86_400, 172_800, 432_000, 864_000, 8_640_000,
];

export const axisTitles: Record<XAxis, string> = {
  step: 'Step',
  episode: 'Episodes',
  elapsed: 'Time since the run began',
};

/** Where the cursor is, in words. */
export const xWords: Record<XAxis, (x: number) => string> = {
  step: (x) => `step ${Math.round(x).toLocaleString('en')}`,
  episode: (x) => `${Math.round(x).toLocaleString('en')} episodes`,
  elapsed: (x) => duration(x),
};
