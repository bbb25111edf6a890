import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineError } from '../../../core/contract/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { FusedSteps } from '../../../core/engine/fused-steps.ts';
import { filledSet, openTestEngine } from '../../support/engine.ts';
import { fusedSuite } from './fused-suite.ts';
import { smallBatch, smallGpt, smallGptValues } from './small-gpt.ts';

const settings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-5, weightDecay: 0, maxGradientNorm: 1 };

describe('fused steps on the CPU', () => {
  fusedSuite('cpu');

  describe('what they refuse and leave alone', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await openTestEngine();
    });
    afterAll(() => engine.dispose());

    async function begin() {
      const fused = await FusedSteps.compile(engine, smallGpt(), 'policy', settings);
      const parameters = await filledSet(engine, smallGptValues());
      const state = { parameters, firstMoment: parameters.sibling(), secondMoment: parameters.sibling() };
      return { fused, state, parameters };
    }

    test('micro-batches of different shapes are refused by name', async () => {
      const { fused, state } = await begin();
      const steps = [
        { parts: [smallBatch(2, 5)], step: 1, learningRate: 0.01 },
        { parts: [smallBatch(2, 6)], step: 2, learningRate: 0.01 },
      ];
      await expect(fused.run(steps, state)).rejects.toThrow(EngineError);
      await expect(fused.run(steps, state)).rejects.toThrow(
        "'ids' is [10] in one micro-batch and [12] in another",
      );
    });

    test('a gradient that is not finite changes nothing and is told', async () => {
      const { fused, state, parameters } = await begin();
      const before = await parameters.read();
      const batch = smallBatch(2, 5);
      const broken = { ...batch, mask: { ...batch['mask']!, data: new Float32Array(10) } };
      const steps = [batch, broken].map((part, i) => ({ parts: [part], step: i + 1, learningRate: 0.01 }));
      const results = await fused.run(steps, state);
      expect(results.map(({ norm }) => Number.isFinite(norm))).toEqual([true, false]);
      expect(await parameters.read()).toEqual(before);
    });
  });
});
