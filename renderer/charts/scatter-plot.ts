import type uPlot from 'uplot';
import { CursorOverlay } from './cursor-overlay.ts';
import { firstAtLeast, Points, type Range } from './decimate.ts';
import { DerivedColumn } from './derived-column.ts';
import type { ChartGroup } from './group.ts';
import { colourOf } from './palette.ts';
import { curve } from './paths.ts';
import { Plot } from './plot.ts';
import { smoother } from './smoothing.ts';
import { xColumn, type ColumnSource, type XAxis } from './source.ts';
import * as look from './uplot-options.ts';

/** The points of a run, in order of its steps. */
export interface Path {
  readonly id: string;
  readonly label: string;
  readonly run: string;
  readonly source: ColumnSource;
  readonly x: string;
  readonly y: string;
  readonly colour: number;
}

export interface ScatterSpec {
  readonly paths: readonly Path[];
  /** Of the group that it belongs to: which rows are in its range, and under its cursor. */
  readonly axis: XAxis;
  readonly smoothing: number;
  /** √x rather than x, of what is not negative. */
  readonly squareRoot: boolean;
}

/** More are thinned out evenly. */
const MOST_POINTS = 600;
const SHADES = 12;
const FAINTEST = 0.2;
const RADIUS = 2;

interface Place {
  readonly step: number;
  readonly x: number;
  readonly y: number;
}

class PathPoints {
  readonly path: Path;
  readonly drawn = new Points();
  readonly #spec: ScatterSpec;
  readonly #x: DerivedColumn;
  readonly #y: DerivedColumn;

  constructor(path: Path, spec: ScatterSpec) {
    this.path = path;
    this.#spec = spec;
    this.#x = new DerivedColumn(() => smoother(spec.smoothing));
    this.#y = new DerivedColumn(() => smoother(spec.smoothing));
  }

  /** Takes the points of a range of the group's axis; gives what the x values span. */
  look(range: Range | null): Range {
    const { drawn } = this;
    const across = { min: Infinity, max: -Infinity };
    drawn.clear();
    this.#each(range, ({ x, y }) => {
      drawn.push(x, y);
      drawn.low = Math.min(drawn.low, y);
      drawn.high = Math.max(drawn.high, y);
      across.min = Math.min(across.min, x);
      across.max = Math.max(across.max, x);
    });
    return across;
  }

  /** The point of the row nearest to a place of the group's axis; the last one without a place. */
  at(place: number | null): Place | null {
    let found: Place | null = null;
    let distance = Infinity;
    this.#each(null, (point, along) => {
      const away = place === null ? 0 : Math.abs(along - place);
      if (away > distance) return;
      distance = away;
      found = point;
    });
    return found;
  }

  /** The point nearest to a place on the screen, with how far it is in pixels and where on the group's axis. */
  nearest(toScreen: (x: number, y: number) => readonly [number, number], left: number, top: number) {
    let found: { readonly distance: number; readonly along: number; readonly step: number } | null = null;
    this.#each(null, ({ x, y, step }, along) => {
      const [screenX, screenY] = toScreen(x, y);
      const distance = Math.hypot(screenX - left, screenY - top);
      if (!found || distance < found.distance) found = { distance, along, step };
    });
    return found as { readonly distance: number; readonly along: number; readonly step: number } | null;
  }

  #each(range: Range | null, take: (place: Place, along: number) => void): void {
    const { source, x, y } = this.path;
    const [xs, ys] = [source.column(x), source.column(y)];
    const along = xColumn(source, this.#spec.axis);
    if (!xs || !ys || !along) return;
    const [smoothX, smoothY] = [this.#x.of(xs, source), this.#y.of(ys, source)];
    const steps = source.column('step')!;
    const stride = Math.max(1, Math.ceil(source.length / MOST_POINTS));
    for (let row = (source.length - 1) % stride; row < source.length; row += stride) {
      if (range && (along[row]! < range.min || along[row]! > range.max)) continue;
      const value = this.#spec.squareRoot ? Math.sqrt(smoothX[row]!) : smoothX[row]!;
      if (Number.isNaN(value) || Number.isNaN(smoothY[row]!)) continue;
      take({ step: steps[row]!, x: value, y: smoothY[row]! }, along[row]!);
    }
  }
}

export interface ScatterReadout {
  readonly isCursor: boolean;
  readonly places: readonly (Place | null)[];
}

/** One measure against another, run by run: the later a step, the fuller the colour of its point. */
export class ScatterPlot extends Plot {
  readonly group: ChartGroup;
  readonly #onReadout: (readout: ScatterReadout) => void;
  #spec: ScatterSpec = { paths: [], axis: 'step', smoothing: 0, squareRoot: false };
  #points: readonly PathPoints[] = [];
  readonly #cursor = new CursorOverlay();
  readonly #endFollowing: () => void;
  #endListening: () => void = () => {};
  #range: Range | null = null;

