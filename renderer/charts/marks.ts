/** Where something began: a thin line down the chart, with its name. */
import type uPlot from 'uplot';
import { palette } from './palette.ts';
import { font } from './uplot-options.ts';

export interface Mark {
  readonly step: number;
  readonly label: string;
  readonly tone: 'warning' | 'danger';
}

const PADDING = 4;
const ROW = 14;

interface Placed extends Mark {
  readonly x: number;
}

export function drawMarks(uplot: uPlot, marks: readonly Placed[]): void {
  const { min, max } = uplot.scales.x!;
  const inSight = marks.filter(({ x }) => x >= min! && x <= max!).toSorted((a, b) => a.x - b.x);
  if (inSight.length === 0) return;
  const { ctx } = uplot;
  ctx.save();
  ctx.textBaseline = 'top';
  inSight.forEach((mark, i) => drawMark(uplot, mark, i));
  ctx.restore();
}

function drawMark(uplot: uPlot, { x, label, tone }: Placed, row: number): void {
  const { ctx, bbox } = uplot;
  const ratio = devicePixelRatio;
  const left = Math.round(uplot.valToPos(x, 'x', true));
  ctx.fillStyle = palette()[tone];
  ctx.fillRect(left, bbox.top, Math.max(1, ratio), bbox.height);
  ctx.font = font(500, 10 * ratio);
  const width = ctx.measureText(label).width;
  const isRight = left + width + 2 * PADDING * ratio < bbox.left + bbox.width;
  ctx.textAlign = isRight ? 'left' : 'right';
  const top = bbox.top + ((row % 3) * ROW + 2) * ratio;
  const from = left + (isRight ? PADDING : -PADDING) * ratio;
  ctx.lineWidth = 3 * ratio;
  ctx.lineJoin = 'round';
  // A rim in the colour of the ground keeps it readable over lines.
  ctx.strokeStyle = palette().surface;
  ctx.strokeText(label, from, top);
  ctx.fillText(label, from, top);
}
