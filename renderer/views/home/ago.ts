const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago a time was, in words; both in milliseconds since 1970. */
export function agoWords(time: number, now: number): string {
  const [unit, length] = UNITS.find(([, length]) => now - time >= length) ?? [];
  return unit && length ? format.format(-Math.floor((now - time) / length), unit) : 'just now';
}
