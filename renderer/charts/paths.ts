/** Curves on the canvas: as lines where there is room, as columns of pixels where points are closer than pixels. */
import type uPlot from 'uplot';

/** Pixels of the axis that a point has for itself where it is marked with a dot. */
const ROOM_FOR_DOT = 12;
const DOT = 2;
/** Points a pixel from which on a line would only go up and down; stroking that takes longer than a frame. */
const DENSE = 1.6;

type Xy = readonly [Float64Array, Float64Array];

/** The data of a series of a plot whose series have x values of their own. */
const dataOf = (uplot: uPlot, series: number): Xy => (uplot.data as unknown as Xy[])[series]!;

const isDense = ({ length }: Float64Array, { bbox }: uPlot): boolean =>
  length * devicePixelRatio > DENSE * bbox.width;

/** A line through all its points; dots too where they are few. */
export const curve =
  (withDots: boolean): uPlot.Series.PathBuilder =>
  (uplot, series) => {
    const [xs, ys] = dataOf(uplot, series);
    if (xs.length === 0 || isDense(xs, uplot)) return null;
    const stroke = new Path2D();
    for (let i = 0; i < xs.length; i++)
      stroke.lineTo(uplot.valToPos(xs[i]!, 'x', true), uplot.valToPos(ys[i]!, 'y', true));
    const isSparse = xs.length * ROOM_FOR_DOT * devicePixelRatio < uplot.bbox.width;
    return {
      stroke,
      fill: withDots && isSparse ? dots(uplot, [xs, ys]) : null,
      flags: 0,
    };
  };

function dots(uplot: uPlot, [xs, ys]: Xy): Path2D {
  const path = new Path2D();
  const radius = DOT * devicePixelRatio;
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [uplot.valToPos(xs[i]!, 'x', true), uplot.valToPos(ys[i]!, 'y', true)];
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

/** What `curve` leaves to be drawn: from the lowest to the highest point of each column of pixels. */
export function drawColumns(uplot: uPlot, series: number): void {
  const { ctx, bbox } = uplot;
  const { stroke, alpha = 1, width = 1 } = uplot.series[series]!;
  const [xs, ys] = dataOf(uplot, series);
  if (!isDense(xs, uplot)) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = (stroke as (uplot: uPlot, series: number) => string)(uplot, series);
  ctx.globalAlpha = alpha;
  eachColumn(uplot, xs, ys, width * devicePixelRatio, (left, top, size, height) =>
    ctx.fillRect(left, top, size, height),
  );
  ctx.restore();
}

type Fill = (left: number, top: number, width: number, height: number) => void;

/** Each column reaches the one before it, as a line would. */
function eachColumn(uplot: uPlot, xs: Float64Array, ys: Float64Array, thickness: number, fill: Fill): void {
  const size = devicePixelRatio;
  const columnOf = (i: number) => Math.floor(uplot.valToPos(xs[i]!, 'x', true) / size);
  let [lastTop, lastBottom] = [Infinity, -Infinity];
  for (let i = 0; i < xs.length;) {
    const column = columnOf(i);
    let [top, bottom] = [Infinity, -Infinity];
    for (; i < xs.length && columnOf(i) === column; i++) {
      const y = uplot.valToPos(ys[i]!, 'y', true);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    const from = Math.min(top, lastBottom === -Infinity ? top : lastBottom);
    const to = Math.max(bottom, lastTop === Infinity ? bottom : lastTop);
    const height = Math.max(to - from, thickness);
    fill(column * size, (from + to - height) / 2, size, height);
    [lastTop, lastBottom] = [top, bottom];
  }
}
