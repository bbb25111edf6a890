/** What of the x axis is looked at: nearer, further, aside; never out of the data, nor nearer than can be told. */
import type { Range } from './decimate.ts';

const NEAREST = 1e-7;

const span = ({ min, max }: Range): number => max - min;

/** A range within the whole: as wide as it is where that fits, moved in where it is beyond an end. */
export function within(range: Range, whole: Range): Range | null {
  const width = Math.max(span(range), NEAREST * span(whole));
  if (width >= span(whole)) return null;
  const min = Math.min(Math.max(range.min, whole.min), whole.max - width);
  return { min, max: min + width };
}

/** `factor` below 1 goes nearer to the place that stays where it is. */
export function zoomed({ min, max }: Range, whole: Range, at: number, factor: number): Range | null {
  return within({ min: at - (at - min) * factor, max: at + (max - at) * factor }, whole);
}

/** Moved by a share of its width. */
export function moved(range: Range, whole: Range, share: number): Range | null {
  const distance = share * span(range);
  return within({ min: range.min + distance, max: range.max + distance }, whole);
}

/** Moved as little as brings a place into sight. */
export function showing(range: Range, whole: Range, x: number): Range | null {
  if (x < range.min) return within({ min: x, max: x + span(range) }, whole);
  if (x > range.max) return within({ min: x - span(range), max: x }, whole);
  return range;
}
