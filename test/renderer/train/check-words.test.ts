import { expect, it } from 'vitest';
import { checkWords } from '../../../renderer/views/train/form/check-words.ts';

const fine = { problems: {}, plan: { steps: 480, examples: {} }, isChecking: false, error: undefined };

it('says what a run would do', () => {
  const examples = { demonstrations: 540, validation: 1, prompts: 0 };
  expect(checkWords({ ...fine, plan: { steps: 480, examples } })).toBe(
    '480 steps, 540 demonstrations, 1 held-out example',
  );
  expect(checkWords({ ...fine, plan: { steps: 1, examples: {} } })).toBe('1 step');
});

it('says why it cannot start yet', () => {
  expect(checkWords({ ...fine, problems: { name: 'Give it a name.' } })).toMatch(/^1 thing/);
  expect(checkWords({ ...fine, problems: { name: '', model: '' }, isChecking: true })).toMatch(/^2 things/);
  expect(checkWords({ ...fine, isChecking: true })).toBe('Checking…');
  expect(checkWords({ ...fine, error: 'The workbench is not connected.' })).toMatch('not connected');
});
