import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../renderer/charts/csv.ts';
import { decimate, nearestRow, Points, type Curve } from '../../../renderer/charts/decimate.ts';
import { DerivedColumn } from '../../../renderer/charts/derived-column.ts';
import { Extremes } from '../../../renderer/charts/extremes.ts';
import { moved, showing, within, zoomed } from '../../../renderer/charts/looking.ts';
import { duration, readable, tickLabel } from '../../../renderer/charts/numbers.ts';
import { smoother } from '../../../renderer/charts/smoothing.ts';
import { xColumn } from '../../../renderer/charts/source.ts';
import { randomStream } from '../../../core/data/random.ts';
import { MemoryColumns } from './pages/memory-columns.ts';

const ROWS = 5000;
const random = randomStream(1, 'charts');
const noise = Float64Array.from({ length: ROWS }, (_, i) => (i % 7 === 3 ? NaN : random.normal()));
const steps = Float64Array.from({ length: ROWS }, (_, i) => i + 1);

describe('smoothing', () => {
  /** Σ wⁱ·x over Σ wⁱ, the newest first. */
  const direct = (values: readonly number[], weight: number) => {
    const weights = values.map((_, i) => weight ** (values.length - 1 - i));
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    return sum(values.map((value, i) => value * weights[i]!)) / sum(weights);
  };

  it.each([0, 0.6, 0.99])('is the mean weighted by powers of %f', (weight) => {
    const next = smoother(weight);
    const smoothed = Array.from(noise.subarray(0, 300), next);
    for (const end of [1, 2, 50, 300]) {
      const values = [...noise.subarray(0, end)].filter((value) => !Number.isNaN(value));
      if (Number.isNaN(noise[end - 1]!)) expect(smoothed[end - 1]).toBeNaN();
      else expect(smoothed[end - 1]).toBeCloseTo(direct(values, weight), 10);
    }
  });

  it('goes on where it stopped, and begins anew where rows were taken back', () => {
    const whole = new DerivedColumn(() => smoother(0.9)).of(noise, { length: 600, rewinds: 0 });
    const grown = new DerivedColumn(() => smoother(0.9));
    for (const length of [1, 255, 256, 257, 600]) grown.of(noise, { length, rewinds: 0 });
    expect(grown.of(noise, { length: 600, rewinds: 0 }).subarray(0, 600)).toEqual(whole.subarray(0, 600));
    const other = noise.map((value) => 2 * value);
    const after = grown.of(other, { length: 300, rewinds: 1 });
    const anew = new DerivedColumn(() => smoother(0.9)).of(other, { length: 300, rewinds: 0 });
    expect(after.subarray(0, 300)).toEqual(anew.subarray(0, 300));
  });
});

function curveOf(ys: Float64Array, floor = -Infinity): Curve {
  const extremes = new Extremes(floor);
  // As it grows while it is drawn.
  for (const length of [10, 700, 701, ys.length]) extremes.update(ys, { length, rewinds: 0 });
  return { xs: steps, ys, length: ys.length, extremes };
}

describe('decimation', () => {
  const COLUMNS = 40;
  const range = { min: 300, max: 4300 };

  it.each([-Infinity, 0])('keeps the smallest and the largest above %f of every column', (floor) => {
    const points = new Points();
    decimate(curveOf(noise, floor), range, COLUMNS, points);
    const [xs, ys] = points.data;
    const columnOf = (x: number) => Math.min(COLUMNS - 1, Math.floor(((x - 300) / 4000) * COLUMNS));
    const seen = [...xs].map((x, i) => ({ x, y: ys[i]! })).filter(({ x }) => x >= 300 && x <= 4300);
    for (let column = 0; column < COLUMNS; column++) {
      const all = [...steps].flatMap((x, row) =>
        x >= 300 && x <= 4300 && columnOf(x) === column && noise[row]! > floor ? noise[row]! : [],
      );
      const kept = seen.filter(({ x }) => columnOf(x) === column).map(({ y }) => y);
      expect(kept.length).toBeLessThanOrEqual(2);
      expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...all), Math.max(...all)]);
    }
    expect(points.low).toBe(Math.min(...seen.map(({ y }) => y)));
    expect(points.high).toBe(Math.max(...seen.map(({ y }) => y)));
  });

  it('keeps the order of the rows, and goes on to the neighbours out of sight', () => {
    const points = new Points();
    decimate(curveOf(noise), range, COLUMNS, points);
    const [xs] = points.data;
    expect([...xs]).toEqual([...xs].toSorted((a, b) => a - b));
    expect(xs[0]).toBeLessThan(300);
    expect(xs.at(-1)).toBeGreaterThan(4300);
  });

  it('draws every value where there is room', () => {
    const points = new Points();
    decimate(curveOf(noise), { min: 100, max: 110 }, COLUMNS, points);
    const drawn = [...steps].filter((x, row) => x >= 100 && x <= 110 && !Number.isNaN(noise[row]!));
    expect([...points.data[0]].slice(1, -1)).toEqual(drawn);
  });
});

