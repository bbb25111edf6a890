import { expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { wilson } from '../../../core/data/wilson.ts';
import { winRate } from '../../../core/evaluation/intervals.ts';

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
