import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SftSettings } from '../contract/algorithms.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import { randomStream, type RandomStream } from '../data/random.ts';
import type { Engine, Feeds, Program, TensorSet } from '../engine/engine.ts';
import { Generator, unfiltered } from '../generation/generate.ts';
import { gradientsOf } from '../graph/gradient.ts';
import { input } from '../graph/build.ts';
import type { ModelConfig } from '../model/config.ts';
import { loadModel, type Model } from '../model/model.ts';
import { dropoutMasks, modelGraph, sequenceInputs } from '../model/transformer.ts';
import { schedules } from '../optim/schedule.ts';
import type { Checkpoint } from '../project/run-folder.ts';
import { batchOf, checkpointIfDue, report, requireFinite, type TrainingContext } from './context.ts';
import { tokenAccuracy, tokenLoss, weightedSum } from './losses.ts';
import { Resources } from './resources.ts';
import { LogprobScorer, targetLogProbabilities } from './scoring.ts';
import {
  feedPredictions,
  feedSequences,
  float32,
  longestCompletion,
  predictedTokens,
  type Sequence,
} from './sequences.ts';
import { runInParts, saveModelFolder, Trainee } from './trainee.ts';
import { watch, type WatchInputs } from './watched.ts';

export interface SftInputs extends WatchInputs {
  readonly model: Model;
  readonly demonstrations: readonly Sequence[];
  readonly validation: readonly Sequence[];
  /** Pretraining sequences mixed in; needed where `pretrainingShare` is not 0. */
  readonly pretraining: readonly Sequence[];
  /** Mean reward-model score of a policy's answers; needed where `selection` is `rewardModelScore`. */
  readonly rewardModelScore?: (parameters: TensorSet) => Promise<number>;
}

/** Pretraining sequences mixed in with so many demonstrations. */
const mixedIn = (demonstrations: number, { pretrainingShare }: Pick<SftSettings, 'pretrainingShare'>) =>
  Math.round(pretrainingShare * demonstrations);

/** Optimizer steps of a run over so many demonstrations. */
export function sftSteps(demonstrations: number, settings: SftSettings): number {
  const items = demonstrations + mixedIn(demonstrations, settings);
  return Math.ceil(items / settings.batchSize) * settings.epochs;
}

/** Supervised fine-tuning on demonstrations (InstructGPT, §3.5 and App. C.1, C.3). Returns the selected model. */
export async function trainSft(
  context: TrainingContext,
  inputs: SftInputs,
  settings: SftSettings,
): Promise<Model> {
  const { engine, run, seed } = context;
  const items = mixture(inputs, settings, seed);
  const total = sftSteps(inputs.demonstrations.length, settings);
  const stepsPerEpoch = total / settings.epochs;

  await using resources = new Resources();
  const dropout = settings.residualDropout > 0;
  const program = resources.keep(await compileSftStep(engine, inputs.model.config, dropout));
  const selection = resources.keep(await Selection.start(engine, inputs, settings));
  const trainee = resources.keep(await Trainee.start(engine, inputs.model, settings));
  let tokens = 0;

  const checkpoint = run.latestCheckpoint();
  if (checkpoint) {
    await trainee.restore(join(checkpoint.path, 'model'));
    tokens = selection.restore(checkpoint.path).tokens;
  }
  const answerWatched = await startWatching(context, inputs, settings, trainee, resources);
  if (!checkpoint) await answerWatched({ step: 0, total });

  for (let step = checkpoint?.step ?? 0; step < total; step++) {
    const batch = batchOf(items, settings.batchSize, step, seed);
    const learned = batch.reduce((count, sequence) => count + predictedTokens(sequence), 0);
    const dropoutStream = randomStream(seed, 'dropout', step);

    const { loss, entropy, accuracy } = await runInParts(
      {
        program,
        sets: { policy: trainee.parameters },
        gradients: trainee.optimizer.gradients,
        maxTokens: settings.microBatchTokens,
      },
      batch,
      (part) => ({
        ...feedSftStep(part, 1 / learned),
        ...feedDropout(dropoutStream, inputs.model.config, part, settings.residualDropout),
      }),
    );
    requireFinite(context, step + 1, { loss: loss! });
    const rate = settings.learningRate * schedules[settings.schedule](step, total);
    const norm = await trainee.optimizer.step(rate);
    requireFinite(context, step + 1, { grad_norm: norm });
    tokens += learned;

    const done = { step: step + 1, total };
    const evaluated = done.step % stepsPerEpoch === 0 ? await selection.consider(trainee) : undefined;
    const metrics = {
      loss: loss!,
      entropy: entropy!,
      mean_token_accuracy: accuracy!,
      num_tokens: tokens,
      learning_rate: rate,
      grad_norm: norm,
      ...evaluated,
    };
    await answerWatched(done);
    report(context, { ...done, metrics });
    await checkpointIfDue(context, done, settings, async (folder) => {
      await trainee.save(join(folder, 'model'), inputs.tokenizer);
      selection.save(folder, { tokens });
    });
  }
  return selection.selected ?? (await trainee.snapshot());
}

