/** Fused steps against the same steps made one by one; run over several providers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  Engine,
  Feeds,
  ProgramSource,
  Provider,
  TensorSet,
  Value,
} from '../../../core/engine/engine.ts';
import { FusedSteps, type FusedSettings, type FusedStep } from '../../../core/engine/fused-steps.ts';
import { randomStream } from '../../../core/data/random.ts';
import { initialWeights, parametersOf } from '../../../core/model/parameters.ts';
import { AdamW } from '../../../core/optim/adamw.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../../../core/training/sft.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { filledSet, noise, openTestEngine } from '../../support/engine.ts';
import { smallConfigs } from '../generation/small-models.ts';

const settings: FusedSettings = {
  // A large epsilon: some gradients are zero but for rounding, which must not decide the direction.
  ...{ beta1: 0.9, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 },
  maxGradientNorm: 0.5,
};

/** A micro-batch of two sequences of eight tokens, other ones for every seed; `weight` falls to every prediction. */
function microBatch({ vocabularySize }: ModelConfig, seed: number, weight: number): Feeds {
  const values = noise(16, seed);
  const ids = Int32Array.from(values, (x) => Math.floor(((x + 1) / 2) * vocabularySize));
  const rows = [0, 1].map((i) => [{ ids: ids.slice(8 * i, 8 * i + 8), start: 2 }]);
  return feedSftStep(rows, weight);
}

/** Steps of one, two and one micro-batches under a rate that changes. */
const stepsOf = (config: ModelConfig): FusedStep[] =>
  [1, 2, 1].map((count, i) => ({
    parts: Array.from({ length: count }, (_, part) =>
      microBatch(config, 10 * i + part + 1, 1 / (12 * count)),
    ),
    step: i + 1,
    learningRate: 0.01 * (i + 1),
  }));

interface Trained {
  readonly norms: readonly number[];
  readonly losses: readonly number[];
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

const weightsOf = (config: ModelConfig): Record<string, Value> => {
  const weights = initialWeights(config, randomStream(1, 'weights'));
  return Object.fromEntries(
    parametersOf(config, 'language').map(({ name, shape }) => [name, { data: weights.get(name)!, shape }]),
  );
};

async function readState(sets: Readonly<Record<string, TensorSet>>): Promise<Trained['tensors']> {
  const tensors: Record<string, Float32Array> = {};
  for (const [group, set] of Object.entries(sets))
    for (const [name, values] of Object.entries(await set.read())) tensors[`${group}/${name}`] = values;
  return tensors;
}

async function trainOneByOne(engine: Engine, source: ProgramSource, config: ModelConfig): Promise<Trained> {
  const program = await engine.compile(source);
  const policy = await filledSet(engine, weightsOf(config));
  const optimizer = new AdamW(engine, policy, settings);
  const [norms, losses]: number[][] = [[], []];
  for (const { parts, learningRate } of stepsOf(config)) {
    for (const part of parts) {
      const { loss } = await program.run(part, { sets: { policy }, gradients: optimizer.gradients });
      losses!.push(loss!.data[0]!);
    }
    norms!.push(await optimizer.step(learningRate));
  }
  const { first, second } = optimizer.moments;
  return { norms: norms!, losses: losses!, tensors: await readState({ policy, first, second }) };
}

async function trainFused(engine: Engine, source: ProgramSource, config: ModelConfig): Promise<Trained> {
  const fused = await FusedSteps.compile(engine, source, 'policy', settings);
  const policy = await filledSet(engine, weightsOf(config));
  const [first, second] = [policy.sibling(), policy.sibling()];
  const state = { parameters: policy, firstMoment: first, secondMoment: second };
  const results = await fused.run(stepsOf(config), state);
  return {
    norms: results.map(({ norm }) => norm),
    losses: results.flatMap(({ parts }) => parts.map(({ loss }) => loss!.data[0]!)),
    tensors: await readState({ policy, first, second }),
  };
}

/** The largest difference, as a share of the largest value. */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = Array.from(a, (x, i) => [x, b[i]!] as const);
  const largest = Math.max(...pairs.map(([x]) => Math.abs(x)));
  const furthest = Math.max(...pairs.map(([x, y]) => Math.abs(x - y)));
  return largest === 0 ? furthest : furthest / largest;
}

export function fusedSuite(provider: Provider): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openTestEngine(provider);
  });
  afterAll(() => engine.dispose());

  describe.each([
    { family: 'gpt2', recompute: false },
    { family: 'llama', recompute: false },
    { family: 'llama', recompute: true },
  ] as const)('of a small $family (recompute: $recompute)', ({ family, recompute }) => {
    const config = smallConfigs[family];
    const source = sftStepGraph({ config, head: 'language' }, pretrainingStep({ recompute }));

    test('give what the same steps give one by one, to float32 rounding', async () => {
      const apart = await trainOneByOne(engine, source, config);
      const together = await trainFused(engine, source, config);
      expect(relativeDifference(apart.norms, together.norms)).toBeLessThan(1e-6);
      expect(relativeDifference(apart.losses, together.losses)).toBeLessThan(1e-6);
      for (const [name, values] of Object.entries(apart.tensors))
        expect(relativeDifference(values, together.tensors[name]!), name).toBeLessThan(1e-6);
    });
  });
}
