import { join } from 'node:path';
import type { RewardModelSettings } from '../contract/algorithms.ts';
import { DataError } from '../contract/errors.ts';
import { randomStream } from '../data/random.ts';
import type { Feeds, Program, ProgramSource } from '../engine/engine.ts';
import { gatherRows, input, reshape } from '../graph/build.ts';
import type { Architecture } from '../model/architecture.ts';
import { withWeights, type Model } from '../model/model.ts';
import { scoreBias } from '../model/parameters.ts';
import type { PlacedModel } from '../model/placed.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { modelGraph, scalarHead, sequenceInputs } from '../model/transformer.ts';
import { schedules } from '../optim/schedule.ts';
import {
  batchOf,
  checkpointIfDue,
  lastSaved,
  report,
  requireFinite,
  type TrainingContext,
} from './context.ts';
import { feedDropout, masksOf, sizesOf } from './dropout.ts';
import { mean } from './estimators.ts';
import { pairwiseLoss } from './losses.ts';
import { Resources } from './resources.ts';
import { ScalarScorer, selectedStates } from './scoring.ts';
import { feedLastRows, feedSequences, float32, int32, type Sequence } from './sequences.ts';
import { BackwardPass, type StepOptions } from './step-graph.ts';
import { Trainee } from './trainee.ts';

/** K completions of one prompt with their ranks: 1 is best, equal ranks are ties. */
export interface RankedCompletions {
  readonly sequences: readonly Sequence[];
  readonly ranks: readonly number[];
}

export interface RewardModelInputs {
  /** A trunk under a scalar head. */
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly rankings: readonly RankedCompletions[];
  /** Held out: only measured. */
  readonly validation: readonly RankedCompletions[];
  /** The trained model's bias is shifted so that these average 0; may be empty. */
  readonly demonstrations: readonly Sequence[];
}

/** Positions of a preferred and another completion among the K. */
export type Pair = readonly [chosen: number, rejected: number];

/** All C(K, 2) pairs of a ranking but the ties (InstructGPT, App. C.2). */
export function pairsOf({ ranks }: RankedCompletions): Pair[] {
  return ranks.flatMap((rank, i) => ranks.flatMap((other, j): Pair[] => (rank < other ? [[i, j]] : [])));
}

/** Optimizer steps of a run over so many rankings that prefer something. */
export const rewardModelSteps = (
  rankings: number,
  { batchSize, epochs }: Pick<RewardModelSettings, 'batchSize' | 'epochs'>,
): number => Math.ceil(rankings / batchSize) * epochs;

/** A reward model from rankings (InstructGPT, §3.5 and App. C.2). */
export async function trainRewardModel(
  context: TrainingContext,
  inputs: RewardModelInputs,
  settings: RewardModelSettings,
): Promise<Model> {
  const { engine, run, seed } = context;
  const rankings = inputs.rankings.filter((ranking) => pairsOf(ranking).length > 0);
  if (rankings.length === 0)
    throw new DataError('no ranking prefers one completion to another; rank some without a tie');
  const total = rewardModelSteps(rankings.length, settings);
  const stepsPerEpoch = total / settings.epochs;

  await using resources = new Resources();
  const { model } = inputs;
  const step = rewardStepGraph(model, settings);
  const masks = masksOf(step);
  const program = resources.keep(await engine.compile(step));
  const scorer = resources.keep(await ScalarScorer.compile(engine, model, settings.microBatchTokens));
  const trainee = resources.keep(await Trainee.start(engine, inputs.model, settings));

  const checkpoint = run.latestCheckpoint();
  if (checkpoint) await trainee.restore(join(checkpoint.path, 'model'));

  for (let step = checkpoint?.step ?? 0; step < total; step++) {
    const batch = batchOf(rankings, settings.batchSize, step, seed);
    const dropoutStream = randomStream(seed, 'dropout', step);
    const { loss, rewards } = await learnFromRankings(program, trainee, batch, settings, (feeds) =>
      feedDropout(dropoutStream, masks, sizesOf(feeds), { residual: 0, adapter: settings.loraDropout }),
    );
    requireFinite(context, step + 1, { loss });
    const rate = settings.learningRate * schedules[settings.schedule](step, total);
    const norm = await trainee.optimizer.step(rate);
    requireFinite(context, step + 1, { grad_norm: norm });

    const done = { step: step + 1, total };
    const evaluated = done.step % stepsPerEpoch === 0 && inputs.validation.length > 0;
    const metrics = {
      loss,
      ...pairMetrics(batch, rewards),
      learning_rate: rate,
      grad_norm: norm,
      ...(evaluated && { eval_accuracy: await pairAccuracy(scorer, trainee.model, inputs.validation) }),
    };
    report(context, { ...done, metrics });
    await checkpointIfDue(context, done, settings, (folder) =>
      trainee.save(join(folder, 'model'), inputs.tokenizer),
    );
  }
  return await centred(lastSaved(context), scorer, trainee.model, inputs.demonstrations);
}

/** What a step's graph depends on beside the model. */
export type RewardStep = StepOptions & Pick<RewardModelSettings, 'loraDropout'>;

/**
 * One forward and backward pass over some prompts' completions: each completion passes once, and every pair of a
 * prompt reads its two rewards.
 */
