import { expect, test } from 'vitest';
import {
  completionsOf,
  newSampleRequest,
  sampleProblem,
} from '../../../renderer/views/rank/sample-request.ts';

const request = { ...newSampleRequest([]), models: ['models/a', 'models/b'] };

test('needs a model, a prompt, and a completion from each model', () => {
  expect(sampleProblem({ ...request, models: [] }, 10)).toBe('Choose at least one model.');
  expect(sampleProblem(request, 0)).toMatch('No prompt fits');
  const three = { ...request, models: ['a', 'b', 'c'], completions: 2 };
  expect(sampleProblem(three, 10)).toMatch('3 models need at least as many');
  expect(sampleProblem(request, 10)).toBeNull();
});

test('counts no more prompts than there are', () => {
  expect(completionsOf({ ...request, prompts: 50, completions: 4 }, 20)).toBe(80);
  expect(completionsOf({ ...request, prompts: 5, completions: 4 }, 20)).toBe(20);
});

test('begins with the model where there is but one', () => {
  expect(newSampleRequest(['models/a']).models).toEqual(['models/a']);
  expect(newSampleRequest(['models/a', 'models/b']).models).toEqual([]);
});
