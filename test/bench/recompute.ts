/**
 * What computing blocks again in the backward pass saves and costs: a training step (forward, backward, AdamW) of the
 * shape of GPT-2 124M on one batch, against the same step with everything kept.
 */
import { readFileSync } from 'node:fs';
import type { Engine } from '../../core/engine/engine.ts';
import { PlacedModel } from '../../core/model/placed.ts';
import { AdamW } from '../../core/optim/adamw.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../../core/training/sft.ts';
import { medianSeconds, type Benchmark } from './benchmark.ts';
import { gpt2, randomModel, randomTokens, withEngine } from './models.ts';

const config = gpt2(768, 12, 12, 50257);
const batch = 8;

const optimizerSettings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 0 };

async function trainingStep(
  engine: Engine,
  tokens: number,
  recompute: boolean,
): Promise<() => Promise<void>> {
  const start = randomModel(config);
  const program = await engine.compile(sftStepGraph(start, pretrainingStep({ recompute })));
  const model = await PlacedModel.place(engine, start);
  const optimizer = new AdamW(engine, model.own, optimizerSettings);
  const rows = Array.from({ length: batch }, (_, i) => [
    { ids: randomTokens(config, tokens / batch, `sequence ${i}`), start: 1 },
  ]);
  return async () => {
    const feeds = feedSftStep(rows, 1 / (tokens - batch));
    await program.run(feeds, { sets: model.sets('policy'), gradients: optimizer.gradients });
    await optimizer.step(1e-5);
  };
}

/** The most memory that the process ever had in use, in megabytes; Linux keeps count. */
const peakMegabytes = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;

const peak = (tokens: number, recompute: boolean) => () =>
  withEngine(async (engine) => {
    const step = await trainingStep(engine, tokens, recompute);
    await step();
    await step();
    return peakMegabytes();
  });

const seconds = (tokens: number, recompute: boolean) => () =>
  withEngine(async (engine) =>
    medianSeconds(await trainingStep(engine, tokens, recompute), { warmUp: 1, repeats: 4 }),
  );

const benchmark = (
  name: string,
  unit: string,
  tokens: number,
  measure: (tokens: number, recompute: boolean) => () => Promise<number>,
): Benchmark => ({
  name: `recompute-${name}-${tokens}`,
  unit,
  ours: measure(tokens, true),
  peer: { name: 'everything kept', python: false, measure: measure(tokens, false) },
});

export const recompute: readonly Benchmark[] = [1024, 2048].flatMap((tokens) => [
  benchmark('memory', 'MB', tokens, peak),
  benchmark('time', 's/step', tokens, seconds),
]);
