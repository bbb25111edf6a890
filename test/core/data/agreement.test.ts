import { expect, it } from 'vitest';
import { compareRanks, pooledAgreement } from '../../../core/data/agreement.ts';
import { randomStream } from '../../../core/data/random.ts';
import { wilson } from '../../../core/data/wilson.ts';

it('counts pairs ordered alike, a tie against a preference as half', () => {
  const ours = { a: 1, b: 2, c: 3 };
  expect(compareRanks(ours, { a: 1, b: 2, c: 3 })).toEqual({ alike: 3, pairs: 3 });
  expect(compareRanks(ours, { a: 3, b: 2, c: 1 })).toEqual({ alike: 0, pairs: 3 });
  expect(compareRanks(ours, { a: 1, b: 1, c: 2 })).toEqual({ alike: 2.5, pairs: 3 });
  expect(compareRanks({ a: 1, b: 1 }, { a: 4, b: 4 })).toEqual({ alike: 1, pairs: 1 });
});

it('compares only what both have ranked', () => {
  expect(compareRanks({ a: 1, b: 2 }, { b: 1, c: 2 })).toEqual({ alike: 0, pairs: 0 });
  expect(pooledAgreement([{ alike: 0, pairs: 0 }])).toBeNull();
});

it('gives the interval of Wilson for independent pairs', () => {
  const stream = randomStream(1, 'test');
  const items = Array.from({ length: 2000 }, () => ({ alike: Number(stream.uniform() < 0.7), pairs: 1 }));
  const { mean, low, high, n } = pooledAgreement(items)!;
  const exact = wilson(mean, 2000);
  expect(n).toBe(2000);
  expect(low).toBeCloseTo(exact.low, 3);
  expect(high).toBeCloseTo(exact.high, 3);
});

it('does not take the pairs of one item for independent ones', () => {
  const items = Array.from({ length: 60 }, (_, i) => ({ alike: i % 3 === 0 ? 0 : 6, pairs: 6 }));
  const { mean, low, high } = pooledAgreement(items)!;
  const byItem = wilson(mean, 60);
  expect(low).toBeCloseTo(byItem.low, 2);
  expect(high).toBeCloseTo(byItem.high, 2);
});

it('stays open below where all of few agree', () => {
  const { mean, low, high } = pooledAgreement([{ alike: 6, pairs: 6 }])!;
  expect({ mean, high }).toEqual({ mean: 1, high: 1 });
  expect(low).toBeLessThan(0.3);
});
