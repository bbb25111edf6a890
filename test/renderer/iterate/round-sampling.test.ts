import { expect, test } from 'vitest';
import {
  informedBy,
  newRoundSampling,
  samplingProblem,
  samplingWords,
} from '../../../renderer/views/iterate/round-sampling.ts';

test('a project with a reward model begins with what it is least sure of', () => {
  expect(newRoundSampling(1, []).informative).toBeNull();
  expect(newRoundSampling(1, ['rm/new', 'rm/old']).informative).toEqual({
    rewardModel: 'rm/new',
    outOf: 200,
  });
});

test('keeps how many are looked at while another reward model is chosen', () => {
  const request = { ...newRoundSampling(1, []), informative: { rewardModel: 'a', outOf: 70 } };
  expect(informedBy(request, 'b')).toEqual({ rewardModel: 'b', outOf: 70 });
  expect(informedBy(request, null)).toBeNull();
});

test('needs a prompt, and more to look at than to keep', () => {
  const request = newRoundSampling(1, ['rm']);
  expect(samplingProblem(request, 100)).toBeNull();
  expect(samplingProblem(request, 0)).toMatch('No prompt fits');
  const few = { ...request, informative: { rewardModel: 'rm', outOf: 10 } };
  expect(samplingProblem(few, 100)).toMatch('Of 10 prompts no 50');
});

test('counts no more prompts than there are', () => {
  const request = newRoundSampling(1, ['rm']);
  expect(samplingWords(request, 120)).toBe(
    '480 completions for 120 prompts, of which the 50 least certain are kept to be ranked.',
  );
  expect(samplingWords({ ...request, informative: null }, 20)).toBe('80 completions for 20 of 20 prompts.');
});
