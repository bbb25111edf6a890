/** Supervised fine-tuning: tokens a second over whole steps (forward, backward, AdamW), against eager PyTorch. */
import { sftSettings } from '../../core/contract/algorithms.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { ModelConfig } from '../../core/model/config.ts';
import type { Model } from '../../core/model/model.ts';
import { PlacedModel } from '../../core/model/placed.ts';
import { AdamW } from '../../core/optim/adamw.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../../core/training/sft.ts';
import { inMicroBatches } from '../../core/training/sequences.ts';
import { runInParts } from '../../core/training/trainee.ts';
import { medianSeconds, type Benchmark } from './benchmark.ts';
import { gpt2, randomModel, randomTokens, starter, withEngine } from './models.ts';
import { measurePeer } from './python.ts';

export interface SftSize {
  readonly config: ModelConfig;
  readonly batch: number;
  readonly length: number;
  readonly steps: number;
  /** Most tokens of one forward pass; as the starter's runs cut their batches where absent. */
  readonly microBatchTokens?: number;
}

export const starterSize: SftSize = { config: starter, batch: 32, length: 128, steps: 15 };
/** GPT-2's smallest, on one batch in one pass. */
export const gpt2Size: SftSize = {
  config: gpt2(768, 12, 12, 50257),
  ...{ batch: 8, length: 128, steps: 5, microBatchTokens: 1024 },
};

/** One training step after another on random tokens, none of them masked, as the peer makes them. */
export async function trainingStep(
  engine: Engine,
  {
    config,
    batch,
    length,
    microBatchTokens = sftSettings.microBatchTokens.presets.starter,
  }: Omit<SftSize, 'steps'>,
  start: Model = randomModel(config),
): Promise<() => Promise<void>> {
  const model = await PlacedModel.place(engine, start);
  const optimizer = new AdamW(engine, model.own, {
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0,
    maxGradientNorm: 0,
  });
  const program = await engine.compile(sftStepGraph(start, pretrainingStep({ recompute: false })));
  const sequences = Array.from({ length: batch }, (_, i) => ({
    ids: randomTokens(config, length, `sequence ${i}`),
    start: 1,
  }));
  return async () => {
    await runInParts(
      { program, sets: model.sets('policy'), gradients: optimizer.gradients },
      inMicroBatches(sequences, microBatchTokens),
      (part) =>
        feedSftStep(
          part.map((sequence) => [sequence]),
          1 / (batch * (length - 1)),
        ),
    );
    await optimizer.step(1e-5);
  };
}

export const stepSeconds = (size: SftSize): Promise<number> =>
  withEngine(async (engine) =>
    medianSeconds(await trainingStep(engine, size), { warmUp: 3, repeats: size.steps }),
  );

const benchmark = (name: string, size: SftSize, target: number): Benchmark => ({
  name,
  unit: 'tokens/s',
  target,
  ours: async () => (size.batch * size.length) / (await stepSeconds(size)),
  peer: {
    name: 'PyTorch, eager',
    python: true,
    measure: () => {
      const { config, batch, length, steps } = size;
      return measurePeer(
        'sft.py',
        randomModel(config),
        { batch, length, steps, warmup: 3 },
        'tokensPerSecond',
      );
    },
  },
});

export const sft = [benchmark('sft-starter', starterSize, 1), benchmark('sft-124m', gpt2Size, 1.2)];
