/**
 * PPO: episodes a second over whole iterations (rollouts, scoring, updates, records on disk), against TRL. Policy,
 * reference, reward and value model all have the starter's architecture, the settings are the starter's, and neither
 * side clips gradients, because TRL does not. `ppo` is the starter's own task: its fine-tuned model answers its
 * prompts, and most answers end by themselves. In `ppo-full-length` random models make every completion as long as
 * allowed, so that neither side has any padding to skip.
 */
import { join, resolve } from 'node:path';
import { ppoSettings, type PpoSettings } from '../../core/contract/algorithms.ts';
import { resolveSettings } from '../../core/contract/settings.ts';
import { randomStream } from '../../core/data/random.ts';
import { readPrompts } from '../../core/data/records.ts';
import type { Engine, Provider } from '../../core/engine/engine.ts';
import { trainBpe } from '../../core/model/bpe.ts';
import type { ModelConfig } from '../../core/model/config.ts';
import { inMemory, loadModel, withScalarHead, type Model } from '../../core/model/model.ts';
import { Tokenizer } from '../../core/model/tokenizer.ts';
import { RunFolder } from '../../core/project/run-folder.ts';
import { trainPpo } from '../../core/training/ppo.ts';
import type { PromptTokens } from '../../core/training/watched.ts';
import { runJob } from '../../core/workbench/jobs.ts';
import { Texts } from '../../core/workbench/texts.ts';
import type { Benchmark } from './benchmark.ts';
import { randomModel, randomTokens, starter, withEngine } from './models.ts';
import { inTemporaryFolder, measurePeer } from './python.ts';

export interface PpoTask {
  readonly policy: Model;
  readonly tokenizer: Tokenizer;
  readonly prompts: readonly PromptTokens[];
}

export interface PpoSize {
  readonly batch: number;
  readonly minibatches: number;
  readonly epochs: number;
  readonly iterations: number;
  /** Settings that are not the benchmarks'. */
  readonly settings?: Partial<Pick<PpoSettings, 'responseLength' | 'microBatchTokens'>>;
}

const shared = { responseLength: 48, learningRate: 1e-5, klCoef: 0.1, temperature: 1 };

const settingsOf = ({ batch, minibatches, epochs, iterations, settings }: PpoSize): PpoSettings =>
  resolveSettings(ppoSettings, 'starter', {
    episodes: batch * iterations,
    batchSize: batch,
    minibatches,
    innerEpochs: epochs,
    ...shared,
    valueLearningRate: shared.learningRate,
    warmUpIterations: 0,
    emaDecay: 0,
    missingEos: 'none',
    maxGradientNorm: 0,
    checkpointEvery: iterations,
    ...settings,
  });

const resources = resolve(import.meta.dirname, '../../resources/starter');

/** The starter after a short fine-tuning, the same on both sides; its prompts. */
const starterTask = (engine: Engine, { batch, iterations }: PpoSize): Promise<PpoTask> =>
  inTemporaryFolder(async (folder) => {
    const { model } = await runJob(
      {
        algorithm: 'sft',
        model: join(resources, 'model'),
        data: { demonstrations: join(resources, 'demonstrations.train.jsonl') },
        preset: 'starter',
        settings: { epochs: 2, selection: 'last', pretrainingShare: 0 },
        out: join(folder, 'sft'),
      },
      { engine },
    );
    const texts = Texts.load(model);
    const prompts = readPrompts(join(resources, 'prompts.train.jsonl')).slice(0, batch * iterations);
    return {
      policy: inMemory(loadModel(model)),
      tokenizer: texts.tokenizer,
      prompts: prompts.map(({ prompt }) => ({ text: prompt, ids: texts.prompt(prompt) })),
    };
  });

/** Every completion is as long as allowed. */
export const fullLengthTask = (
  policy: Model,
  { batch, iterations }: PpoSize,
  promptLength: number,
): PpoTask => ({
  policy,
  tokenizer: endlessTokenizer(policy.config),
  prompts: Array.from({ length: batch * iterations }, (_, i) => ({
    text: `prompt ${i}`,
    ids: randomTokens(policy.config, promptLength, `prompt ${i}`),
  })),
});

/** Its end of text comes after the model's last row, so that no completion ends early. */
function endlessTokenizer({ vocabularySize }: ModelConfig): Tokenizer {
  const json = trainBpe([], 256, []);
  const end = { id: vocabularySize, content: '<end>', special: true };
  return Tokenizer.of({ ...json, added_tokens: [end] }, { eos: '<end>' });
}

/** The clock runs from the first iteration's report to the last's, as the peer's does. */
export const episodesPerSecond = (engine: Engine, task: PpoTask, size: PpoSize): Promise<number> =>
  inTemporaryFolder(async (folder) => {
    const run = createRun(join(folder, 'run'), settingsOf(size), engine.device.provider);
    const reports: number[] = [];
    await trainPpo(
      { engine, run, seed: 1, onProgress: () => void reports.push(performance.now()) },
      {
        ...task,
        endTokens: [task.tokenizer.eosId],
        rewardModel: withScalarHead(task.policy, randomStream(1, 'head')),
        pretraining: new Int32Array(0),
        pretrainingValidation: [],
        watched: [],
      },
      settingsOf(size),
    );
    run.unlock();
    const seconds = (reports.at(-1)! - reports[0]!) / 1000;
    return (size.batch * (size.iterations - 1)) / seconds;
  });

const createRun = (path: string, configuration: PpoSettings, device: Provider): RunFolder =>
  RunFolder.create(path, {
    version: 1,
    algorithm: 'ppo',
    configuration: { ...configuration },
    seed: 1,
    device,
    models: {},
    data: {},
    versions: { workbench: 'bench', node: process.version, onnxruntime: 'bench' },
    createdAt: new Date().toISOString(),
  });

const peerEpisodesPerSecond = async (
  { policy, tokenizer, prompts }: PpoTask,
  size: PpoSize,
): Promise<number> =>
  measurePeer(
    'ppo.py',
    policy,
    {
      ...size,
      ...shared,
      prompts: prompts.map(({ ids }) => [...ids]),
      // A token that no model makes would end nothing: the peer then has none.
      endToken: tokenizer.eosId < policy.config.vocabularySize ? tokenizer.eosId : null,
      warmup: 1,
    },
    'episodesPerSecond',
  );

const benchmark = (
  name: string,
  size: PpoSize,
  makeTask: (engine: Engine, size: PpoSize) => Promise<PpoTask>,
): Benchmark => ({
  name,
  unit: 'episodes/s',
  target: 3,
  ours: () => withEngine(async (engine) => episodesPerSecond(engine, await makeTask(engine, size), size)),
  peer: {
    name: 'TRL PPOTrainer',
    python: true,
    measure: () => withEngine(async (engine) => peerEpisodesPerSecond(await makeTask(engine, size), size)),
  },
});

export const ppo = [
  benchmark('ppo', { batch: 128, minibatches: 4, epochs: 1, iterations: 6 }, starterTask),
  benchmark('ppo-full-length', { batch: 128, minibatches: 2, epochs: 2, iterations: 3 }, (_, size) =>
    Promise.resolve(fullLengthTask(randomModel(starter), size, 32)),
  ),
];
