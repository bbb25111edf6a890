import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SftSettings } from '../contract/algorithms.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import { randomStream } from '../data/random.ts';
import type { Engine, Feeds, ProgramSource } from '../engine/engine.ts';
import { Generator, unfiltered } from '../generation/generate.ts';
import { input } from '../graph/build.ts';
import type { Architecture } from '../model/architecture.ts';
import { inMemory, loadModel, type Model } from '../model/model.ts';
import type { PlacedModel } from '../model/placed.ts';
import { dropoutMasks, modelGraph, sequenceInputs } from '../model/transformer.ts';
import { schedules } from '../optim/schedule.ts';
import type { Checkpoint } from '../project/run-folder.ts';
import {
  batchOf,
  checkpointIfDue,
  lastSaved,
  report,
  requireFinite,
  type TrainingContext,
} from './context.ts';
import { tokenAccuracy, tokenLoss, weightedSum } from './losses.ts';
import { Resources } from './resources.ts';
import { LogprobScorer, targetLogProbabilities } from './scoring.ts';
import { feedDropout, masksOf, sizesOf, type DropoutMask, type DropoutRates } from './dropout.ts';
import { compileLearner, stretchEnd, type Lesson } from './learner.ts';
import { feedRows, packedBatches, roomOf, type Row } from './packing.ts';
import {
  feedPredictions,
  feedSequences,
  fillPredictions,
  float32,
  inMicroBatches,
  longestCompletion,
  predictedTokens,
  type Room,
  type Sequence,
} from './sequences.ts';
import { BackwardPass, type StepOptions } from './step-graph.ts';
import { saveModelFolder, Trainee } from './trainee.ts';
import { watch, type WatchInputs } from './watched.ts';

export interface SftInputs extends WatchInputs {
  readonly model: Model;
  readonly demonstrations: readonly Sequence[];
  readonly validation: readonly Sequence[];
  /** Pretraining sequences mixed in; needed where `pretrainingShare` is not 0. */
  readonly pretraining: readonly Sequence[];
  /** Mean reward-model score of a policy's answers; needed where `selection` is `rewardModelScore`. */
  readonly rewardModelScore?: (policy: PlacedModel) => Promise<number>;
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
  const source = sftStepGraph(inputs.model, settings);
  const masks = masksOf(source);
  const selection = resources.keep(await Selection.start(engine, inputs, settings));
  const trainee = resources.keep(await Trainee.start(engine, inputs.model, settings));
  const learner = resources.keep(await compileLearner(engine, source, 'policy', trainee, settings));
  const periods = [stepsPerEpoch, settings.checkpointEvery, settings.sampleEvery];
  let tokens = 0;

  const checkpoint = run.latestCheckpoint();
  if (checkpoint) {
    await trainee.restore(join(checkpoint.path, 'model'));
    tokens = selection.restore(checkpoint.path).tokens;
  }
  const answerWatched = await startWatching(context, inputs, settings, trainee, resources);
  if (!checkpoint) await answerWatched({ step: 0, total });

  for (let first = checkpoint?.step ?? 0, next: number; first < total; first = next) {
    next = stretchEnd(first, total, engine.stepsTogether, periods);
    const steps = Array.from({ length: next - first }, (_, i) => first + i);
    const batches = steps.map((step) =>
      batchOf(items, settings.batchSize, step, seed, settings.lengthBuckets && lengthOf),
    );
    const lessons = lessonsOf(
      batches,
      { first, total, seed, together: engine.stepsTogether },
      masks,
      settings,
    );
    const learned = await learner.learn(lessons);

    for (const [i, step] of steps.entries()) {
      const { totals, norm } = learned[i]!;
      requireFinite(context, step + 1, { loss: totals['loss']!, grad_norm: norm });
      tokens += countPredicted(batches[i]!);
      const done = { step: step + 1, total };
      const evaluated = done.step % stepsPerEpoch === 0 ? await selection.consider(trainee) : undefined;
      await answerWatched(done);
      const metrics = {
        loss: totals['loss']!,
        entropy: totals['entropy']!,
        mean_token_accuracy: totals['accuracy']!,
        num_tokens: tokens,
        learning_rate: lessons[i]!.learningRate,
        grad_norm: norm,
        ...evaluated,
      };
      report(context, { ...done, metrics });
    }
    await checkpointIfDue(context, { step: next, total }, settings, async (folder) => {
      await trainee.save(join(folder, 'model'), inputs.tokenizer);
      await selection.save(folder, { tokens });
    });
  }
  return selection.selected ?? lastSaved(context);
}

interface Stretch {
  readonly first: number;
  readonly total: number;
  readonly seed: number;
  /** Steps made in one call: several ask for parts of one shape. */
  readonly together: number;
}

