import { expect, it } from 'vitest';
import type { Labeler, UseCase } from '../../../core/contract/entities.ts';
import { EvaluationReport } from '../../../core/contract/calls.ts';
import { wilson } from '../../../core/data/wilson.ts';
import { reportEvaluation } from '../../../core/evaluation/evaluation-report.ts';
import type {
  EvaluatedPrompt,
  EvaluationResults,
  Judgment,
} from '../../../core/project/evaluation-results.ts';

const labeler = (id: number, name: string, heldOut = false): Labeler => ({
  ...{ id, name, heldOut, simulated: false, createdAt: 0 },
});
const [ann, bob, eve] = [labeler(1, 'Ann'), labeler(2, 'Bob'), labeler(3, 'Eve', true)];

const models = ['base', 'sft', 'ppo'].map((name) => ({ path: `models/${name}`, name }));

const results = (items: readonly EvaluatedPrompt[]): EvaluationResults => ({
  evaluation: {
    ...{ id: 1, name: 'Test', createdAt: 0, models, rewardModel: null },
    settings: { temperature: 1, topP: 1, maxTokens: 8, seed: 0 },
    ...{ prompts: items.length, answered: items.length, judged: items.length },
  },
  labelers: [ann, bob, eve],
  items,
});

const judged = (who: Labeler, ...ranks: (number | undefined)[]): Judgment => ({
  ...{ labeler: who.id, ranks, ratings: [undefined, undefined, undefined] },
});

const asked = (useCase: UseCase | null, ...judgments: Judgment[]): EvaluatedPrompt => ({
  ...{ useCase, answers: [{}, {}, {}], judgments },
});

const estimate = (share: number, size: number, n: number) => {
  const { mean, low, high } = wilson(share, size);
  return {
    mean: expect.closeTo(mean, 12) as number,
    low: expect.closeTo(low, 12) as number,
    high: expect.closeTo(high, 12) as number,
    n,
  };
};

it('win rates against the first count a tie as half, by group', () => {
  const { winRates } = reportEvaluation(
    results([
      asked('chat', judged(ann, 2, 1, 3)),
      asked('chat', judged(ann, 1, 1, 2)),
      asked(null, judged(ann, 3, 1, 2)),
      asked('rewrite', judged(bob, 1, 2, 3), judged(eve, 2, 1, 3)),
    ]),
  );
  const [sft, ppo] = winRates;
  // Wins of sft: 1, ½, 1, then 0 and 1 of one prompt. The mean is 0.7; residual sums of the four prompts are
  // 0.3, −0.2, 0.3, −0.4, so the variance is 4/3 · 0.38 / 25 and the effective size 0.21 · 25 · 3 / (4 · 0.38),
  // which is more than the five judgments that there are.
  expect(sft).toEqual({
    model: 1,
    against: 0,
    overall: estimate(0.7, 5, 5),
    // 1, ½, 1, 0: mean 0.625; the sum of squares is 0.6875, the size 0.234375 · 16 · 3 / (4 · 0.6875) = 4.09.
    training: estimate(0.625, 4, 4),
    heldOut: estimate(1, 1, 1),
    byUseCase: [
      // 1 and ½: mean ¾, squares ⅛, variance 2 · ⅛ / 4, size 0.1875 / 0.0625 = 3, of which there are two.
      { useCase: 'chat', rate: estimate(0.75, 2, 2) },
      { useCase: 'rewrite', rate: estimate(0.5, 1, 2) },
      { useCase: null, rate: estimate(1, 1, 1) },
    ],
    byLabeler: [
      // 1, ½, 1: mean 5/6, squares 1/6, variance 3/2 · 1/6 / 9 = 1/36, size 5/36 · 36 = 5, of which there are three.
      { labeler: ann, rate: estimate(5 / 6, 3, 3) },
      { labeler: bob, rate: estimate(0, 1, 1) },
      { labeler: eve, rate: estimate(1, 1, 1) },
    ],
  });
  // ppo: 0, 0, 1, then 0 and 0. Mean 0.2; residual sums −0.2, −0.2, 0.8, −0.4; variance 4/3 · 0.88 / 25.
  expect(ppo!.overall).toEqual(estimate(0.2, (0.16 * 25 * 3) / (4 * 0.88), 5));
});

it('labelers that left one of the two unranked are not asked', () => {
  const { winRates } = reportEvaluation(
    results([asked(null, judged(ann, 1, undefined, 2), judged(bob, undefined, 1, 2)), asked(null)]),
  );
  expect(winRates.map(({ overall }) => overall?.n ?? null)).toEqual([null, 1]);
  expect(winRates[0]).toMatchObject({ training: null, heldOut: null, byUseCase: [], byLabeler: [] });
});

it('each model has its grades, labels and numbers', () => {
  const rated = (grade: number | undefined, hallucination?: boolean) => ({
    ...(grade !== undefined && { overall: grade }),
    labels: hallucination === undefined ? {} : { hallucination },
  });
  const judgment = (who: Labeler, ...ratings: Judgment['ratings']): Judgment => ({
    ...{ labeler: who.id, ranks: [1, 2, 3], ratings },
  });
  const item = (answers: EvaluatedPrompt['answers'], ...judgments: Judgment[]): EvaluatedPrompt => ({
    ...{ useCase: null, answers, judgments },
  });
  const report = reportEvaluation(
    results([
      item(
        [
          { reward: 1, tokens: 4, ended: true },
          { reward: -1, kl: 2, gold: 0.5, tokens: 8, ended: false },
          undefined,
        ],
        judgment(ann, rated(2, true), rated(7, false), undefined),
        judgment(bob, rated(4), rated(undefined, false), undefined),
      ),
      item(
        [{ reward: 3, tokens: 6, ended: true }, { reward: 2, kl: 4, gold: 1, tokens: 8, ended: true }, {}],
        judgment(ann, rated(6, false), rated(7), undefined),
      ),
    ]),
  );
  const [base, sft, ppo] = report.models;
  expect(EvaluationReport.parse(report)).toEqual(report);
  // Grades 2 and 4 of one prompt, 6 of the other: mean 4, residual sums −2 and 2, variance 2 · 8 / 9.
  const t = 12.7062;
  expect(base!.overall).toEqual({
    mean: 4,
    low: expect.closeTo(4 - (t * 4) / 3, 3) as number,
    high: expect.closeTo(4 + (t * 4) / 3, 3) as number,
    n: 3,
  });
  expect(base!.overallCounts).toEqual([0, 1, 0, 1, 0, 1, 0]);
  expect(sft!.overall).toEqual({ mean: 7, low: 7, high: 7, n: 2 });
  expect(base!.labels).toEqual({ hallucination: estimate(0.5, 1, 2) });
  expect(sft!.labels).toEqual({ hallucination: estimate(0, 1, 2) });
  expect([base!.reward!.mean, base!.gold, base!.kl, base!.tokens!.mean]).toEqual([2, null, null, 5]);
  expect([sft!.reward!.mean, sft!.gold!.mean, sft!.kl!.mean, sft!.tokens!.mean]).toEqual([0.5, 0.75, 3, 8]);
  expect(sft!.kl!.high).toBeCloseTo(3 + t, 3);
  expect(base!.ended).toEqual(estimate(1, 2, 2));
  expect(sft!.ended).toEqual(estimate(0.5, 1, 2));
  expect(ppo).toEqual({
    ...{ overall: null, overallCounts: [0, 0, 0, 0, 0, 0, 0], labels: {} },
    ...{ reward: null, gold: null, kl: null, tokens: null, ended: null },
  });
  expect(report.method).toMatch(/95%.*Wilson.*Student/);
});