it('finds the nearest row with a value', () => {
  const sparse = Float64Array.from({ length: ROWS }, (_, i) => (i % 100 === 0 ? i : NaN));
  expect(nearestRow(curveOf(sparse), 251.4)).toBe(300);
  expect(nearestRow(curveOf(sparse), 250.9)).toBe(200);
  expect(nearestRow(curveOf(sparse), Infinity)).toBe(4900);
});

it('never lets the x axis fall', () => {
  const source = new MemoryColumns({
    step: Float64Array.of(1, 2, 3, 4),
    time: Float64Array.of(5000, 6500, 6000, 9000),
    episode: Float64Array.of(NaN, 128, NaN, 384),
  });
  expect([...xColumn(source, 'elapsed')!.subarray(0, 4)]).toEqual([0, 1.5, 1.5, 4]);
  expect([...xColumn(source, 'episode')!.subarray(0, 4)]).toEqual([0, 128, 128, 384]);
});

it('looks at ranges within the whole', () => {
  const whole = { min: 0, max: 100 };
  expect(within({ min: -10, max: 30 }, whole)).toEqual({ min: 0, max: 40 });
  expect(within({ min: -10, max: 110 }, whole)).toBeNull();
  expect(zoomed({ min: 0, max: 100 }, whole, 25, 0.5)).toEqual({ min: 12.5, max: 62.5 });
  expect(moved({ min: 10, max: 30 }, whole, 0.5)).toEqual({ min: 20, max: 40 });
  expect(showing({ min: 10, max: 30 }, whole, 45)).toEqual({ min: 25, max: 45 });
});

it('writes the numbers as they are, each run with its own', () => {
  const one = new MemoryColumns({
    step: Float64Array.of(1, 2),
    time: Float64Array.of(0, 1500),
    loss: Float64Array.of(0.1 + 0.2, NaN),
  });
  const lines = [
    { run: 'a, "b"', source: one, metric: 'loss' },
    { run: 'a, "b"', source: one, metric: 'kl' },
  ];
  expect(csvOf(lines)).toBe(
    [
      'run,step,time,loss,kl',
      '"a, ""b""",1,1970-01-01T00:00:00.000Z,0.30000000000000004,',
      '"a, ""b""",2,1970-01-01T00:00:01.500Z,,',
      '',
    ].join('\n'),
  );
});

it('writes numbers short', () => {
  expect([0, 1.23456, -0.00012346, 123456, 1.5e-7, NaN, -Infinity].map(readable)).toEqual([
    '0',
    '1.235',
    '−0.0001235',
    '123,456',
    '1.5e−7',
    '–',
    '−∞',
  ]);
  expect([tickLabel(2.5, 2.5), tickLabel(5, 2.5), tickLabel(0.25, 0.05), tickLabel(20_000, 5000)]).toEqual([
    '2.5',
    '5.0',
    '0.25',
    '20k',
  ]);
  expect([5, 59, 185, 7620, 97_200].map(duration)).toEqual(['5 s', '59 s', '3:05 min', '2:07 h', '1 d 3 h']);
});
