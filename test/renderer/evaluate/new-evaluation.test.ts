import { expect, test } from 'vitest';
import {
  newRequest,
  problemOf,
  withBaseline,
  withToggled,
} from '../../../renderer/views/evaluate/new-evaluation.ts';

const known = {
  asked: [],
  splits: { train: 100, test: 20 },
  evaluations: [],
  hasSimulated: true,
  rewardModel: '/reward',
};

test('begins with the test prompts, or the validation prompts where there are no others', () => {
  expect(newRequest(known)).toMatchObject({
    filter: { splits: ['test'] },
    prompts: 20,
    simulated: true,
    rewardModel: '/reward',
  });
  const noTest = newRequest({ ...known, splits: { train: 100, validation: 300 } });
  expect(noTest).toMatchObject({ filter: { splits: ['validation'] }, prompts: 50 });
  expect(newRequest({ ...known, splits: { train: 3 } }).filter).toEqual({ splits: ['test'] });
});

test('needs a name, two models and a prompt', () => {
  const request = { ...newRequest(known), models: ['a', 'b'] };
  expect(problemOf(request, 20)).toBeNull();
  expect(problemOf({ ...request, name: ' ' }, 20)).toMatch('name');
  expect(problemOf({ ...request, models: ['a'] }, 20)).toMatch('at least one model');
  expect(problemOf(request, 0)).toMatch('no prompts');
  const ten = Array.from({ length: 10 }, (_, i) => `${i}`);
  expect(problemOf({ ...request, models: ten }, 20)).toMatch('at most 9');
});

test('the baseline comes first, and a model is chosen once', () => {
  expect(withBaseline(['a', 'b'], 'b')).toEqual(['b', 'a']);
  expect(withBaseline(['a'], 'c')).toEqual(['c', 'a']);
  expect(withToggled(withToggled(['a'], 'b'), 'b')).toEqual(['a']);
  expect(newRequest({ ...known, asked: ['a', 'b', 'a'] }).models).toEqual(['a', 'b']);
});
