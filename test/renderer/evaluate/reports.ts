/** A report as the workbench gives it, to change for a test. */
import type { EvaluationReport, ModelResults, WinRates } from '../../../core/contract/calls.ts';
import type { Estimate } from '../../../core/contract/entities.ts';

export const estimate = (mean: number, around = 0.05, n = 40): Estimate => ({
  mean,
  low: mean - around,
  high: mean + around,
  n,
});

export const results = (change: Partial<ModelResults> = {}): ModelResults => ({
  overall: null,
  overallCounts: [0, 0, 0, 0, 0, 0, 0],
  labels: {},
  reward: null,
  gold: null,
  kl: null,
  tokens: null,
  ended: null,
  ...change,
});

export const rates = (model: number, overall: Estimate | null, change: Partial<WinRates> = {}): WinRates => ({
  model,
  against: 0,
  overall,
  training: overall,
  heldOut: null,
  byUseCase: [],
  byLabeler: [],
  ...change,
});

export const report = (
  names: readonly string[],
  models: readonly ModelResults[],
  winRates: readonly WinRates[],
): EvaluationReport => ({
  evaluation: {
    id: 1,
    name: 'Evaluation 1',
    createdAt: 0,
    models: names.map((name) => ({ path: `models/${name}`, name })),
    rewardModel: null,
    settings: { temperature: 1, topP: 1, maxTokens: 8, seed: 0 },
    prompts: 40,
    answered: 40,
    judged: 40,
  },
  method: 'Wilson',
  winRates: [...winRates],
  models: [...models],
});
