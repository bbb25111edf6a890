import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { wilson } from '../../../core/data/wilson.ts';
import { reportRewardModel, type RewardMeasurement } from '../../../core/evaluation/reward-report.ts';
import type { MeasuredItem } from '../../../core/evaluation/reward-pairs.ts';
import { judgeReadiness } from '../../../core/evaluation/reward-readiness.ts';
import type { HeldOutItem, HeldOutRanking } from '../../../core/project/held-out-rankings.ts';

interface Given extends Partial<Pick<HeldOutItem, 'split' | 'useCase'>> {
  readonly rewards: readonly number[];
  readonly lengths?: readonly number[];
  /** Labeler to ranks in the order of the rewards; null is unranked. */
  readonly ranks?: Record<string, readonly (number | null)[]>;
  readonly ratings?: readonly number[];
  readonly heldOut?: readonly string[];
}

let items = 0;

/** An item of a prompt of its own, its completions ranked by Ada from the first to the last. */
function item({
  rewards,
  lengths = rewards.map(() => 1),
  ranks,
  ratings = [],
  ...rest
}: Given): MeasuredItem {
  const id = ++items;
  const { split = 'test', useCase = null, heldOut = [] } = rest;
  const byId = <T>(values: readonly T[]) => Object.fromEntries(values.map((value, i) => [String(i), value]));
  const ranked = (given: readonly (number | null)[]) =>
    Object.fromEntries(Object.entries(byId(given)).filter(([, rank]) => rank !== null)) as Record<
      string,
      number
    >;
  const rankings = Object.entries(ranks ?? { Ada: rewards.map((_, i) => i + 1) }).map(
    ([labeler, given]): HeldOutRanking => ({
      ...{ labeler, heldOut: heldOut.includes(labeler), ranks: ranked(given), ratings: byId(ratings) },
    }),
  );
  const completions = rewards.map((_, i) => ({ id: String(i), text: `answer ${i}` }));
  return {
    item: { id, promptId: id, prompt: 'prompt', useCase, split, completions, rankings },
    rewards,
    lengths,
  };
}

const report = (measured: readonly MeasuredItem[], ceilings: Partial<RewardMeasurement['ceilings']> = {}) =>
  reportRewardModel({
    model: 'rm',
    madeAt: 1,
    measured,
    ceilings: { labelers: [], selves: [], ...ceilings },
  });

/** Margins 1, 2 and 1 of one prompt, and −ln 3 of another. */
const four = [item({ rewards: [2, 1, 0], useCase: 'chat' }), item({ rewards: [0, Math.log(3)] })];

describe('accuracy', () => {
  test('is the share of pairs in the labelers’ order, its interval that of as many independent ones', () => {
    const { pairs, accuracy } = report(four);
    expect(pairs).toBe(4);
    // Prompts miss ¾ of their pairs by 3 − 2¼ and 0 − ¾: variance 2/1 · 1.125/16, and ¾ · ¼ over that is 4/3.
    const { low, high } = wilson(0.75, 4 / 3);
    expect(accuracy).toMatchObject({ mean: 0.75, n: 4 });
    expect([accuracy.low, accuracy.high]).toEqual([expect.closeTo(low, 12), expect.closeTo(high, 12)]);
  });

  test('leaves ties and what is unranked out, and counts equal rewards as half', () => {
    const ties = item({ rewards: [5, 4, 3], ranks: { Ada: [1, 1, null] } });
    const equal = item({ rewards: [1, 1] });
    expect(report([ties, ...four]).pairs).toBe(4);
    expect(report([equal]).accuracy).toMatchObject({ mean: 0.5, n: 1 });
    expect(() => report([ties])).toThrow(/no held-out ranking prefers one completion to another/);
  });

  test('is told by labeler, use case and confidence', () => {
    const { byLabeler, byUseCase, byConfidence } = report([
      ...four,
      item({ rewards: [1, 0], ranks: { Bo: [7, 2] }, ratings: [3, 6], useCase: 'chat' }),
    ]);
    const brief = (groups: typeof byLabeler) =>
      groups.map(({ name, accuracy }) => [name, accuracy.n, accuracy.mean]);
    expect(brief(byLabeler)).toEqual([
      ['Ada', 4, 0.75],
      ['Bo', 1, 0],
    ]);
    expect(brief(byUseCase)).toEqual([
      ['chat', 4, 0.75],
      ['no use case', 1, 0],
    ]);
    // The slots between Bo's 2 and 7 are empty: nothing says how far apart the two are.
    expect(brief(byConfidence)).toEqual([
      ['1 rank apart', 4, 0.5],
      ['2 ranks apart', 1, 1],
      ['rated 2 or more apart', 1, 0],
    ]);
  });

  test('on held-out labelers is apart, and prompts that train count for them alone', () => {
    const seen = item({ split: 'train', rewards: [0, 1], ranks: { Eve: [1, 2] }, heldOut: ['Eve'] });
    const both = item({ rewards: [1, 0], ranks: { Ada: [1, 2], Eve: [1, 2] }, heldOut: ['Eve'] });
    const { accuracy, heldOutLabelers, byLabeler } = report([seen, both]);
    expect(accuracy).toMatchObject({ mean: 1, n: 2 });
    expect(heldOutLabelers).toMatchObject({ mean: 0.5, n: 2 });
    expect(byLabeler.map(({ name, heldOut, accuracy: { n } }) => [name, heldOut, n])).toEqual([
      ['Eve', true, 2],
      ['Ada', false, 1],
    ]);
    expect(report([seen]).accuracy).toMatchObject({ mean: 0, n: 1 });
    expect(report(four).heldOutLabelers).toBeNull();
  });
});

