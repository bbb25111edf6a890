/** Tiny PPO runs by the real engine, made ill by what makes real ones ill. */
import type { RunMetrics, RunSummary } from '../../../core/contract/calls.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { decodeGraph } from '../../../core/generation/decode.ts';
import { randomStream } from '../../../core/data/random.ts';
import { loadModel, readWeights, withScalarHead } from '../../../core/model/model.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { runJob, type JobHost } from '../../../core/workbench/jobs.ts';
import { jsonLines, saveTiny, tinyConfig, tinyRequests, type World } from '../workbench/tiny.ts';

export interface Observed {
  readonly metrics: RunMetrics;
  readonly settings: RunSummary['settings'];
}

/** A policy that has learned to say where animals sat, in sentences that end; the longer, the surer. */
export async function teachBase(world: World, engine: Engine, steps = 60): Promise<string> {
  const { model } = await runJob(
    {
      ...tinyRequests.pretrain(world, `base-${steps}`),
      settings: { steps, batchSize: 16, sequenceLength: 24, warmUpSteps: 5, learningRate: 1e-2 },
    },
    { engine },
  );
  return model;
}

interface Preference {
  readonly name: string;
  /** Best first. */
  readonly completions: readonly string[];
  /** Which of them stopped by themselves; all by default. */
  readonly ended?: readonly boolean[];
}

/** A reward model that learned from rankings which all say the same. */
export async function teachReward(
  world: World,
  engine: Engine,
  model: string,
  { name, completions, ended = completions.map(() => true) }: Preference,
): Promise<string> {
  const rankings = ['cat', 'dog', 'owl', 'fox', 'hen', 'bee'].map((animal) => ({
    prompt: `the ${animal}`,
    completions,
    ranks: completions.map((_, i) => i + 1),
    ended,
  }));
  const { model: made } = await runJob(
    {
      ...tinyRequests['reward-model'](world, `reward-${name}`),
      model,
      data: { rankings: jsonLines(world.at(`${name}.jsonl`), rankings) },
      settings: { epochs: 20, batchSize: 6, learningRate: 1e-2 },
    },
    { engine },
  );
  return made;
}

export interface Course {
  readonly model: string;
  readonly rewardModel: string;
  readonly settings?: Record<string, number | boolean | string>;
  readonly gold?: JobHost['gold'];
  readonly seed?: number;
}

const gentle = {
  ...{ batchSize: 32, minibatches: 2, responseLength: 16, warmUpIterations: 1, microBatchTokens: 2048 },
  ...{ learningRate: 5e-4, valueLearningRate: 3e-3, klCoef: 0.1, checkpointEvery: 1000 },
};

/** A reward model that finds everything equally good. */
export function indifferent(world: World, model: string, reward: number): string {
  const scalar = withScalarHead(loadModel(model), randomStream(1, 'head'));
  const weights = readWeights(scalar);
  weights.set('score.weight', new Float32Array(scalar.config.width));
  weights.set('score.bias', Float32Array.of(reward));
  return saveTiny({ ...scalar, weights }, world.at('indifferent'));
}

let courses = 0;

/** So many iterations of PPO. */
export async function observe(
  world: World,
  engine: Engine,
  iterations: number,
  course: Course,
): Promise<Observed> {
  const { model, rewardModel, settings, gold, seed = 3 } = course;
  const episodes = iterations * gentle.batchSize;
  const { run } = await runJob(
    {
      ...tinyRequests.ppo(world, `course-${++courses}`),
      model,
      rewardModel,
      settings: { ...gentle, episodes, ...settings },
      seed,
    },
    { engine, ...(gold && { gold }) },
  );
  return observed(run);
}

export function observed(run: string): Observed {
  const folder = RunFolder.open(run);
  return { metrics: folder.metricColumns(), settings: folder.manifest.configuration as Observed['settings'] };
}

/** Draws among the k likeliest tokens alone, while log-probabilities are of all: top-k in the wrong place. */
export const drawingAmong = (topK: number, engine: Engine): Engine =>
  withGenerator(engine, () =>
    engine.compile({
      outputs: decodeGraph({ config: tinyConfig, head: 'language' }, 'policy', {
        ...{ greedy: false, topK, nucleus: false },
      }),
    }),
  );

/** Samples at another temperature than it is told, and than training takes log-probabilities at. */
export const samplingAt = (temperature: number, engine: Engine): Engine =>
  withGenerator(engine, async (source) => {
    const program = await engine.compile(source);
    const heat = { data: Float32Array.of(temperature), shape: [] };
    return {
      run: (feeds, options) => program.run({ ...feeds, temperature: heat }, options),
      dispose: () => program.dispose(),
    };
  });

/** The engine with another program where completions are made. */
function withGenerator(engine: Engine, compile: Engine['compile']): Engine {
  const choose: Engine['compile'] = (source) =>
    'tokens' in source.outputs ? compile(source) : engine.compile(source);
  return new Proxy(engine, {
    get: (target, name) => {
      if (name === 'compile') return choose;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
