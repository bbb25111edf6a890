import { expect, test } from 'vitest';
import { firstModels, nextModel } from '../../../renderer/views/play/column-models.ts';
import type { Model } from '../../../renderer/views/sampling/models.ts';

const model = (path: string, run: string | null = null): Model => ({
  path,
  name: path,
  head: 'language',
  adapter: false,
  context: 64,
  run: run === null ? null : { path: run, step: 1 },
});

test('begins with the newest model beside that of the run before it, or beside the base model', () => {
  const base = model('base');
  expect(firstModels([])).toEqual([]);
  expect(firstModels([base])).toEqual(['base']);
  expect(firstModels([base, model('sft', 'runs/1')])).toEqual(['base', 'sft']);
  const all = [base, model('ppo', 'runs/2'), model('ppo 5', 'runs/2'), model('sft', 'runs/1')];
  expect(firstModels(all)).toEqual(['sft', 'ppo']);
});

test('a further column asks a model that no other does', () => {
  const models = [model('a'), model('b')];
  expect(nextModel(models, [{ model: 'a' }])).toBe('b');
  expect(nextModel(models, [{ model: 'a' }, { model: 'b' }])).toBeUndefined();
});
