/** Line charts as SVG: numbers in, markup out. */
import { html, type Html } from './html.ts';
import { showNumber } from './tables.ts';
import { niceTicks, rangeOf } from './ticks.ts';

export interface Series {
  readonly name: string;
  readonly x: ArrayLike<number>;
  /** What is not finite is not drawn; the line goes on across it. */
  readonly y: ArrayLike<number>;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** Where the axes must reach at least. */
  readonly include?: { readonly x?: readonly number[]; readonly y?: readonly number[] };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const [WIDTH, HEIGHT] = [480, 220];
const AREA = { left: 56, right: WIDTH - 10, top: 10, bottom: HEIGHT - 36 };
/** Finer than this a line cannot be seen. */
const COLUMNS = 220;

export function lineChart({ title, xLabel, series, include }: Chart): Html {
  const lines = series.map(finitePoints);
  const all = lines.flat();
  const x = rangeOf([...all.map((point) => point.x), ...(include?.x ?? [])]);
  const y = rangeOf([...all.map((point) => point.y), ...(include?.y ?? [])]);
  const toX = scale(x, AREA.left, AREA.right);
  const toY = scale(y, AREA.bottom, AREA.top);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(title, series)}">
    <g class="grid">${niceTicks(y.low, y.high).map((tick) => horizontal(toY(tick), tick))}</g>
    <g class="grid">${niceTicks(x.low, x.high).map((tick) => vertical(toX(tick), tick))}</g>
    <text class="label" x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 4}" text-anchor="middle">
      ${xLabel}
    </text>
    ${lines.map((points, i) => drawLine(thinned(points), i, toX, toY))}
  </svg>`;
}

/** What the chart tells those who cannot see it. */
function describe(title: string, series: readonly Series[]): string {
  const ends = series.map(({ name, y }) => {
    const values = Array.from(y).filter(Number.isFinite);
    return `${name} from ${showNumber(values[0]!)} to ${showNumber(values.at(-1)!)}`;
  });
  return `${title}: ${ends.join('; ')}`;
}

function finitePoints({ x, y }: Series): Point[] {
  const points = Array.from(y, (value, i) => ({ x: x[i]!, y: value }));
  return points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
}

/** Of each of many columns the lowest and the highest point, in their order: no peak is lost. */
export function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= 2 * COLUMNS) return points;
  const size = points.length / COLUMNS;
  return Array.from({ length: COLUMNS }, (_, i) => {
    const column = points.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    const lowest = column.reduce((a, b) => (b.y < a.y ? b : a));
    const highest = column.reduce((a, b) => (b.y > a.y ? b : a));
    return [...new Set([lowest, highest])].sort((a, b) => column.indexOf(a) - column.indexOf(b));
  }).flat();
}

const scale =
  ({ low, high }: { low: number; high: number }, from: number, to: number) =>
  (value: number): number =>
    Number((from + ((value - low) / (high - low)) * (to - from)).toFixed(1));

const horizontal = (y: number, tick: number): Html =>
  html`<line x1="${AREA.left}" x2="${AREA.right}" y1="${y}" y2="${y}" /><text
      x="${AREA.left - 6}"
      y="${y + 3.5}"
      text-anchor="end"
      >${showNumber(tick)}</text
    >`;

const vertical = (x: number, tick: number): Html =>
  html`<line x1="${x}" x2="${x}" y1="${AREA.bottom}" y2="${AREA.bottom + 4}" /><text
      x="${x}"
      y="${AREA.bottom + 16}"
      text-anchor="middle"
      >${showNumber(tick)}</text
    >`;

function drawLine(
  points: readonly Point[],
  index: number,
  toX: (x: number) => number,
  toY: (y: number) => number,
): Html {
  const [only] = points;
  if (only && points.length === 1)
    return html`<circle class="dot-${index}" cx="${toX(only.x)}" cy="${toY(only.y)}" r="3" />`;
  const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${toX(x)} ${toY(y)}`).join('');
  return html`<path class="line-${index}" d="${path}" />`;
}
