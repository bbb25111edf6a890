import type uPlot from 'uplot';
import { CursorOverlay } from './cursor-overlay.ts';
import { firstAtLeast, type Range } from './decimate.ts';
import type { ChartGroup } from './group.ts';
import { LineCurves, type Line, type LineView, type Reading } from './line.ts';
import { drawMarks, type Mark } from './marks.ts';
import { colourOf, dashOf } from './palette.ts';
import { curve, drawColumns } from './paths.ts';
import { Plot } from './plot.ts';
import { xColumn } from './source.ts';
import * as look from './uplot-options.ts';

export interface LineSpec extends LineView {
  readonly lines: readonly Line[];
  /** Of the first line's steps. */
  readonly marks: readonly Mark[];
}

/** What the lines say where the cursor is, or last; in the order of the lines. */
export interface Readout {
  readonly cursor: number | null;
  readonly readings: readonly (Reading | null)[];
}

const NOTHING: Range = { min: 0, max: 1 };
/** Share of a pixel that a key moves the cursor at least, where rows are closer than that. */
const LITTLE = 0.25;
const BEHIND_ALPHA = 0.28;

const looksOf = ({ lines, axis, smoothing, log }: LineSpec): unknown[] => [
  ...[axis, smoothing, log],
  ...lines.flatMap(({ id, source, metric, exact, colour, dash }) => [
    id,
    source,
    metric,
    exact,
    colour,
    dash,
  ]),
];

/** Whether lines are drawn from the same numbers in the same way. */
function hasSameLines(one: LineSpec, other: LineSpec): boolean {
  const [ones, others] = [looksOf(one), looksOf(other)];
  return ones.length === others.length && ones.every((look, i) => look === others[i]);
}

/** Lines over a shared x axis, with a cursor; what is asked of it comes from gestures, keys and its group. */
export class LinePlot extends Plot {
  readonly group: ChartGroup;
  readonly #onReadout: (readout: Readout) => void;
  #spec: LineSpec = { lines: [], marks: [], axis: 'step', smoothing: 0, log: false };
  #curves: readonly LineCurves[] = [];
  /** What is drawn of the x axis, and what the group's range was then. */
  #drawn: { readonly range: Range; readonly asked: Range | null } = { range: NOTHING, asked: null };
  readonly #cursor = new CursorOverlay();
  readonly #endFollowing: () => void;
  #endListening: () => void = () => {};

  constructor(host: HTMLElement, group: ChartGroup, onReadout: (readout: Readout) => void) {
    super(host);
    this.group = group;
    this.#onReadout = onReadout;
    this.#endFollowing = group.subscribe(() => this.#follow());
  }