  constructor(host: HTMLElement, group: ChartGroup, onReadout: (readout: ScatterReadout) => void) {
    super(host);
    this.group = group;
    this.#onReadout = onReadout;
    this.#endFollowing = group.subscribe(() =>
      this.group.range === this.#range ? this.refreshOverlay() : this.refresh(),
    );
  }

  set(spec: ScatterSpec): void {
    this.#spec = spec;
    this.#points = spec.paths.map((path) => new PathPoints(path, spec));
    this.#endListening();
    const ends = [...new Set(spec.paths.map(({ source }) => source))].map((source) =>
      source.subscribe(() => this.refresh()),
    );
    this.#endListening = () => ends.forEach((end) => end());
    this.rebuild();
  }

  get spec(): ScatterSpec {
    return this.#spec;
  }

  /** What the paths say at the cursor, or last. */
  get readout(): ScatterReadout {
    const { cursor } = this.group;
    return { isCursor: cursor !== null, places: this.#points.map((points) => points.at(cursor)) };
  }

  /** The place on the group's axis of the next row of the first path. */
  placeBeside(direction: 1 | -1): number | null {
    const source = this.#spec.paths[0]?.source;
    const along = source && xColumn(source, this.#spec.axis);
    if (!along || source.length === 0) return null;
    const { cursor } = this.group;
    const row = cursor === null ? source.length : firstAtLeast(along, cursor, 0, source.length - 1);
    return along[Math.min(source.length - 1, Math.max(0, row + direction))]!;
  }

  get canvas(): HTMLCanvasElement | null {
    return this.uplot?.ctx.canvas ?? null;
  }

  override destroy(): void {
    this.#endFollowing();
    this.#endListening();
    super.destroy();
  }

  /** The point under the pointer, or the nearest within its reach. */
  nearest(
    event: MouseEvent,
    reach: number,
  ): { readonly id: string; readonly along: number; readonly step: number } | null {
    const { uplot } = this;
    if (!uplot) return null;
    const bounds = uplot.over.getBoundingClientRect();
    const toScreen = (x: number, y: number) => [uplot.valToPos(x, 'x'), uplot.valToPos(y, 'y')] as const;
    const found = this.#points.flatMap((points) => {
      const near = points.nearest(toScreen, event.clientX - bounds.left, event.clientY - bounds.top);
      return near && near.distance <= reach ? [{ ...near, id: points.path.id }] : [];
    });
    return found.toSorted((a, b) => a.distance - b.distance)[0] ?? null;
  }

  protected options({ width, height }: { width: number; height: number }): uPlot.Options {
    return {
      mode: 2,
      width,
      height,
      padding: [6, 10, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: look.scale(), y: look.scale() },
      axes: [look.xAxis('number'), look.yAxis()],
      series: [
        {},
        ...this.#spec.paths.map(({ colour }) =>
          look.line({ colour: () => colourOf(colour), width: 1, alpha: 0.25, paths: curve(false) }),
        ),
      ],
      hooks: {
        ready: [({ over }) => this.#cursor.show(over, this.#spec.paths)],
        drawSeries: [(uplot, series) => this.#drawPoints(uplot, series - 1)],
      },
    };
  }

  protected paint(uplot: uPlot): void {
    this.#range = this.group.range;
    const spans = this.#points.map((points) => points.look(this.#range));
    const x = look.padded(union(spans), false);
    const y = look.padded(
      union(this.#points.map(({ drawn }) => ({ min: drawn.low, max: drawn.high }))),
      false,
    );
    uplot.batch(() => {
      const data = [null, ...this.#points.map(({ drawn }) => drawn.data)];
      uplot.setData(data as unknown as uPlot.AlignedData, false);
      uplot.setScale('x', { ...x });
      uplot.setScale('y', { ...y });
    });
  }

  protected paintOverlay(uplot: uPlot): void {
    const { readout } = this;
    queueMicrotask(() => this.#cursor.placeDots(uplot, readout.isCursor ? readout.places : []));
    this.#onReadout(readout);
  }

  #drawPoints(uplot: uPlot, index: number): void {
    const points = this.#points[index];
    if (!points) return;
    const [xs, ys] = points.drawn.data;
    const radius = RADIUS * devicePixelRatio;
    const shades = Array.from({ length: SHADES }, () => new Path2D());
    xs.forEach((x, i) => {
      const shade = shades[Math.floor((SHADES * i) / xs.length)]!;
      const [left, top] = [uplot.valToPos(x, 'x', true), uplot.valToPos(ys[i]!, 'y', true)];
      shade.moveTo(left + radius, top);
      shade.arc(left, top, radius, 0, 2 * Math.PI);
    });
    const { ctx } = uplot;
    ctx.save();
    ctx.fillStyle = colourOf(points.path.colour);
    shades.forEach((shade, i) => {
      ctx.globalAlpha = FAINTEST + ((1 - FAINTEST) * i) / (SHADES - 1);
      ctx.fill(shade);
    });
    ctx.restore();
  }
}

const union = (ranges: readonly Range[]): Range => ({
  min: Math.min(...ranges.map(({ min }) => min)),
  max: Math.max(...ranges.map(({ max }) => max)),
});
