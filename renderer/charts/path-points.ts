/** A run as points of one measure against another. */
import { Points, type Range } from './decimate.ts';
import { DerivedColumn } from './derived-column.ts';
import { smoother } from './smoothing.ts';
import { xColumn, type ColumnSource, type XAxis } from './source.ts';

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

export interface Place {
  readonly step: number;
  readonly x: number;
  readonly y: number;
}

export class PathPoints {
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
