/** How all charts look: axes, grid and lines. */
import type uPlot from 'uplot';
import type { Range } from './decimate.ts';
import { duration, durationSteps, tickLabel } from './numbers.ts';
import { palette } from './palette.ts';
import type { XAxis } from './source.ts';

const FONT_SIZE = 11;
export const font = (weight = 400, size = FONT_SIZE): string => `${weight} ${size}px ${palette().font}`;

/** Wide enough for `−123.4k`, so that the plot does not move as the numbers grow. */
const Y_AXIS = 48;
const X_AXIS = 24;

const asGiven: uPlot.Scale.Range = (_, min, max) => [min, max];

/** A scale that shows what it is told to. */
export const scale = (log = false): uPlot.Scale => ({
  time: false,
  auto: false,
  distr: log ? 3 : 1,
  range: asGiven,
});

const axis = (): uPlot.Axis => ({
  font: font(),
  stroke: () => palette().muted,
  grid: { stroke: () => palette().grid, width: 1 },
  ticks: { show: false },
  gap: 6,
});

export const yAxis = (): uPlot.Axis => ({
  ...axis(),
  scale: 'y',
  size: Y_AXIS,
  space: 32,
  values: (_, splits, __, ___, step) => splits.map((value) => label(value, step)),
});

export const xAxis = (kind: XAxis | 'number'): uPlot.Axis => ({
  ...axis(),
  scale: 'x',
  size: X_AXIS,
  space: 64,
  grid: { show: false },
  ticks: { show: true, stroke: () => palette().line, width: 1, size: 4 },
  gap: 3,
  ...xTicks[kind],
});

const label = (value: number | null, step: number): string => (value === null ? '' : tickLabel(value, step));

const whole: Partial<uPlot.Axis> = {
  incrs: Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((digit) => digit * 10 ** i)).flat(),
  values: (_, splits, __, ___, step) => splits.map((value) => label(value, step)),
};

const xTicks: Record<XAxis | 'number', Partial<uPlot.Axis>> = {
  step: whole,
  episode: whole,
  elapsed: {
    space: 80,
    incrs: durationSteps,
    values: (_, splits) => splits.map((value) => (value < 0 ? '' : duration(value))),
  },
  number: { values: (_, splits, __, ___, step) => splits.map((value) => label(value, step)) },
};

export interface LineLook {
  readonly colour: () => string;
  readonly width: number;
  readonly alpha?: number;
  readonly dash?: readonly number[];
  readonly paths: uPlot.Series.PathBuilder;
}

export const line = ({ colour, width, alpha = 1, dash = [], paths }: LineLook): uPlot.Series => ({
  facets: [
    { scale: 'x', auto: false },
    { scale: 'y', auto: false },
  ],
  paths,
  points: { show: false },
  stroke: colour,
  fill: colour,
  width,
  alpha,
  dash: [...dash],
  pxAlign: 0,
});

/**
 * Share of a value that the rounding of what it was computed from may make: a scale that showed less would have ticks
 * closer than numbers can be, and uPlot would place them without end.
 */
const ROUNDING = 1e-9;

/** The values of a scale in sight, with some room above and below. */
export function padded({ min, max }: Range, log: boolean): Range {
  if (!(min <= max)) return log ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  if (log) {
    const factor = Math.max(1.05, (max / min) ** 0.06);
    return { min: min / factor, max: max * factor };
  }
  const isLevel = max - min <= ROUNDING * Math.max(Math.abs(min), Math.abs(max));
  const room = isLevel ? 0.1 * Math.abs(max) || 1 : 0.06 * (max - min);
  return { min: min - room, max: max + room };
}
