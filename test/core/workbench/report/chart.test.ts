import { describe, expect, test } from 'vitest';
import { lineChart, thinned } from '../../../../core/workbench/report/chart.ts';
import { niceTicks, rangeOf } from '../../../../core/workbench/report/ticks.ts';

describe('ticks', () => {
  test.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-3.2, 7.9, [0, 5]],
    [0, 10_000, [0, 2000, 4000, 6000, 8000, 10_000]],
    [1e-5, 4e-5, [1e-5, 2e-5, 3e-5, 4e-5]],
    [-1, -0.7, [-1, -0.9, -0.8, -0.7]],
  ])('from %d to %d are round', (low, high, expected) => {
    expect(niceTicks(low, high)).toEqual(expected);
  });

  test('one value alone has room around it', () => {
    expect(rangeOf([5])).toEqual({ low: 4.5, high: 5.5 });
    expect(rangeOf([0, 0])).toEqual({ low: -1, high: 1 });
    expect(rangeOf([2, -1, 3])).toEqual({ low: -1, high: 3 });
  });
});

/** Where a chart draws its lines, each a list of [x, y]. */
const drawn = (svg: string): number[][][] =>
  [...svg.matchAll(/<path class="line-\d" d="([^"]*)"/g)].map(([, d]) =>
    d!
      .split(/[ML]/)
      .slice(1)
      .map((point) => point.split(' ').map(Number)),
  );

const chart = (x: number[], y: number[]): string =>
  lineChart({ title: 'Reward', xLabel: 'step', series: [{ name: 'scores', x, y }] }).text;

describe('a line', () => {
  test('goes from the left edge to the right, up where the values rise', () => {
    const [line] = drawn(chart([1, 2, 3], [0, 10, 5]));
    expect(line!.map(([x]) => x)).toEqual([56, 263, 470]);
    const [first, second, third] = line!.map(([, y]) => y!);
    expect(second).toBeLessThan(third!);
    expect(third).toBeLessThan(first!);
    expect(first! - third!).toBeCloseTo(third! - second!, 0);
  });

  test('leaves out what is not finite', () => {
    const [line] = drawn(chart([1, 2, 3, 4], [1, NaN, Infinity, 2]));
    expect(line).toHaveLength(2);
  });

  test('of one point is a dot', () => {
    expect(chart([3], [1])).toContain('<circle class="dot-0"');
  });

  test('of very many points keeps every peak', () => {
    const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 54_321 ? 9 : Math.sin(x) }));
    const few = thinned(points);
    expect(few.length).toBeLessThanOrEqual(440);
    expect(few).toContainEqual({ x: 54_321, y: 9 });
    expect(few.map(({ x }) => x)).toEqual(few.map(({ x }) => x).toSorted((a, b) => a - b));
  });

  test('is told to those who cannot see it', () => {
    expect(chart([1, 2], [0.5, 1.25])).toContain('aria-label="Reward: scores from 0.5 to 1.25"');
  });
});
