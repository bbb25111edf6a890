/** Small models trained and asked through TensorFlow.js, beside the same on the CPU engine. */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { Generator, unfiltered } from '../../../core/generation/generate.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../../../core/training/sft.ts';
import { Trainee } from '../../../core/training/trainee.ts';
import { openTestEngine } from '../../support/engine.ts';
import { openPortable, portableLibrary } from '../../support/tensorflow.ts';
import { randomModel, randomPrompt, smallConfigs } from '../generation/small-models.ts';

const steps = 6;
const optimizer = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxGradientNorm: 1 };
const limits = { maxTokens: 16, endTokens: [3], padToken: 0 };

interface Trained {
  readonly losses: number[];
  readonly completions: number[][];
}

/** The losses of some steps of supervised fine-tuning, and what the model then answers. */
async function train(engine: Engine, config: ModelConfig, recompute: boolean): Promise<Trained> {
  const model = randomModel(config);
  const trainee = await Trainee.start(engine, model, optimizer);
  const program = await engine.compile(sftStepGraph(model, pretrainingStep({ recompute })));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    // Other lengths, so other sizes, at every step.
    const texts = [5, 9, 7].map((length, i) => randomPrompt(length + step, 10 * step + i, config));
    const predicted = texts.reduce((sum, ids) => sum + ids.length - 1, 0);
    const feeds = feedSftStep(
      texts.map((ids) => [{ ids, start: 1 }]),
      1 / predicted,
    );
    const bound = { sets: trainee.model.sets('policy'), gradients: trainee.optimizer.gradients };
    losses.push((await program.run(feeds, bound))['loss']!.data[0]!);
    await trainee.optimizer.step(0.01);
  }
  const generator = await Generator.compile(engine, model, unfiltered(0));
  const prompts = [4, 11, 6].map((length, i) => randomPrompt(length, 100 + i, config));
  const stream = () => randomStream(1, 'unused');
  const completions = await generator.generate(trainee.model, prompts, stream, limits);
  await engine.dispose();
  return { losses, completions: completions.map(({ ids }) => Array.from(ids)) };
}

describe.each(['gpt2', 'llama', 'llama with grouped heads'] as const)('a small %s', (name) => {
  const config = smallConfigs[name];

  test.each([false, true])('learns and answers as on the CPU engine (recompute: %s)', async (recompute) => {
    const expected = await train(await openTestEngine('cpu'), config, recompute);
    const { losses, completions } = await train(openPortable(), config, recompute);
    expect(losses[steps - 1]).not.toBe(losses[0]);
    expected.losses.forEach((loss, step) =>
      expect(Math.abs(losses[step]! - loss), `step ${step}`).toBeLessThan(1e-4),
    );
    expect(completions).toEqual(expected.completions);
  });

  test('leaves no tensor behind', async () => {
    const before = portableLibrary.memory().numTensors;
    await train(openPortable(), config, false);
    expect(portableLibrary.memory().numTensors).toBe(before);
  });
});
