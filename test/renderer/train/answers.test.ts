import { expect, it } from 'vitest';
import {
  comparedWith,
  placeAt,
  versionsOf,
  type Answer,
} from '../../../renderer/views/train/samples/answers.ts';

const answer = (step: number, completion: string, ended = true): Answer => ({
  step,
  completion,
  ended,
  score: null,
  gold: null,
});

const answers = [answer(0, 'a'), answer(10, 'b'), answer(20, 'b'), answer(30, 'b', false), answer(40, 'a')];

it('joins answers in a row that are the same, by whether they ended too', () => {
  expect(versionsOf(answers).map(({ from, to, answer }) => [from, to, answer.completion])).toEqual([
    [0, 0, 'a'],
    [10, 20, 'b'],
    [30, 30, 'b'],
    [40, 40, 'a'],
  ]);
  expect(versionsOf([])).toEqual([]);
});

it('finds the answer that held at a step, and the newest without one', () => {
  expect([null, 0, 5, 25, 99].map((step) => placeAt(answers, step))).toEqual([4, 0, 0, 2, 4]);
});

it('compares with the first or the one before, and the first with nothing', () => {
  expect(comparedWith(answers, 3, 'first')).toBe(answers[0]);
  expect(comparedWith(answers, 3, 'previous')).toBe(answers[2]);
  expect(comparedWith(answers, 0, 'previous')).toBeUndefined();
  expect(comparedWith(answers, 3, 'none')).toBeUndefined();
});
