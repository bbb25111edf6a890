/** One line of a chart: what was measured, faint, and behind the smoothed line in front of it. */
import { DerivedColumn } from './derived-column.ts';
import { decimate, drawnRow, firstAtLeast, nearestRow, Points, type Curve, type Range } from './decimate.ts';
import { Extremes } from './extremes.ts';
import { smoother } from './smoothing.ts';
import { xColumn, type ColumnSource, type XAxis } from './source.ts';

export interface Line {
  readonly id: string;
  readonly label: string;
  /** Whose it is, in words. */
  readonly run: string;
  readonly source: ColumnSource;
  readonly metric: string;
  /** Measured now and then, of much data: it is drawn as it is. */
  readonly exact: boolean;
  /** Place among the colours of the theme, and among the dashes. */
  readonly colour: number;
  readonly dash: number;
}

export interface LineView {
  readonly axis: XAxis;
  /** Weight of what came before, 0 to 0.99; 0 draws what was measured alone. */
  readonly smoothing: number;
  /** Leaves out what is not positive. */
  readonly log: boolean;
}

/** What a line says at a place. */
export interface Reading {
  readonly step: number;
  readonly x: number;
  readonly measured: number;
  /** What the line in front shows there. */
  readonly shown: number;
}

export class LineCurves {
  readonly line: Line;
  /** What is drawn; `behind` is empty without smoothing. */
  readonly behind = new Points();
  readonly front = new Points();
  readonly #view: LineView;
  readonly #smooth: DerivedColumn | null;
  readonly #measuredExtremes: Extremes;
  readonly #shownExtremes: Extremes;

  constructor(line: Line, view: LineView) {
    this.line = line;
    this.#view = view;
    const floor = view.log ? 0 : -Infinity;
    const isSmooth = view.smoothing > 0 && !line.exact;
    this.#smooth = isSmooth ? new DerivedColumn(() => smoother(view.smoothing)) : null;
    this.#measuredExtremes = new Extremes(floor);
    this.#shownExtremes = this.#smooth ? new Extremes(floor) : this.#measuredExtremes;
  }

  /** Takes what a range of the x axis shows on so many pixels. */
  look(range: Range, pixels: number): void {
    const [measured, shown] = this.#curves();
    this.behind.clear();
    this.front.clear();
    if (!measured || !shown) return;
    if (this.#smooth) decimate(measured, range, pixels, this.behind);
    decimate(shown, range, pixels, this.front);
  }

  /** Where the first and last row are on the x axis. */
  extent(): Range | null {
    const { source } = this.line;
    const xs = xColumn(source, this.#view.axis);
    return xs && source.length > 0 ? { min: xs[0]!, max: xs[source.length - 1]! } : null;
  }

  /** What it says nearest to a place; of its last value without one. */
  read(x: number | null): Reading | null {
    const [measured, shown] = this.#curves();
    if (!measured || !shown) return null;
    const row = nearestRow(shown, x ?? Infinity);
    if (row < 0) return null;
    const step = this.line.source.column('step')![row]!;
    return { step, x: shown.xs[row]!, measured: measured.ys[row]!, shown: shown.ys[row]! };
  }

  /** The place of the first row from a place on, in a direction; null where there is none. */
  placeBeyond(x: number, direction: 1 | -1): number | null {
    const [, shown] = this.#curves();
    if (!shown) return null;
    const at = firstAtLeast(shown.xs, x, 0, shown.length);
    const from = direction > 0 || shown.xs[at] === x ? at : at - 1;
    const row = drawnRow(shown, from, direction);
    return row < 0 ? null : shown.xs[row]!;
  }

  /** The smallest and the largest that was measured; null before the first. */
  measuredRange(): Range | null {
    const [measured] = this.#curves();
    if (!measured) return null;
    const { extremes, ys, length } = measured;
    extremes.search(ys, 0, length);
    return extremes.low < 0 ? null : { min: ys[extremes.low]!, max: ys[extremes.high]! };
  }

  /** Measured and shown, up to the newest row. */
  #curves(): readonly [Curve, Curve] | readonly [] {
    const { source, metric } = this.line;
    const { length } = source;
    const xs = xColumn(source, this.#view.axis);
    const ys = source.column(metric);
    if (!xs || !ys) return [];
    const measured = { xs, ys, length, extremes: this.#measuredExtremes };
    measured.extremes.update(ys, source);
    if (!this.#smooth) return [measured, measured];
    const shown = { xs, ys: this.#smooth.of(ys, source), length, extremes: this.#shownExtremes };
    shown.extremes.update(shown.ys, source);
    return [measured, shown];
  }
}