export function rewardStepGraph(architecture: Architecture, options: RewardStep): ProgramSource {
  const model = modelGraph(architecture, 'scalar');
  const backward = new BackwardPass(options);
  const states = selectedStates(model, sequenceInputs(), {
    onBlock: backward.onBlock,
    adapterDropout: options.loraDropout > 0,
  });
  const rewards = scalarHead(model, states);
  const side = (name: string) => gatherRows(rewards, input(name, 'int32', ['pairs']));
  const loss = pairwiseLoss(side('chosen'), side('rejected'), input('weights', 'float32', ['pairs', 1]));
  // A shift of all rewards changes no preference, so the bias has no gradient: `centred` sets it.
  const learned = new Map([...model.parameters].filter(([name]) => name !== scoreBias));
  return {
    outputs: { loss, rewards: reshape(rewards, ['rows']) },
    gradients: backward.gradients(loss, learned),
  };
}

async function learnFromRankings(
  program: Program,
  trainee: Trainee,
  batch: readonly RankedCompletions[],
  { microBatchTokens }: RewardModelSettings,
  dropout: (feeds: Feeds) => Feeds,
): Promise<{ loss: number; rewards: Float32Array[] }> {
  let loss = 0;
  const rewards: Float32Array[] = [];
  for (const group of groupsOf(batch, microBatchTokens)) {
    const part = group.map((i) => batch[i]!);
    const feeds = feedRankings(part, batch.length);
    const outputs = await program.run(
      { ...feeds, ...dropout(feeds) },
      {
        sets: trainee.model.sets('scalar'),
        gradients: trainee.optimizer.gradients,
      },
    );
    loss += outputs['loss']!.data[0]!;
    let at = 0;
    group.forEach((index, i) => {
      const count = part[i]!.sequences.length;
      rewards[index] = (outputs['rewards']!.data as Float32Array).slice(at, (at += count));
    });
  }
  return { loss, rewards };
}

/** Groups of prompts, never split, whose padded completions stay within `maxTokens`. */
function groupsOf(batch: readonly RankedCompletions[], maxTokens: number): number[][] {
  const longest = (i: number) => Math.max(...batch[i]!.sequences.map(({ ids }) => ids.length));
  const order = batch.map((_, i) => i).sort((a, b) => longest(b) - longest(a) || a - b);
  const groups: number[][] = [];
  let rows = 0;
  for (const index of order) {
    const group = groups.at(-1);
    rows += batch[index]!.sequences.length;
    if (group && rows * longest(group[0]!) <= maxTokens) group.push(index);
    else {
      groups.push([index]);
      rows = batch[index]!.sequences.length;
    }
  }
  return groups;
}

/** Pairs weigh 1 / (pairs of their prompt) / (prompts of the batch). */
function feedRankings(part: readonly RankedCompletions[], prompts: number) {
  const sequences = part.flatMap((ranking) => ranking.sequences);
  const chosen: number[] = [];
  const rejected: number[] = [];
  const weights: number[] = [];
  let first = 0;
  for (const ranking of part) {
    const pairs = pairsOf(ranking);
    for (const [better, worse] of pairs) {
      chosen.push(first + better);
      rejected.push(first + worse);
      weights.push(1 / pairs.length / prompts);
    }
    first += ranking.sequences.length;
  }
  return {
    ...feedSequences(sequences),
    ...feedLastRows(sequences),
    chosen: int32(Int32Array.from(chosen), [chosen.length]),
    rejected: int32(Int32Array.from(rejected), [rejected.length]),
    weights: float32(Float32Array.from(weights), [weights.length, 1]),
  };
}

/** Over all pairs of a batch. */
function pairMetrics(batch: readonly RankedCompletions[], rewards: readonly Float32Array[]) {
  const pairs = batch.flatMap((ranking, i) =>
    pairsOf(ranking).map(([chosen, rejected]) => [rewards[i]![chosen]!, rewards[i]![rejected]!] as const),
  );
  const all = rewards.flatMap((part) => Array.from(part));
  return {
    accuracy: mean(pairs.map(([chosen, rejected]) => Number(chosen > rejected))),
    margin: mean(pairs.map(([chosen, rejected]) => chosen - rejected)),
    chosen_reward: mean(pairs.map(([chosen]) => chosen)),
    rejected_reward: mean(pairs.map(([, rejected]) => rejected)),
    min_reward: Math.min(...all),
    mean_reward: mean(all),
    max_reward: Math.max(...all),
  };
}

/** Share of pairs that a reward model orders as the labeler did; ties are left out. */
export async function pairAccuracy(
  scorer: ScalarScorer,
  model: PlacedModel,
  rankings: readonly RankedCompletions[],
): Promise<number> {
  const flat = await scorer.rewards(
    model,
    rankings.flatMap(({ sequences }) => sequences),
  );
  let at = 0;
  const rewards = rankings.map(({ sequences }) => flat.slice(at, (at += sequences.length)));
  return pairMetrics(rankings, rewards).accuracy;
}

/** Shifts the bias so that demonstrations score 0 on average (InstructGPT, §3.5). */
async function centred(
  model: Model,
  scorer: ScalarScorer,
  placed: PlacedModel,
  demonstrations: readonly Sequence[],
): Promise<Model> {
  if (demonstrations.length === 0) return model;
  const shift = mean(await scorer.rewards(placed, demonstrations));
  const bias = Float32Array.of(model.weights.get(scoreBias)![0]! - shift);
  return { ...model, weights: withWeights(model.weights, new Map([[scoreBias, bias]])) };
}