  /** What it shows from now on. */
  set(spec: LineSpec): void {
    const isSame = hasSameLines(spec, this.#spec);
    this.#spec = spec;
    if (isSame) return this.refresh();
    this.#curves = spec.lines.map((line) => new LineCurves(line, spec));
    this.#listen();
    this.rebuild();
  }

  override destroy(): void {
    this.#endFollowing();
    this.#endListening();
    super.destroy();
  }

  get spec(): LineSpec {
    return this.#spec;
  }

  /** The part of the x axis in sight. */
  get range(): Range {
    return this.group.range ?? this.extent;
  }

  /** All of the x axis that has rows. */
  get extent(): Range {
    const extents = this.#curves.flatMap((curves) => curves.extent() ?? []);
    if (extents.length === 0) return NOTHING;
    const min = Math.min(...extents.map((extent) => extent.min));
    const max = Math.max(...extents.map((extent) => extent.max));
    return max > min ? { min, max } : { min: min - 0.5, max: max + 0.5 };
  }

  /** Where the plot itself is in the window; null before it is drawn. */
  get bounds(): DOMRect | null {
    return this.uplot?.over.getBoundingClientRect() ?? null;
  }

  /** Where the lines are drawn, and what a click near them means. */
  get over(): HTMLElement | null {
    return this.uplot?.over ?? null;
  }

  /** The canvas with the axes, as it is drawn. */
  get canvas(): HTMLCanvasElement | null {
    return this.uplot?.ctx.canvas ?? null;
  }

  /** What each line says at a place, or last. */
  readings(x: number | null): (Reading | null)[] {
    return this.#curves.map((curves) => curves.read(x));
  }

  /** The line that is drawn nearest to a height of the plot, among what they say at a place. */
  nearestLine(x: number, top: number): { readonly line: Line; readonly reading: Reading } | null {
    const found = this.#curves.flatMap((curves) => {
      const reading = curves.read(x);
      return reading ? [{ line: curves.line, reading }] : [];
    });
    const distance = ({ reading }: { reading: Reading }) =>
      Math.abs((this.uplot?.valToPos(reading.shown, 'y') ?? 0) - top);
    return found.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
  }

  /** Smallest and largest of each line so far. */
  measuredRanges(): (Range | null)[] {
    return this.#curves.map((curves) => curves.measuredRange());
  }

  /** The place of the next row that can be told apart, in a direction; the same one at the end. */
  placeBeside(x: number, direction: 1 | -1): number {
    const little = (LITTLE * (this.range.max - this.range.min)) / Math.max(1, this.bounds?.width ?? 1);
    const [first] = this.#curves.flatMap(
      (curves) => curves.placeBeyond(x + direction * little, direction) ?? [],
    );
    return first ?? x;
  }

  protected options({ width, height }: { width: number; height: number }): uPlot.Options {
    const { lines, axis, log } = this.#spec;
    const series = lines.flatMap(({ colour, dash }) => {
      const own = { colour: () => colourOf(colour) };
      return [
        look.line({ ...own, width: 1, alpha: BEHIND_ALPHA, paths: curve(false) }),
        look.line({ ...own, width: 1.5, dash: dashOf(dash), paths: curve(true) }),
      ];
    });
    return {
      mode: 2,
      width,
      height,
      padding: [6, 10, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: look.scale(), y: look.scale(log) },
      axes: [look.xAxis(axis), look.yAxis()],
      series: [{}, ...series],
      hooks: {
        ready: [({ over }) => this.#cursor.show(over, lines)],
        drawSeries: [drawColumns],
        draw: [(uplot) => this.#drawMarks(uplot)],
      },
    };
  }

  protected paint(uplot: uPlot): void {
    const { range } = this;
    this.#drawn = { range, asked: this.group.range };
    for (const curves of this.#curves) curves.look(range, uplot.bbox.width / devicePixelRatio || uplot.width);
    const y = look.padded(this.#valuesInSight(), this.#spec.log);
    uplot.batch(() => {
      const data = this.#curves.flatMap(({ behind, front }) => [behind.data, front.data]);
      uplot.setData([null, ...data] as unknown as uPlot.AlignedData, false);
      uplot.setScale('x', { ...range });
      uplot.setScale('y', { ...y });
    });
  }

  protected paintOverlay(uplot: uPlot): void {
    const { cursor } = this.group;
    const readings = this.readings(cursor);
    // The scales that `paint` has set hold from the next microtask on.
    queueMicrotask(() => this.#paintCursor(uplot, cursor, readings));
    this.#onReadout({ cursor, readings });
  }

  #paintCursor(uplot: uPlot, cursor: number | null, readings: readonly (Reading | null)[]): void {
    const { min, max } = this.#drawn.range;
    const isShown = cursor !== null && cursor >= min && cursor <= max;
    this.#cursor.placeLine(uplot, isShown ? cursor : null);
    this.#cursor.placeDots(
      uplot,
      isShown ? readings.map((reading) => reading && { x: reading.x, y: reading.shown }) : [],
    );
  }

  #valuesInSight(): Range {
    const drawn = this.#curves.flatMap(({ behind, front }) => [behind, front]);
    return {
      min: Math.min(...drawn.map(({ low }) => low)),
      max: Math.max(...drawn.map(({ high }) => high)),
    };
  }

  /** The group's range needs all of it drawn again, its cursor only what lies over it. */
  #follow(): void {
    const isUrgent = this.host.matches(':hover, :focus-within');
    if (this.group.range === this.#drawn.asked) this.refreshOverlay(isUrgent);
    else this.refresh(isUrgent);
  }

  #drawMarks(uplot: uPlot): void {
    const { marks, lines, axis } = this.#spec;
    const source = lines[0]?.source;
    const xs = source && xColumn(source, axis);
    if (!xs) return;
    const steps = source.column('step')!;
    const placed = marks.map((mark) => {
      const row = firstAtLeast(steps, mark.step, 0, source.length - 1);
      return { ...mark, x: xs[row]! };
    });
    drawMarks(uplot, placed);
  }

  #listen(): void {
    this.#endListening();
    const sources = new Set(this.#spec.lines.map(({ source }) => source));
    const ends = [...sources].map((source) => source.subscribe(() => this.refresh()));
    this.#endListening = () => ends.forEach((end) => end());
  }
}
