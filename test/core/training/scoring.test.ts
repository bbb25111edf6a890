import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { withScalarHead } from '../../../core/model/model.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { LogprobScorer, ScalarScorer } from '../../../core/training/scoring.ts';
import { predictedTokens, type Sequence } from '../../../core/training/sequences.ts';
import { openTestEngine } from '../../support/engine.ts';
import { everyConfig, logitsOf, logSoftmax, randomModel, randomPrompt } from '../generation/small-models.ts';
import { expectClose } from '../graph/references.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

const manyTokens = 4096;
const fewTokens = 24;

describe.each(everyConfig)('scores, %s', (_, config) => {
  const texts = [6, 2, 20, 3, 11, 40].map((length, i) => ({
    ids: randomPrompt(length, i, config),
    start: 1 + (i % 2),
  }));
  const random = randomModel(config);

  it.each([1, 0.7])(
    'are the log-probabilities and entropies of the logits at temperature %d',
    async (temperature) => {
      const [parameters, scorer] = await languageScorer(config, manyTokens, temperature);
      const scores = await scorer.score(parameters, texts);
      for (const [i, { ids, start }] of texts.entries()) {
        const rows = (await logitsOf(engine, random, ids)).slice(start - 1, -1);
        const distributions = rows.map((row) => logSoftmax(row, temperature));
        const expected = distributions.map((row, t) => row[ids[start + t]!]!);
        expectClose(scores[i]!.logprobs, expected, `log-probabilities of text ${i}`, [1e-5, 1e-5]);
        const entropies = distributions.map((row) => row.reduce((sum, p) => sum - p * Math.exp(p), 0));
        expectClose(scores[i]!.entropies, entropies, `entropies of text ${i}`, [1e-5, 1e-5]);
      }
      await dispose(parameters, scorer);
    },
  );

  it('of a text do not depend on the padding or the batch it is scored in', async () => {
    const [parameters, scorer] = await languageScorer(config, manyTokens);
    const [, inParts] = await languageScorer(config, fewTokens);
    const together = await scorer.score(parameters, texts);
    const parts = await inParts.score(parameters, texts);
    for (const [i, text] of texts.entries()) {
      const [alone] = await scorer.score(parameters, [text]);
      expect(alone!.logprobs.length).toBe(predictedTokens(text));
      for (const other of [together[i]!, parts[i]!]) {
        expectClose(other.logprobs, alone!.logprobs, `log-probabilities of text ${i}`, [1e-5, 0]);
        expectClose(other.entropies, alone!.entropies, `entropies of text ${i}`, [1e-5, 0]);
      }
    }
    await inParts.dispose();
    await dispose(parameters, scorer);
  });

  it('average to a loss over tokens, not over texts', async () => {
    const [parameters, scorer] = await languageScorer(config, fewTokens);
    const all = (await scorer.score(parameters, texts)).flatMap(({ logprobs }) => Array.from(logprobs));
    const mean = all.reduce((sum, logprob) => sum - logprob, 0) / all.length;
    expect(await scorer.loss(parameters, texts)).toBeCloseTo(mean, 6);
    await dispose(parameters, scorer);
  });

  it('of a reward model do not depend on the padding or the batch', async () => {
    const [parameters, scorer] = await scalarScorer(config, manyTokens);
    const together = await scorer.rewards(parameters, texts);
    const values = await scorer.values(parameters, texts);
    for (const [i, text] of texts.entries()) {
      expectClose(await scorer.rewards(parameters, [text]), [together[i]!], `reward of text ${i}`, [1e-5, 0]);
      const [alone] = await scorer.values(parameters, [text]);
      expectClose(values[i]!, alone!, `values of text ${i}`, [1e-5, 0]);
    }
    await dispose(parameters, scorer);
  });

  it('of a value model are the rewards of the text before each predicted token', async () => {
    const [parameters, scorer] = await scalarScorer(config, fewTokens);
    const values = await scorer.values(parameters, texts);
    const cuts = texts.flatMap(({ ids, start }): Sequence[] =>
      Array.from({ length: ids.length - start }, (__, t) => ({ ids: ids.slice(0, start + t), start: 1 })),
    );
    const rewards = await scorer.rewards(parameters, cuts);
    expectClose(
      values.flatMap((part) => Array.from(part)),
      rewards,
      'values',
      [1e-5, 0],
    );
    await dispose(parameters, scorer);
  });
});

async function languageScorer(config: ModelConfig, maxTokens: number, temperature = 1) {
  const model = randomModel(config);
  const scorer = await LogprobScorer.compile(engine, model, temperature, maxTokens);
  return [await PlacedModel.place(engine, model), scorer] as const;
}

async function scalarScorer(config: ModelConfig, maxTokens: number) {
  const model = withScalarHead(randomModel(config), randomStream(1, 'head'));
  const scorer = await ScalarScorer.compile(engine, model, maxTokens);
  return [await PlacedModel.place(engine, model), scorer] as const;
}

async function dispose(parameters: PlacedModel, scorer: { dispose(): Promise<void> }) {
  parameters.dispose();
  await scorer.dispose();
}
