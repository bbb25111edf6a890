import { describe, expect, it } from 'vitest';
import { meanOfClusters, shareOfClusters, studentQuantile } from '../../../core/data/clusters.ts';
import { randomStream } from '../../../core/data/random.ts';
import { wilson } from '../../../core/data/wilson.ts';

const single = (values: readonly number[]) => values.map((sum) => ({ sum, n: 1 }));

describe('a share', () => {
  it('of single values has the interval of Wilson, for one fewer: their deviation is estimated', () => {
    const { low, high, n } = shareOfClusters(single([1, 1, 1, 0, 0]))!;
    expect(n).toBe(5);
    expect(low).toBeCloseTo(wilson(0.6, 4).low, 12);
    expect(high).toBeCloseTo(wilson(0.6, 4).high, 12);
  });

  it('of values that always agree within their cluster is as sure as if each cluster had one', () => {
    const three = [1, 1, 0, 1, 0].map((value) => ({ sum: 3 * value, n: 3 }));
    const [pooled, alone] = [shareOfClusters(three)!, shareOfClusters(single([1, 1, 0, 1, 0]))!];
    expect([pooled.n, alone.n]).toEqual([15, 5]);
    for (const end of ['mean', 'low', 'high'] as const) expect(pooled[end]).toBeCloseTo(alone[end], 12);
  });

  it('is never certain, though all are alike', () => {
    expect(shareOfClusters(single([1, 1, 1, 1]))).toEqual({ ...wilson(1, 4), n: 4 });
    expect(wilson(1, 4).low).toBeLessThan(0.6);
    expect(shareOfClusters([{ sum: 5, n: 5 }])).toEqual({ ...wilson(1, 1), n: 5 });
  });

  it('of nothing is none', () => {
    expect(shareOfClusters([])).toBeNull();
    expect(shareOfClusters([{ sum: 0, n: 0 }])).toBeNull();
  });
});

describe('a mean', () => {
  it('of single values has the interval of Student', () => {
    // Mean 3, variance 2.5, standard error √(2.5/5); t of 4 degrees is 2.7764.
    const { mean, low, high, n } = meanOfClusters(single([1, 2, 3, 4, 5]))!;
    expect([mean, n]).toEqual([3, 5]);
    expect(low).toBeCloseTo(3 - 2.7764 * Math.SQRT1_2, 2);
    expect(high).toBeCloseTo(3 + 2.7764 * Math.SQRT1_2, 2);
  });

  it('weighs clusters by their values, and counts each once', () => {
    // Values 1, 1, 4: mean 2, residual sums −2 and 2, variance 2 · (4 + 4) / 9; t of one degree is 12.706.
    const { mean, high, n } = meanOfClusters([
      { sum: 2, n: 2 },
      { sum: 4, n: 1 },
    ])!;
    expect([mean, n]).toEqual([2, 3]);
    expect(high).toBeCloseTo(2 + 12.7062 * (4 / 3), 3);
  });

  it('of fewer than two clusters has no interval, and is none', () => {
    expect(meanOfClusters([{ sum: 6, n: 3 }])).toBeNull();
    expect(meanOfClusters([])).toBeNull();
  });
});

it("Student's quantiles are those of tables", () => {
  const tables = {
    1: 12.7062,
    2: 4.3027,
    3: 3.1824,
    4: 2.7764,
    5: 2.5706,
    10: 2.2281,
    30: 2.0423,
    1000: 1.9623,
  };
  for (const [degrees, quantile] of Object.entries(tables))
    expect(Math.abs(studentQuantile(Number(degrees)) - quantile), degrees).toBeLessThan(0.005);
});

it('95% intervals hold the truth about 95 times in 100, also where labelers of a prompt agree', () => {
  const draws = 600;
  const held = { share: 0, mean: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const stream = randomStream(draw, 'coverage');
    // Every prompt has a chance of its own to be won, by 3 labelers each.
    const prompts = Array.from({ length: 40 }, () => (stream.uniform() < 0.5 ? 0.85 : 0.35));
    const wins = prompts.map((p) => ({ sum: [0, 1, 2].filter(() => stream.uniform() < p).length, n: 3 }));
    const share = shareOfClusters(wins)!;
    if (share.low <= 0.6 && 0.6 <= share.high) held.share++;
    const mean = meanOfClusters(single(Array.from({ length: 8 }, () => 5 + 2 * stream.normal())))!;
    if (mean.low <= 5 && 5 <= mean.high) held.mean++;
  }
  for (const count of Object.values(held)) {
    expect(count / draws).toBeGreaterThan(0.925);
    expect(count / draws).toBeLessThan(0.975);
  }
});
