import { expect, test } from 'vitest';
import type { CallOutput } from '../../../core/contract/calls.ts';
import { curvesOf, fallIn, verdictOn } from '../../../renderer/views/evaluate/checkpoints.ts';
import { estimate, rates, report, results } from './reports.ts';

const names = ['sft', 'step 40', 'step 120', 'step 80', 'other'];
const stepOf: Record<string, number> = { 'step 40': 40, 'step 80': 80, 'step 120': 120 };
const models: CallOutput<'models.list'> = names.map((name) => ({
  path: `models/${name}`,
  name,
  head: 'language',
  adapter: false,
  context: 64,
  run:
    name in stepOf
      ? { path: 'runs/ppo', step: stepOf[name]! }
      : name === 'other'
        ? { path: 'runs/b', step: 9 }
        : null,
}));

const measured = (reward: number, kl: number) => results({ reward: estimate(reward), kl: estimate(kl) });
const over = report(
  names,
  [results({ reward: estimate(0) }), measured(1, 2), measured(3, 20), measured(2, 9), measured(1, 1)],
  [rates(1, estimate(0.6)), rates(2, estimate(0.4)), rates(3, estimate(0.7)), rates(4, estimate(0.5))],
);

test('a curve begins with the baseline and goes on by step; one checkpoint makes none', () => {
  const [curve, ...others] = curvesOf(over, models);
  expect(others).toEqual([]);
  expect(curve!.run).toBe('runs/ppo');
  expect(curve!.points.map(({ step, kl, win }) => [step, kl?.mean, win?.mean])).toEqual([
    [0, 0, 0.5],
    [40, 2, 0.6],
    [80, 9, 0.7],
    [120, 20, 0.4],
  ]);
});

test('finds where the reward rises while the win rate falls, and says how sure that is', () => {
  const [{ points }] = curvesOf(over, models) as [ReturnType<typeof curvesOf>[number]];
  expect(fallIn(points)).toMatchObject({
    measure: 'win',
    from: { step: 80 },
    to: { step: 120 },
    isSure: true,
  });
  expect(verdictOn(points)).toMatch('from 2.00 to 3.00 while the win rate falls from 70% to 40%');
  const wide = points.map((point) => ({ ...point, win: point.win && estimate(point.win.mean, 0.3) }));
  expect(verdictOn(wide)).toMatch('it may be chance');
});

test('is silent where the win rate rises with the reward, or falls with it', () => {
  const point = (step: number, reward: number, win: number) => ({
    name: '',
    step,
    kl: null,
    reward: estimate(reward),
    gold: null,
    win: estimate(win),
  });
  expect(fallIn([point(0, 0, 0.5), point(1, 1, 0.6), point(2, 2, 0.7)])).toBeNull();
  expect(fallIn([point(0, 0, 0.5), point(1, 2, 0.7), point(2, 1, 0.4)])).toBeNull();
  expect(fallIn([])).toBeNull();
});

test('without judgements the hidden preference tells', () => {
  const models4 = [0, 1, 3, 2].map((reward, i) =>
    results({ reward: estimate(reward), gold: estimate([0.4, 0.5, 0.3, 0.6][i]!), kl: estimate(reward) }),
  );
  const unjudged = report(names.slice(0, 4), models4, [rates(1, null), rates(2, null), rates(3, null)]);
  const [curve] = curvesOf(unjudged, models);
  expect(fallIn(curve!.points)).toMatchObject({ measure: 'gold', from: { step: 80 }, to: { step: 120 } });
});
