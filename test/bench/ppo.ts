/**
 * PPO: episodes a second over whole iterations (rollouts, scoring, updates, records on disk), against TRL. Policy,
 * reference, reward and value model all have the starter's architecture, the settings are the starter's, and neither
 * side clips gradients, because TRL does not.
 */
import { join } from 'node:path';
import { ppoSettings, type PpoSettings } from '../../core/contract/algorithms.ts';
import { resolveSettings } from '../../core/contract/settings.ts';
import { randomStream } from '../../core/data/random.ts';
import { trainBpe } from '../../core/model/bpe.ts';
import { withScalarHead } from '../../core/model/model.ts';
import { Tokenizer } from '../../core/model/tokenizer.ts';
import { RunFolder } from '../../core/project/run-folder.ts';
import { trainPpo } from '../../core/training/ppo.ts';
import type { Benchmark } from './benchmark.ts';
import { randomModel, randomTokens, starter, withEngine } from './models.ts';
import { inTemporaryFolder, measurePeer } from './python.ts';

const size = {
  batch: 128,
  minibatches: 2,
  epochs: 2,
  promptLength: 32,
  responseLength: 48,
  iterations: 3,
  learningRate: 1e-5,
  klCoef: 0.05,
  temperature: 1,
};

const settings: PpoSettings = resolveSettings(ppoSettings, 'starter', {
  episodes: size.batch * size.iterations,
  batchSize: size.batch,
  minibatches: size.minibatches,
  innerEpochs: size.epochs,
  learningRate: size.learningRate,
  valueLearningRate: size.learningRate,
  warmUpIterations: 0,
  klCoef: size.klCoef,
  missingEos: 'none',
  temperature: size.temperature,
  responseLength: size.responseLength,
  maxGradientNorm: 0,
  checkpointEvery: size.iterations,
});

/** Its end of text comes after the model's last row, so that no completion ends early; nor does any of the peer's. */
function endlessTokenizer(): Tokenizer {
  const json = trainBpe([], 256, []);
  const end = { id: starter.vocabularySize, content: '<end>', special: true };
  return Tokenizer.of({ ...json, added_tokens: [end] }, { eos: '<end>' });
}

/** The clock runs from the first iteration's report to the last's, as the peer's does. */
const ours = (): Promise<number> =>
  withEngine((engine) =>
    inTemporaryFolder(async (folder) => {
      const policy = randomModel(starter);
      const run = createRun(join(folder, 'run'));
      const reports: number[] = [];
      await trainPpo(
        { engine, run, seed: 1, onProgress: () => void reports.push(performance.now()) },
        {
          policy,
          rewardModel: withScalarHead(policy, randomStream(1, 'head')),
          tokenizer: endlessTokenizer(),
          prompts: Array.from({ length: settings.episodes }, (_, i) =>
            randomTokens(starter, size.promptLength, `prompt ${i}`),
          ),
          pretraining: new Int32Array(0),
          pretrainingValidation: [],
        },
        settings,
      );
      requireFullLength(run);
      run.unlock();
      const seconds = (reports.at(-1)! - reports[0]!) / 1000;
      return (size.batch * (size.iterations - 1)) / seconds;
    }),
  );

const createRun = (path: string): RunFolder =>
  RunFolder.create(path, {
    version: 1,
    algorithm: 'ppo',
    configuration: { ...settings },
    seed: 1,
    device: 'cpu',
    models: {},
    data: {},
    versions: { workbench: 'bench', node: process.version, onnxruntime: 'bench' },
    createdAt: new Date().toISOString(),
  });

function requireFullLength(run: RunFolder): void {
  for (const { response_length: length } of run.readMetrics())
    if (length !== size.responseLength) throw new Error(`completions of ${length} tokens`);
}

export const ppo: Benchmark = {
  name: 'ppo',
  unit: 'episodes/s',
  target: 3,
  ours,
  peer: {
    name: 'TRL PPOTrainer',
    python: true,
    measure: () => measurePeer('ppo.py', randomModel(starter), { ...size, warmup: 1 }, 'episodesPerSecond'),
  },
};