/** The lessons of the batches of a stretch of steps. */
function lessonsOf(
  batches: readonly (readonly Sequence[])[],
  { first, total, seed, together }: Stretch,
  masks: readonly DropoutMask[],
  settings: SftSettings,
): Lesson[] {
  const cut = batches.map((batch) => rowsOf(batch, settings));
  const room = together > 1 ? roomOf(cut.flat()) : undefined;
  return cut.map((parts, i) => {
    const dropoutStream = randomStream(seed, 'dropout', first + i);
    const weight = 1 / countPredicted(batches[i]!);
    return {
      parts: parts.map((rows) => () => {
        const feeds = feedSftStep(rows, weight, settings, room);
        return { ...feeds, ...feedDropout(dropoutStream, masks, sizesOf(feeds), rates(settings)) };
      }),
      learningRate: settings.learningRate * schedules[settings.schedule](first + i, total),
    };
  });
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
  { model: policy }: Trainee,
  resources: Resources,
): Promise<(done: { step: number; total: number }) => Promise<unknown>> {
  if (inputs.watched.length === 0) return () => Promise.resolve();
  const generator = resources.keep(await Generator.compile(context.engine, inputs.model, unfiltered(1)));
  const maxTokens = longestCompletion(inputs.demonstrations);
  return (done) => watch(context, done, inputs, settings, { generator, policy, maxTokens });
}

/** What a step's graph depends on beside the model. */
export type SftStep = StepOptions & Pick<SftSettings, 'residualDropout' | 'loraDropout' | 'packing'>;

/** A step on plain text: nothing is dropped, and no row is shared. */
export const pretrainingStep = ({ recompute }: StepOptions): SftStep => ({
  recompute,
  residualDropout: 0,
  loraDropout: 0,
  packing: false,
});

/** One forward and backward pass: the mean negative log-likelihood of the predicted tokens. */
export function sftStepGraph(architecture: Architecture, options: SftStep): ProgramSource {
  const model = modelGraph(architecture, 'policy');
  const backward = new BackwardPass(options);
  const weights = input('weights', 'float32', ['rows', 1]);
  const { logProbability, entropy, probabilities } = targetLogProbabilities(
    model,
    sequenceInputs({ packed: options.packing }),
    1,
    {
      onBlock: backward.onBlock,
      adapterDropout: options.loraDropout > 0,
      ...(options.residualDropout > 0 && { onResidual: dropoutMasks }),
    },
  );
  const loss = tokenLoss(logProbability, weights);
  return {
    outputs: {
      loss,
      entropy: weightedSum(entropy, weights),
      accuracy: tokenAccuracy(logProbability, probabilities, weights),
    },
    gradients: backward.gradients(loss, model.parameters),
  };
}

const lengthOf = ({ ids }: Sequence): number => ids.length;

const countPredicted = (batch: readonly Sequence[]): number =>
  batch.reduce((count, sequence) => count + predictedTokens(sequence), 0);

const rates = ({ residualDropout, loraDropout }: SftStep): DropoutRates => ({
  residual: residualDropout,
  adapter: loraDropout,
});

/** A batch in parts that fit, each of rows of one sequence or, when packing, of several. */
function rowsOf(batch: readonly Sequence[], { packing, microBatchTokens }: SftSettings): Row[][] {
  if (packing) return packedBatches(batch, microBatchTokens);
  return inMicroBatches(batch, microBatchTokens).map((part) => part.map((sequence) => [sequence]));
}

/** Feeds of an SFT step; every predicted token weighs `weight`. What only fills `room` weighs nothing. */
export function feedSftStep(
  rows: readonly Row[],
  weight: number,
  { packing }: Pick<SftStep, 'packing'> = { packing: false },
  room?: Room,
): Feeds {
  const sequences = rows.flat();
  const feeds = packing
    ? feedRows(rows, room)
    : { ...feedSequences(sequences, room), ...feedPredictions(sequences, room?.length) };
  const predicted = feeds['rows']!.shape[0]!;
  const weights = float32(new Float32Array(predicted).fill(weight), [predicted, 1]);
  return room ? fillPredictions({ ...feeds, weights }, room) : { ...feeds, weights };
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
    const scorer = await LogprobScorer.compile(engine, inputs.model, 1, settings.microBatchTokens);
    return new Selection(scorer, inputs, settings.selection);
  }

  get selected(): Model | undefined {
    return this.#selected;
  }

  /** Evaluates the trainee at the end of an epoch and keeps it if it is the best yet. */
  async consider(trainee: Trainee) {
    const { validation, rewardModelScore } = this.#inputs;
    const metrics = {
      ...(validation.length > 0 && { eval_loss: await this.#scorer.loss(trainee.model, validation) }),
      ...(rewardModelScore && { eval_reward: await rewardModelScore(trainee.model) }),
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

  async save(folder: string, { tokens }: { tokens: number }): Promise<void> {
    const state: SelectionState = { tokens, by: this.#by, best: this.#selected ? this.#best : null };
    writeFileAtomic(join(folder, 'state.json'), JSON.stringify(state));
    if (this.#selected) await saveModelFolder(this.#selected, join(folder, SELECTED), this.#inputs.tokenizer);
  }

  restore(folder: string): SelectionState {
    const state = readJson(join(folder, 'state.json')) as SelectionState;
    // A fork that selects by something else cannot compare.
    if (state.best !== null && state.by === this.#by) {
      this.#best = state.best;
      // The checkpoint's folder will not stay.
      this.#selected = inMemory(loadModel(join(folder, SELECTED)));
    }
    return state;
  }

  dispose(): Promise<void> {
    return this.#scorer.dispose();
  }
}
