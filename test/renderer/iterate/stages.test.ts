import { expect, test } from 'vitest';
import type { CallOutput, Round } from '../../../core/contract/calls.ts';
import {
  descends,
  firstPolicy,
  modelOfRun,
  nextStage,
  stagesOf,
  trendsOf,
} from '../../../renderer/views/iterate/stages.ts';

type Run = NonNullable<Round['ppo']>;
type Models = CallOutput<'models.list'>;

const run = (path: string, change: Partial<Run> = {}): Run => ({
  path,
  name: path,
  algorithm: 'ppo',
  createdAt: 0,
  step: 10,
  steps: 10,
  state: 'finished',
  resumable: false,
  work: null,
  settings: {},
  seed: 0,
  tags: [],
  note: '',
  last: {},
  ...change,
});

const round = (change: Partial<Round> = {}): Round => ({
  id: 1,
  number: 1,
  startedAt: 0,
  policy: { path: 'models/sft', name: 'sft' },
  note: '',
  items: 0,
  ranked: 0,
  rewardModel: null,
  accuracy: null,
  ppo: null,
  ...change,
});

const model = (path: string, run: string | null, step = 0): Models[number] => ({
  path,
  name: path,
  head: 'language',
  adapter: false,
  context: 64,
  run: run === null ? null : { path: run, step },
});

const next = (change: Partial<Round>, isLast = true, isSampling = false) =>
  nextStage(stagesOf({ round: round(change), isLast, isSampling }))?.actions[0];

test('a round goes from samples to rankings, the reward model, PPO and the next round', () => {
  const ranked = { items: 4, ranked: 4 };
  const trained = { ...ranked, rewardModel: run('runs/rm') };
  expect(next({})).toBe('sample');
  expect(next({ items: 4, ranked: 1 })).toBe('rank');
  expect(next(ranked)).toBe('rewardModel');
  expect(next(trained)).toBe('ppo');
  expect(next({ ...trained, ppo: run('runs/ppo') })).toBe('nextRound');
  expect(next({ ...trained, ppo: run('runs/ppo') }, false)).toBe('evaluate');
});

test('what was trained is not held up by what was left unranked', () => {
  const half = { items: 4, ranked: 1, rewardModel: run('runs/rm') };
  expect(next(half)).toBe('ppo');
  expect(next({ ...half, ppo: run('runs/ppo') })).toBe('nextRound');
});

test('what is under way is watched, not begun again', () => {
  expect(next({}, true, true)).toBeUndefined();
  const working = { items: 4, ranked: 4, rewardModel: run('runs/rm', { state: 'working', step: 3 }) };
  const stages = stagesOf({ round: round(working), isLast: true, isSampling: false });
  expect(stages.map(({ state }) => state)).toEqual(['done', 'done', 'working', 'later']);
  expect(stages[2]).toMatchObject({ actions: ['watch'], facts: ['runs/rm', 'step 3 of 10'] });
  expect(nextStage(stages)).toBeUndefined();
  expect(next({ ...working, rewardModel: run('runs/rm', { state: 'stopped' }) })).toBe('watch');
});

test('a reward model can be trained from the first ranking on', () => {
  const stages = stagesOf({ round: round({ items: 4, ranked: 1 }), isLast: true, isSampling: false });
  expect(stages[2]).toMatchObject({ state: 'now', actions: ['rewardModel'] });
});

test('the model of a run is that of its last step', () => {
  const models = [model('a', null), model('b', 'runs/ppo', 20), model('c', 'runs/ppo', 5)];
  expect(modelOfRun(models, run('runs/ppo'))).toBe('b');
  expect(modelOfRun(models, run('runs/other'))).toBeNull();
  expect(modelOfRun(models, null)).toBeNull();
  const before = round({ ppo: run('runs/ppo') });
  expect(descends(round({ policy: { path: 'b', name: 'b' } }), before, models)).toBe(true);
  expect(descends(round({ policy: { path: 'a', name: 'a' } }), before, models)).toBe(false);
  expect(descends(round(), undefined, models)).toBe(false);
});

test('a first round begins with the newest fine-tuned model, or with what there is', () => {
  const models = [
    model('base', null),
    model('old', 'runs/1'),
    model('new', 'runs/2'),
    model('ppo', 'runs/3'),
  ];
  const runs = [
    run('runs/1', { algorithm: 'sft', createdAt: 1 }),
    run('runs/2', { algorithm: 'sft', createdAt: 2 }),
    run('runs/3', { createdAt: 3 }),
  ];
  expect(firstPolicy(models, runs)).toBe('new');
  expect(firstPolicy([model('base', null)], [])).toBe('base');
  expect(firstPolicy([], [])).toBeNull();
});

test('rounds are compared by what they know', () => {
  const rounds = [
    round({ accuracy: 0.6, ppo: run('a', { last: { 'objective/scores': 1, 'objective/kl': 3 } }) }),
    round({ number: 2, accuracy: 0.7 }),
  ];
  expect(trendsOf(rounds).map(({ id, points }) => [id, points])).toEqual([
    [
      'accuracy',
      [
        { round: 1, value: 0.6 },
        { round: 2, value: 0.7 },
      ],
    ],
    ['score', [{ round: 1, value: 1 }]],
    ['kl', [{ round: 1, value: 3 }]],
  ]);
});