describe('calibration', () => {
  test('counts each pair in both orders', () => {
    const { calibration, ece } = report(four);
    const [one, two] = [1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(-2))];
    const bins = calibration.map(({ from, to, predicted, observed }) => [
      from,
      to,
      predicted,
      observed.mean,
      observed.n,
    ]);
    expect(bins).toEqual([
      [0.1, 0.2, expect.closeTo(1 - two, 12), 0, 1],
      [0.2, 0.3, expect.closeTo((2 * (1 - one) + 0.25) / 3, 12), 1 / 3, 3],
      [0.7, 0.8, expect.closeTo((2 * one + 0.75) / 3, 12), 2 / 3, 3],
      [0.8, 0.9, expect.closeTo(two, 12), 1, 1],
    ]);
    // 2/8 · (0.1192029 + 3 · |1/3 − 0.2626276|)
    expect(ece).toBeCloseTo(0.08283, 5);
  });

  test('finds a model that says what is so calibrated, and one that exaggerates not', () => {
    const stream = randomStream(1, 'calibration');
    const truth = Array.from({ length: 5000 }, () => {
      const margin = 6 * stream.uniform() - 3;
      return stream.uniform() < 1 / (1 + Math.exp(-margin)) ? margin : -margin;
    });
    const eceOf = (scale: number) =>
      report(truth.map((margin) => item({ rewards: [scale * margin, 0] }))).ece;
    expect(eceOf(1)).toBeLessThan(0.015);
    expect(eceOf(4)).toBeGreaterThan(0.1);
    expect(eceOf(0.2)).toBeGreaterThan(0.1);
  });
});

test('margins are counted in bars of one width around 0', () => {
  const { margins } = report(four);
  expect(margins.edges).toHaveLength(21);
  expect([margins.edges[0], margins.edges[10], margins.edges[20]]).toEqual([-2, 0, 2]);
  const filled = margins.counts.flatMap((count, bar) => (count > 0 ? [[bar, count]] : []));
  // (−ln 3 + 2) / 0.2 is 4.5; the two of 1 begin bar 15; 2 is the end of the last.
  expect(filled).toEqual([
    [4, 1],
    [15, 2],
    [19, 1],
  ]);
  expect(margins.mean).toBeCloseTo((4 - Math.log(3)) / 4, 12);
});

test('length goes with reward overall and against it within prompts, each told apart', () => {
  const { lengthCorrelation, lengths } = report([
    item({ rewards: [2, 1], lengths: [1, 2] }),
    item({ rewards: [12, 11], lengths: [11, 12] }),
  ]);
  expect(lengthCorrelation.overall).toBeCloseTo(99 / 101, 12);
  expect(lengthCorrelation.withinPrompts).toBeCloseTo(-1, 12);
  expect(lengthCorrelation.n).toBe(4);
  expect([...lengths.tokens]).toEqual([1, 2, 11, 12]);
  expect([...lengths.rewards]).toEqual([2, 1, 12, 11]);
});

test('the scatter is a sample of at most a thousand', () => {
  const many = Array.from({ length: 900 }, (_, i) => item({ rewards: [i, -i - 1] }));
  const { lengths, lengthCorrelation } = report(many);
  expect(lengthCorrelation.n).toBe(1800);
  expect(lengths.rewards).toHaveLength(900);
});

describe('readiness', () => {
  /** So many pairs, of which a share is ordered as the labeler has it, by a margin of its log odds. */
  const measured = (count: number, right: number, changes: (i: number) => Partial<Given> = () => ({})) =>
    Array.from({ length: count }, (_, i) => {
      const margin = Math.log(right / (1 - right)) * (i < right * count ? 1 : -1);
      return item({ rewards: [margin, 0], lengths: [1 + (i % 2), 2 - (i % 2)], ...changes(i) });
    });
  const reasons = (...of: Parameters<typeof report>) => judgeReadiness(report(...of)).reasons;

  test('is given where nothing speaks against it', () => {
    const labelers = [{ alike: 72, pairs: 100 }];
    expect(judgeReadiness(report(measured(300, 0.7), { labelers }))).toEqual({ ready: true, reasons: [] });
  });

  test.each([
    ['never measured', () => judgeReadiness(null).reasons, /never measured/],
    ['few pairs', () => reasons(measured(40, 0.8)), /on 40 held-out pairs, which tells little/],
    [
      'chance',
      () => reasons(measured(300, 0.52)),
      /52% of held-out pairs .* \(between 46% and 58%\), which may be chance/,
    ],
    [
      'far from what labelers reach',
      () => reasons(measured(300, 0.6), { labelers: [{ alike: 78, pairs: 100 }] }),
      /on 60% of pairs, while they agree with each other on 78%/,
    ],
    [
      'exaggeration',
      () => reasons(measured(300, 0.7, (i) => ({ rewards: [i < 210 ? 9 : -9, 0] }))),
      /probabilities are off by 30% on average/,
    ],
    [
      'length',
      () => reasons(measured(300, 0.7, (i) => ({ lengths: i < 210 ? [20, 10] : [10, 20] }))),
      /\(correlation 1\.00\): rank pairs of different length in which the shorter one is better/,
    ],
  ])('is refused for %s, and for that alone', (_, of, expected) => {
    expect(of()).toEqual([expect.stringMatching(expected)]);
  });
});
