/** What of a long column is worth drawing: at most two rows a column of pixels, its smallest and its largest. */
import type { Extremes } from './extremes.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Curve {
  /** Never falling. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly length: number;
  readonly extremes: Extremes;
}

/** The points that are drawn of a curve, and between what values those in sight lie. */
export class Points {
  low = Infinity;
  high = -Infinity;
  count = 0;
  #xs = new Float64Array(256);
  #ys = new Float64Array(256);

  clear(): void {
    this.count = 0;
    this.low = Infinity;
    this.high = -Infinity;
  }

  push(x: number, y: number): void {
    if (this.count === this.#xs.length) this.#grow();
    this.#xs[this.count] = x;
    this.#ys[this.count++] = y;
  }

  /** As uPlot has the data of a series: x and y. */
  get data(): [Float64Array, Float64Array] {
    return [this.#xs.subarray(0, this.count), this.#ys.subarray(0, this.count)];
  }

  #grow(): void {
    const [xs, ys] = [new Float64Array(2 * this.count), new Float64Array(2 * this.count)];
    xs.set(this.#xs);
    ys.set(this.#ys);
    this.#xs = xs;
    this.#ys = ys;
  }
}

/** Fills `points` with what of a curve shows in a range `columns` pixels wide, and the neighbours just outside it. */
export function decimate(curve: Curve, range: Range, columns: number, points: Points): void {
  const { xs, length } = curve;
  const first = firstAtLeast(xs, range.min, 0, length);
  const end = firstAbove(xs, range.max, first, length);
  points.clear();
  pushNeighbour(curve, points, first - 1, -1);
  if (end - first <= 2 * columns) for (let row = first; row < end; row++) pushDrawn(curve, points, row);
  else pushColumns(curve, range, columns, points, first, end);
  pushNeighbour(curve, points, end, 1);
}

function pushColumns(
  curve: Curve,
  { min, max }: Range,
  columns: number,
  points: Points,
  first: number,
  end: number,
): void {
  const { xs, ys, extremes } = curve;
  let from = first;
  for (let column = 1; column <= columns && from < end; column++) {
    const edge = column === columns ? Infinity : min + ((max - min) * column) / columns;
    const next = firstAtLeast(xs, edge, from, end);
    if (next === from) continue;
    extremes.search(ys, from, next);
    const { low, high } = extremes;
    if (low >= 0) pushSeen(curve, points, Math.min(low, high));
    if (low !== high) pushSeen(curve, points, Math.max(low, high));
    from = next;
  }
}

function pushDrawn(curve: Curve, points: Points, row: number): void {
  if (curve.extremes.isDrawn(curve.ys[row]!)) pushSeen(curve, points, row);
}

function pushSeen({ xs, ys }: Curve, points: Points, row: number): void {
  const y = ys[row]!;
  points.push(xs[row]!, y);
  if (y < points.low) points.low = y;
  if (y > points.high) points.high = y;
}

/** The nearest row with a value in one direction: the line goes on to it, out of sight. */
function pushNeighbour(curve: Curve, points: Points, from: number, direction: 1 | -1): void {
  const row = drawnRow(curve, from, direction);
  if (row >= 0) points.push(curve.xs[row]!, curve.ys[row]!);
}

/** The first row with a value from one row on, in a direction; −1 where there is none. */
export function drawnRow(curve: Curve, from: number, direction: 1 | -1): number {
  for (let row = from; row >= 0 && row < curve.length; row += direction)
    if (curve.extremes.isDrawn(curve.ys[row]!)) return row;
  return -1;
}

/** The row with a value that is nearest to a place on the x axis; −1 where there is none. */
export function nearestRow(curve: Curve, x: number): number {
  const at = firstAtLeast(curve.xs, x, 0, curve.length);
  const before = drawnRow(curve, at - 1, -1);
  const after = drawnRow(curve, at, 1);
  if (before < 0 || after < 0) return Math.max(before, after);
  return x - curve.xs[before]! < curve.xs[after]! - x ? before : after;
}

/** Rows between `from` and `end` are searched; where none fits, the answer is `end`. */
export function firstAtLeast(xs: Float64Array, x: number, from: number, end: number): number {
  while (from < end) {
    const middle = (from + end) >>> 1;
    if (xs[middle]! < x) from = middle + 1;
    else end = middle;
  }
  return from;
}

function firstAbove(xs: Float64Array, x: number, from: number, end: number): number {
  while (from < end) {
    const middle = (from + end) >>> 1;
    if (xs[middle]! <= x) from = middle + 1;
    else end = middle;
  }
  return from;
}