/** Demonstrations and, at the chosen share, pretraining sequences. */
function mixture(
  { demonstrations, pretraining }: SftInputs,
  settings: SftSettings,
  seed: number,
): Sequence[] {
  const { pretrainingShare, promptLoss } = settings;
  const count = mixedIn(demonstrations.length, settings);
  if (count > 0 && pretraining.length === 0)
    throw new ConfigurationError(
      `pretrainingShare is ${pretrainingShare}, but no pretraining text was given; give some or set it to 0`,
    );
  const stream = randomStream(seed, 'pretraining mix');
  return [
    ...demonstrations.map((sequence) => (promptLoss ? { ...sequence, start: 1 } : sequence)),
    ...Array.from({ length: count }, () => stream.pick(pretraining)),
  ];
}

/** What answers the watched prompts where it is due; at most as long as the longest demonstration. */
async function startWatching(
  context: TrainingContext,
  inputs: SftInputs,
  settings: SftSettings,
  { parameters }: Trainee,
  resources: Resources,
): Promise<(done: { step: number; total: number }) => Promise<unknown>> {
  if (inputs.watched.length === 0) return () => Promise.resolve();
  const { config } = inputs.model;
  const generator = resources.keep(await Generator.compile(context.engine, config, unfiltered(1)));
  const maxTokens = longestCompletion(inputs.demonstrations);
  return (done) => watch(context, done, inputs, settings, { generator, parameters, maxTokens });
}

/** One forward and backward pass: the mean negative log-likelihood of the predicted tokens. */
export function compileSftStep(engine: Engine, config: ModelConfig, dropout: boolean): Promise<Program> {
  const model = modelGraph(config, 'language', 'policy');
  const sequences = sequenceInputs();
  const weights = input('weights', 'float32', ['rows', 1]);
  const options = dropout ? { onResidual: dropoutMasks } : {};
  const { logProbability, entropy, probabilities } = targetLogProbabilities(model, sequences, 1, options);
  const loss = tokenLoss(logProbability, weights);
  return engine.compile({
    outputs: {
      loss,
      entropy: weightedSum(entropy, weights),
      accuracy: tokenAccuracy(logProbability, probabilities, weights),
    },
    gradients: gradientsOf(loss, model.parameters),
  });
}

/** Feeds of an SFT step; every predicted token weighs `weight`. */
export function feedSftStep(part: readonly Sequence[], weight: number): Feeds {
  const predictions = feedPredictions(part);
  const rows = predictions['rows']!.shape[0]!;
  return {
    ...feedSequences(part),
    ...predictions,
    weights: float32(new Float32Array(rows).fill(weight), [rows, 1]),
  };
}

/**
 * Masks for every sublayer: 0 at the dropped share, elsewhere the factor that keeps the mean. The last layer's have
 * a row for every predicted token, the others one for every token.
 */
