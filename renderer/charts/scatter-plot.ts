import type uPlot from 'uplot';
import { CursorOverlay } from './cursor-overlay.ts';
import { firstAtLeast, type Range } from './decimate.ts';
import type { ChartGroup } from './group.ts';
import { colourOf } from './palette.ts';
import { PathPoints, type Place, type ScatterSpec } from './path-points.ts';
import { curve } from './paths.ts';
import { Plot } from './plot.ts';
import { xColumn } from './source.ts';
import * as look from './uplot-options.ts';

const SHADES = 12;
const FAINTEST = 0.2;
const RADIUS = 2;

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
