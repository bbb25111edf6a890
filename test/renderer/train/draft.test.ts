import { describe, expect, it } from 'vitest';
import {
  draftOf,
  formOf,
  localProblems,
  type Draft,
  type Suggestion,
} from '../../../renderer/views/train/form/draft.ts';

const suggested: Suggestion = {
  algorithm: 'ppo',
  name: 'ppo-1',
  model: '/models/sft',
  rewardModel: '/models/rm',
  snapshot: 3,
  data: { pretraining: ['/texts/a.txt'] },
  preset: 'starter',
  settings: {},
  seed: 1,
};

const draft = (change: Partial<Draft> = {}): Draft => ({
  ...draftOf(suggested, { algorithm: 'ppo' }),
  ...change,
});

describe('a new run', () => {
  it('begins as suggested, with what was asked for in its place', () => {
    const asked = { algorithm: 'ppo', model: '/models/other', settings: { klCoef: 0.00002 } } as const;
    const { name, model, rewardModel, settings } = draftOf(suggested, asked);
    expect({ name, model, rewardModel }).toEqual({
      name: 'ppo-1',
      model: '/models/other',
      rewardModel: '/models/rm',
    });
    expect(settings).toEqual({ klCoef: '2e-5' });
  });

  it('becomes a form with only the settings that differ from the preset', () => {
    const settings = { klCoef: ' 0.2 ', gamma: '1', whitenRewards: true, klControl: 'fixed' };
    const form = formOf(draft({ settings }));
    expect(form?.settings).toEqual({ klCoef: 0.2, whitenRewards: true });
    expect(form).toMatchObject({ model: '/models/sft', rewardModel: '/models/rm', snapshot: 3, seed: 1 });
  });

  it('leaves out files that were not named and models that its stage has no use for', () => {
    expect(formOf(draft({ data: { pretraining: ['', ' /b.txt '], watched: [' '] } }))?.data).toEqual({
      pretraining: ['/b.txt'],
    });
    expect(formOf(draft({ algorithm: 'reward-model' }))).not.toHaveProperty('rewardModel');
  });

  it('is no form while something is missing or outside its range', () => {
    expect(localProblems(draft())).toEqual({});
    expect(formOf(draft({ model: null }))).toBeNull();
    const wrong = draft({
      name: ' ',
      rewardModel: null,
      seed: '1.5',
      settings: { klCoef: '101', batchSize: '', lam: '0,95' },
    });
    expect(formOf(wrong)).toBeNull();
    expect(localProblems(wrong)).toEqual({
      name: 'Give it a name.',
      rewardModel: 'Choose the reward model that scores completions.',
      seed: 'The seed is a whole number.',
      'settings.klCoef': 'Must be a number from 0 to 100.',
      'settings.batchSize': 'Must be a whole number from 1 to 1000000.',
      'settings.lam': 'Must be a number from 0 to 1.',
    });
  });
});