function feedDropout(
  stream: RandomStream,
  { layers, width }: ModelConfig,
  part: readonly Sequence[],
  rate: number,
): Feeds {
  if (rate === 0) return {};
  const tokens = part.length * Math.max(...part.map(({ ids }) => ids.length));
  const predicted = part.reduce((total, sequence) => total + predictedTokens(sequence), 0);
  return Object.fromEntries(
    Array.from({ length: 2 * layers }, (_, site) => {
      const rows = site < 2 * (layers - 1) ? tokens : predicted;
      return [`dropout.${site}`, float32(dropoutMask(stream, rows * width, rate), [rows, width])];
    }),
  );
}

/** One random byte an element: the rate is met to 1/256, and the mean exactly. */
function dropoutMask(stream: RandomStream, count: number, rate: number): Float32Array {
  const threshold = Math.round(rate * 256);
  const kept = 256 / (256 - threshold);
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i += 4) {
    const bits = stream.bits();
    for (let byte = 0; byte < 4; byte++)
      if (((bits >>> (8 * byte)) & 255) >= threshold) mask[i + byte] = kept;
  }
  return mask;
}

interface SelectionState {
  readonly tokens: number;
  readonly by: SftSettings['selection'];
  readonly best: number | null;
}

const SELECTED = 'selected';

/** The model that a run would return at a checkpoint: of supervised fine-tuning the best epoch, if there is one. */
export function resultAt({ path }: Checkpoint): string {
  const selected = join(path, SELECTED);
  return existsSync(selected) ? selected : join(path, 'model');
}

/** Chooses among the epochs: by validation loss, by reward-model score, or the last. */
class Selection {
  readonly #scorer: LogprobScorer;
  readonly #inputs: SftInputs;
  readonly #by: SftSettings['selection'];
  /** The best so far, larger being better. */
  #best = -Infinity;
  #selected: Model | undefined;

  private constructor(scorer: LogprobScorer, inputs: SftInputs, by: SftSettings['selection']) {
    this.#scorer = scorer;
    this.#inputs = inputs;
    this.#by = by;
  }

  static async start(engine: Engine, inputs: SftInputs, settings: SftSettings): Promise<Selection> {
    if (settings.selection === 'rewardModelScore' && !inputs.rewardModelScore)
      throw new ConfigurationError(
        'selection is "rewardModelScore", but no reward model was given; give one or select by validationLoss',
      );
    const { config } = inputs.model;
    const scorer = await LogprobScorer.compile(engine, config, 1, settings.microBatchTokens);
    return new Selection(scorer, inputs, settings.selection);
  }

  get selected(): Model | undefined {
    return this.#selected;
  }

  /** Evaluates the trainee at the end of an epoch and keeps it if it is the best yet. */
  async consider(trainee: Trainee) {
    const { validation, rewardModelScore } = this.#inputs;
    const metrics = {
      ...(validation.length > 0 && { eval_loss: await this.#scorer.loss(trainee.parameters, validation) }),
      ...(rewardModelScore && { eval_reward: await rewardModelScore(trainee.parameters) }),
    };
    const quality = {
      validationLoss: -(metrics.eval_loss ?? 0),
      rewardModelScore: metrics.eval_reward,
      last: 0,
    };
    if (this.#by !== 'last' && quality[this.#by]! > this.#best) {
      this.#best = quality[this.#by]!;
      this.#selected = await trainee.snapshot();
    }
    return metrics;
  }

  save(folder: string, { tokens }: { tokens: number }): void {
    const state: SelectionState = { tokens, by: this.#by, best: this.#selected ? this.#best : null };
    writeFileAtomic(join(folder, 'state.json'), JSON.stringify(state));
    if (this.#selected) saveModelFolder(this.#selected, join(folder, SELECTED), this.#inputs.tokenizer);
  }

  restore(folder: string): SelectionState {
    const state = readJson(join(folder, 'state.json')) as SelectionState;
    // A fork that selects by something else cannot compare.
    if (state.best !== null && state.by === this.#by) {
      this.#best = state.best;
      this.#selected = loadModel(join(folder, SELECTED));
    }
    return state;
  }

  dispose(): Promise<void> {
    return this.#scorer.dispose();
  }
}
