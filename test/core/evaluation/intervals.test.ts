import { expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
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
  const [ours, theirs] = [
    [[1], [1], [0], [0.5]],
    [[0], [1], [1], [0.25]],
  ];
  expect(winRate(ours, theirs, randomStream(0, 'test')).mean).toBe(0.625);
});

it('answers compared with themselves win half of the time', () => {
  const scores = [
    [0.1, 0.2],
    [0.5, 0.5],
    [0.9, 0],
  ];
  expect(winRate(scores, scores, randomStream(0, 'test'))).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
});

it('the bootstrap agrees with Wilson where every prompt has one answer', () => {
  const stream = randomStream(1, 'test');
  const ours = Array.from({ length: 400 }, () => [Number(stream.uniform() < 0.6)]);
  const theirs = ours.map(([won]) => [won ? 0 : 1]);
  const { mean, low, high } = winRate(ours, theirs, stream);
  const exact = wilson(mean, 400);
  expect(low).toBeCloseTo(exact.low, 1.7);
  expect(high).toBeCloseTo(exact.high, 1.7);
});

it('several answers to a prompt do not pass for several prompts', () => {
  const stream = randomStream(2, 'test');
  const once = Array.from({ length: 100 }, () => [stream.uniform()]);
  const alike = once.map(([score]) => [score!, score!, score!, score!]);
  const other = (scores: number[][]) => scores.map((drawn) => drawn.map(() => 0.5));
  const narrow = winRate(alike, other(alike), randomStream(3, 'test'));
  const wide = winRate(once, other(once), randomStream(3, 'test'));
  expect(narrow).toEqual(wide);
});
