import { expect, it } from 'vitest';
import { wilson, winRate } from '../../../core/evaluation/intervals.ts';

it("wilson's interval has its published values", () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
  const published = [
    { successes: 81, n: 263, low: 0.2553, high: 0.3662 },
    { successes: 15, n: 148, low: 0.0624, high: 0.1605 },
    { successes: 0, n: 20, low: 0, high: 0.1611 },
    { successes: 1, n: 29, low: 0.0061, high: 0.1718 },
  ];
  for (const { successes, n, low, high } of published) {
    const interval = wilson(successes / n, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  }
});

it('a win rate counts ties as half', () => {
  expect(winRate([1, 1, 0, 0.5], [0, 1, 1, 0.25]).mean).toBe(0.625);
});

it('answers compared with themselves win half of the time', () => {
  const scores = [0.1, 0.5, 0.9];
  const { mean, low, high } = winRate(scores, scores);
  expect(mean).toBe(0.5);
  expect(low + high).toBeCloseTo(1);
});
