import { join } from 'node:path';
import type { PpoSettings } from '../contract/algorithms.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { Metrics } from '../contract/metrics.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import { randomStream } from '../data/random.ts';
import type { Engine, Feeds, Program, TensorSet } from '../engine/engine.ts';
import { Generator, unfiltered } from '../generation/generate.ts';
import { input, mul } from '../graph/build.ts';
import { gradient } from '../graph/gradient.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ModelConfig } from '../model/config.ts';
import { fromDevice, loadModel, toDevice, type Model } from '../model/model.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { modelGraph, scalarHead, sequenceInputs } from '../model/transformer.ts';
import { schedules, withWarmUp } from '../optim/schedule.ts';
import { checkpointIfDue, report, requireFinite, type TrainingContext } from './context.ts';
import { KlController, mean, variance } from './estimators.ts';
import { policyLoss, valueLoss, weightedSum } from './losses.ts';
import { randomWindow } from './pretrain.ts';
import {
  rolloutMetrics,
  rolloutTensors,
  scoreMissingEnd,
  toEpisodes,
  type Episodes,
  type Rollouts,
} from './rollouts.ts';
import { LogprobScorer, ScalarScorer, selectedStates, targetLogProbabilities } from './scoring.ts';
import {
  feedPredictions,
  feedSequences,
  flatten,
  float32,
  join as joinSequence,
  predictedTokens,
  type Sequence,
} from './sequences.ts';
import { compileSftStep, feedSftStep } from './sft.ts';
import { runInParts, saveModelFolder, Trainee, type Totals } from './trainee.ts';

export interface PpoInputs {
  /** Where the policy starts, and the reference of the KL. */
  readonly policy: Model;
  readonly rewardModel: Model;
  readonly tokenizer: Tokenizer;
  readonly prompts: readonly Int32Array[];
  /** Documents one after another; needed where `ptxCoef` is not 0. */
  readonly pretraining: Int32Array;
  /** Held-out pretraining sequences, measured at every checkpoint's step; may be empty. */
  readonly pretrainingValidation: readonly Sequence[];
  /** The hidden preference of a simulated labeler, measured but never learned from. */
  readonly gold?: (promptNumber: number, completion: string, ended: boolean) => number;
}

/** Iterations of a run. */
export const ppoSteps = ({ episodes, batchSize }: PpoSettings): number => Math.ceil(episodes / batchSize);

/** PPO and, where `ptxCoef` is not 0, PPO-ptx (InstructGPT, §3.5 and App. C.4). Returns the averaged policy. */
export async function trainPpo(
  context: TrainingContext,
  inputs: PpoInputs,
  settings: PpoSettings,
): Promise<Model> {
  const total = ppoSteps(settings);
  const schedule = withWarmUp(schedules[settings.schedule], settings.warmUpIterations, 0.1);
  const ppo = await Ppo.start(context, inputs, settings);

  const checkpoint = context.run.latestCheckpoint();
  if (checkpoint) await ppo.restore(checkpoint.path);

  for (let iteration = checkpoint?.step ?? 0; iteration < total; iteration++) {
    const began = performance.now();
    const promptNumbers = drawPrompts(inputs.prompts.length, settings.batchSize, iteration, context.seed);
    const klCoef = ppo.klController.coefficient;

    const rollouts = await ppo.sample(promptNumbers, iteration);
    const episodes = toEpisodes(rollouts, klCoef, settings);
    const factor = schedule(iteration, total);
    const updated = await ppo.update(episodes, iteration, factor);
    await ppo.average(iteration);
    const measured = rolloutMetrics(episodes, klCoef);
    ppo.klController.update(measured['objective/kl'], settings.batchSize);

    const done = { step: iteration + 1, total };
    const metrics: Metrics = {
      ...measured,
      ...updated,
      ...ppo.gold(episodes, promptNumbers),
      lr: settings.learningRate * factor,
      episode: done.step * settings.batchSize,
      eps: settings.batchSize / ((performance.now() - began) / 1000),
      ...(await ppo.pretrainingLoss(done)),
    };
    context.run.writeRollouts(done.step, rolloutTensors(episodes, promptNumbers));
    context.run.appendSamples(done.step, ppo.samples(episodes));
    report(context, { ...done, metrics });
    await checkpointIfDue(context, done, settings, (folder) => ppo.save(folder));
  }
  const model = await ppo.result();
  await ppo.dispose();
  return model;
}

/** What a checkpoint keeps beside the models. */
interface State {
  /** β now, and as the settings had it. */
  readonly klCoef: number;
  readonly startedFrom: number;
}

/** Everything on the device: five models, their programs and what the run remembers between iterations. */
class Ppo {
  readonly klController: KlController;
  readonly #context: TrainingContext;
  readonly #inputs: PpoInputs;
  readonly #settings: PpoSettings;
  readonly #policy: Trainee;
  readonly #value: Trainee;
  readonly #reference: TensorSet;
  readonly #reward: TensorSet;
  readonly #averaged: TensorSet;
  readonly #ptxGradients: TensorSet | undefined;
  readonly #programs: Programs;

  private constructor(
    context: TrainingContext,
    inputs: PpoInputs,
    settings: PpoSettings,
    models: Models,
    programs: Programs,
  ) {
    this.#context = context;
    this.#inputs = inputs;
    this.#settings = settings;
    this.#policy = models.policy;
    this.#value = models.value;
    this.#reference = models.reference;
    this.#reward = models.reward;
    this.#averaged = models.averaged;
    this.#ptxGradients = settings.ptxCoef > 0 ? models.policy.parameters.sibling() : undefined;
    this.#programs = programs;
    const { klCoef, klControl, klTarget, klHorizon } = settings;
    this.klController = new KlController(
      klCoef,
      klControl === 'adaptive' ? { target: klTarget, horizon: klHorizon } : undefined,
    );
  }

  static async start(context: TrainingContext, inputs: PpoInputs, settings: PpoSettings): Promise<Ppo> {
    requirePretraining(inputs, settings);
    const models = await putModels(context.engine, inputs, settings);
    const programs = await compilePrograms(context.engine, inputs, settings);
    return new Ppo(context, inputs, settings, models, programs);
  }

  /** Samples a completion for every prompt and scores it with the reference, the reward and the value model. */
  async sample(promptNumbers: readonly number[], iteration: number): Promise<Rollouts> {
    const { generator, logprobs, scalar } = this.#programs;
    const { tokenizer } = this.#inputs;
    const prompts = promptNumbers.map((number) => this.#inputs.prompts[number]!);
    const completions = await generator.generate(
      this.#policy.parameters,
      prompts,
      (i) => randomStream(this.#context.seed, 'rollout', iteration, i),
      { maxTokens: this.#settings.responseLength, endToken: tokenizer.eosId, padToken: tokenizer.padId },
    );
    const sequences = completions.map(({ ids }, i) => joinSequence(prompts[i]!, ids));
    const reference = await logprobs.score(this.#reference, sequences);
    const rewards = await scalar.rewards(this.#reward, sequences);
    return {
      prompts,
      completions: completions.map(({ ids }) => ids),
      ended: completions.map(({ ended }) => ended),
      sequences,
      logprobs: completions.map((completion) => completion.logprobs),
      referenceLogprobs: reference.map((scores) => scores.logprobs),
      values: await scalar.values(this.#value.parameters, sequences),
      scores: rewards.map((score, i) => scoreMissingEnd(score, completions[i]!.ended, this.#settings)),
    };
  }

  /** The inner epochs: one optimizer step of policy and value for every minibatch. */
  async update(episodes: Episodes, iteration: number, rateFactor: number): Promise<Metrics> {
    const { innerEpochs, minibatches, learningRate, valueLearningRate } = this.#settings;
    const steps: UpdateStep[] = [];
    for (let epoch = 0; epoch < innerEpochs; epoch++) {
      const stream = randomStream(this.#context.seed, 'minibatches', iteration, epoch);
      const order = stream.shuffle(episodes.sequences.map((_, i) => i));
      for (const [number, indices] of split(order, minibatches).entries()) {
        const minibatch = indices.map((i) => episodes.sequences[i]!);
        const policy = await this.#policyGradient(minibatch, indices, episodes);
        const gradientNorm = await this.#context.engine.norm(this.#policy.optimizer.gradients);
        const ptx = await this.#ptxGradient(minibatch.length, iteration, epoch * minibatches + number);
        const value = await this.#valueGradient(minibatch, indices, episodes);
        requireFinite(this.#context, iteration + 1, {
          'loss/policy_avg': policy['loss']!,
          'loss/value_avg': value['loss']!,
          'policy/grad_norm': gradientNorm,
          'policy/ptx_grad_norm': ptx.gradientNorm,
        });
        await this.#policy.optimizer.step(learningRate * rateFactor);
        const valueGradientNorm = await this.#value.optimizer.step(valueLearningRate * rateFactor);
        requireFinite(this.#context, iteration + 1, { 'value/grad_norm': valueGradientNorm });
        steps.push({ policy, value, ptx, gradientNorm, valueGradientNorm });
      }
    }
    return updateMetrics(steps, this.#settings);
  }

  #policyGradient(minibatch: Sequence[], indices: number[], episodes: Episodes): Promise<Totals> {
    const weight = 1 / countTokens(minibatch);
    const { advantages, logprobs } = episodes;
    return runInParts(
      {
        program: this.#programs.policyStep,
        sets: { policy: this.#policy.parameters },
        gradients: this.#policy.optimizer.gradients,
        maxTokens: this.#settings.microBatchTokens,
      },
      minibatch,
      (part, positions) => {
        const at = positions.map((position) => indices[position]!);
        return {
          ...feedSequences(part),
          ...feedPredictions(part),
          ...feedTokens({ advantages, oldLogprobs: logprobs }, at),
          weights: constantRows(countTokens(part), weight),
        };
      },
      ['ratioError'],
    );
  }

  #valueGradient(minibatch: Sequence[], indices: number[], episodes: Episodes): Promise<Totals> {
    const weight = 1 / countTokens(minibatch);
    const { values, returns } = episodes;
    return runInParts(
      {
        program: this.#programs.valueStep,
        sets: { scalar: this.#value.parameters },
        gradients: this.#value.optimizer.gradients,
        maxTokens: this.#settings.microBatchTokens,
      },
      minibatch,
      (part, positions) => {
        const at = positions.map((position) => indices[position]!);
        return {
          ...feedSequences(part),
          rows: feedPredictions(part)['rows']!,
          ...feedTokens({ oldValues: values, returns }, at),
          weights: constantRows(countTokens(part), weight),
        };
      },
    );
  }

  /** Adds γ times the gradient of the pretraining loss to the policy's (InstructGPT, eq. 2). */
  async #ptxGradient(episodes: number, iteration: number, update: number): Promise<PtxStep> {
    const { ptxCoef, pretrainingPerEpisode, pretrainingLength, microBatchTokens } = this.#settings;
    const gradients = this.#ptxGradients;
    if (!gradients) return { loss: 0, gradientNorm: 0 };
    const stream = randomStream(this.#context.seed, 'pretraining', iteration, update);
    const windows = Array.from({ length: Math.max(1, Math.round(episodes * pretrainingPerEpisode)) }, () =>
      randomWindow(this.#inputs.pretraining, pretrainingLength, stream),
    );
    const weight = ptxCoef / countTokens(windows);
    const { loss } = await runInParts(
      {
        program: this.#programs.ptxStep!,
        sets: { policy: this.#policy.parameters },
        gradients,
        maxTokens: microBatchTokens,
      },
      windows,
      (part) => feedSftStep(part, weight),
    );
    const { engine } = this.#context;
    const gradientNorm = await engine.norm(gradients);
    await engine.addScaled(this.#policy.optimizer.gradients, gradients, 1);
    await engine.zero(gradients);
    return { loss: loss! / ptxCoef, gradientNorm };
  }

  /** Moves the average towards the policy; the first iterations weigh more, so that it forgets its start. */
  average(iteration: number): Promise<void> {
    const decay = Math.min(this.#settings.emaDecay, (1 + iteration) / (10 + iteration));
    return this.#context.engine.lerp(this.#averaged, this.#policy.parameters, 1 - decay);
  }

  async pretrainingLoss({ step, total }: { step: number; total: number }): Promise<Metrics> {
    const { pretrainingValidation } = this.#inputs;
    const due = step % this.#settings.checkpointEvery === 0 || step === total;
    if (!due || pretrainingValidation.length === 0) return {};
    const { untempered, logprobs } = this.#programs;
    const loss = await (untempered ?? logprobs).loss(this.#policy.parameters, pretrainingValidation);
    return { pretraining_loss: loss };
  }

  gold({ completions, ended }: Episodes, promptNumbers: readonly number[]): Metrics {
    const { gold, tokenizer } = this.#inputs;
    if (!gold) return {};
    const scores = completions.map((ids, i) =>
      gold(promptNumbers[i]!, tokenizer.decode(ids, { skipSpecial: true }), ended[i]!),
    );
    return { 'objective/gold': mean(scores) };
  }

  /** A few rollouts as text. */
  samples({ prompts, completions, scores, ended }: Episodes) {
    const { tokenizer } = this.#inputs;
    return prompts.slice(0, 4).map((prompt, i) => ({
      prompt: tokenizer.decode(prompt),
      completion: tokenizer.decode(completions[i]!, { skipSpecial: true }),
      score: scores[i]!,
      ended: ended[i]!,
    }));
  }

  async save(folder: string): Promise<void> {
    const { tokenizer } = this.#inputs;
    await this.#policy.save(join(folder, 'policy'), tokenizer);
    await this.#value.save(join(folder, 'value'), tokenizer);
    saveModelFolder(await this.result(), join(folder, 'model'), tokenizer);
    const state: State = { klCoef: this.klController.coefficient, startedFrom: this.#settings.klCoef };
    writeFileAtomic(join(folder, 'state.json'), JSON.stringify(state));
  }

  async restore(folder: string): Promise<void> {
    await this.#policy.restore(join(folder, 'policy'));
    await this.#value.restore(join(folder, 'value'));
    await this.#averaged.write(Object.fromEntries(loadModel(join(folder, 'model')).weights));
    const { klCoef, startedFrom } = readJson(join(folder, 'state.json')) as State;
    // A fork with another β, or with a fixed one, begins at its own.
    if (this.#settings.klControl === 'adaptive' && startedFrom === this.#settings.klCoef)
      this.klController.coefficient = klCoef;
  }

  /** The averaged policy. */
  result(): Promise<Model> {
    return fromDevice(this.#averaged, this.#inputs.policy);
  }

  async dispose(): Promise<void> {
    this.#policy.dispose();
    this.#value.dispose();
    for (const set of [this.#reference, this.#reward, this.#averaged, this.#ptxGradients]) set?.dispose();
    await Promise.all(
      (Object.values(this.#programs) as Disposable[]).map(async (program) => program?.dispose()),
    );
  }
}

type Disposable = { dispose(): Promise<void> } | undefined;

interface Models {
  readonly policy: Trainee;
  readonly value: Trainee;
  readonly reference: TensorSet;
  readonly reward: TensorSet;
  readonly averaged: TensorSet;
}

/** The value model starts as the reward model (InstructGPT, App. C.4). */
async function putModels(engine: Engine, inputs: PpoInputs, settings: PpoSettings): Promise<Models> {
  const policy = await Trainee.start(engine, inputs.policy, settings);
  const averaged = policy.parameters.sibling();
  await averaged.write(Object.fromEntries(inputs.policy.weights));
  return {
    policy,
    averaged,
    value: await Trainee.start(engine, inputs.rewardModel, settings),
    reference: await toDevice(engine, inputs.policy),
    reward: await toDevice(engine, inputs.rewardModel),
  };
}

interface Programs {
  readonly generator: Generator;
  readonly logprobs: LogprobScorer;
  /** For the pretraining loss, where the policy is sampled at another temperature than 1. */
  readonly untempered: LogprobScorer | undefined;
  readonly scalar: ScalarScorer;
  readonly policyStep: Program;
  readonly valueStep: Program;
  readonly ptxStep: Program | undefined;
}

/** The temperature divides the logits of the policy, the reference and the training pass alike. */
async function compilePrograms(
  engine: Engine,
  { policy, rewardModel }: PpoInputs,
  settings: PpoSettings,
): Promise<Programs> {
  const { temperature, microBatchTokens, ptxCoef } = settings;
  const scorer = (t: number) => LogprobScorer.compile(engine, policy.config, t, microBatchTokens);
  return {
    generator: await Generator.compile(engine, policy.config, unfiltered(temperature)),
    logprobs: await scorer(temperature),
    untempered: temperature === 1 ? undefined : await scorer(1),
    scalar: await ScalarScorer.compile(engine, rewardModel.config, microBatchTokens),
    policyStep: await compilePolicyStep(engine, policy.config, settings),
    valueStep: await compileValueStep(engine, rewardModel.config, settings),
    ptxStep: ptxCoef > 0 ? await compileSftStep(engine, policy.config, false) : undefined,
  };
}

const perToken = (name: string): Tensor => input(name, 'float32', ['rows', 1]);

function compilePolicyStep(engine: Engine, config: ModelConfig, settings: PpoSettings): Promise<Program> {
  const model = modelGraph(config, 'language', 'policy');
  const weights = perToken('weights');
  const { logProbability, entropy } = targetLogProbabilities(model, sequenceInputs(), settings.temperature);
  const outputs = policyLoss(
    logProbability,
    perToken('oldLogprobs'),
    perToken('advantages'),
    weights,
    settings.clipRange,
  );
  return engine.compile({
    outputs: { ...outputs, entropy: weightedSum(entropy, weights) },
    gradients: gradientsOf(outputs.loss, model.parameters),
  });
}

function compileValueStep(engine: Engine, config: ModelConfig, settings: PpoSettings): Promise<Program> {
  const model = modelGraph(config, 'scalar', 'scalar');
  const values = scalarHead(model, selectedStates(model, sequenceInputs()));
  const outputs = valueLoss(
    values,
    perToken('oldValues'),
    perToken('returns'),
    perToken('weights'),
    settings.clipRangeValue,
  );
  return engine.compile({
    outputs,
    gradients: gradientsOf(mul(outputs.loss, settings.vfCoef), model.parameters),
  });
}

function gradientsOf(loss: Tensor, parameters: ReadonlyMap<string, Tensor>): Record<string, Tensor> {
  const gradients = gradient(loss, [...parameters.values()]);
  return Object.fromEntries([...parameters.keys()].map((name, i) => [name, gradients[i]!]));
}

function requirePretraining({ pretraining }: PpoInputs, { ptxCoef, pretrainingLength }: PpoSettings): void {
  if (ptxCoef > 0 && pretraining.length < pretrainingLength)
    throw new ConfigurationError(
      `ptxCoef is ${ptxCoef}, but only ${pretraining.length} tokens of pretraining text were given; give at least ${pretrainingLength}`,
    );
}

/** Prompts of an iteration: every prompt once, in a new order each time around. */
function drawPrompts(count: number, size: number, iteration: number, seed: number): number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const orders = new Map<number, number[]>();
  return Array.from({ length: size }, (_, i) => {
    const episode = iteration * size + i;
    const round = Math.floor(episode / count);
    if (!orders.has(round)) orders.set(round, randomStream(seed, 'prompts', round).shuffle(numbers));
    return orders.get(round)![episode % count]!;
  });
}

/** A list in parts of equal size, the first ones larger by one where it does not divide. */
function split<T>(items: readonly T[], parts: number): T[][] {
  const at = (part: number) => Math.round((part * items.length) / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(at(part), at(part + 1))).filter(
    (part) => part.length > 0,
  );
}

const countTokens = (sequences: readonly Sequence[]) =>
  sequences.reduce((total, sequence) => total + predictedTokens(sequence), 0);

const constantRows = (count: number, value: number) =>
  float32(new Float32Array(count).fill(value), [count, 1]);

/** Per-token numbers of the chosen episodes, end to end. */
function feedTokens(named: Record<string, readonly Float32Array[]>, chosen: readonly number[]): Feeds {
  return Object.fromEntries(
    Object.entries(named).map(([name, parts]) => {
      const flat = flatten(chosen.map((i) => parts[i]!));
      return [name, float32(flat, [flat.length, 1])];
    }),
  );
}

interface PtxStep {
  readonly loss: number;
  readonly gradientNorm: number;
}

interface UpdateStep {
  readonly policy: Totals;
  readonly value: Totals;
  readonly ptx: PtxStep;
  readonly gradientNorm: number;
  readonly valueGradientNorm: number;
}

function updateMetrics(steps: readonly UpdateStep[], { ptxCoef }: PpoSettings): Metrics {
  const average = (of: (step: UpdateStep) => number) => mean(steps.map(of));
  const ratios = steps.map(({ policy }) => policy['ratio']!);
  return {
    'loss/policy_avg': average(({ policy }) => policy['loss']!),
    'loss/value_avg': average(({ value }) => value['loss']!),
    'policy/approxkl_avg': average(({ policy }) => policy['approximateKl']!),
    'policy/clipfrac_avg': average(({ policy }) => policy['clippedShare']!),
    'policy/entropy_avg': average(({ policy }) => policy['entropy']!),
    'val/clipfrac_avg': average(({ value }) => value['clippedShare']!),
    'val/ratio': mean(ratios),
    'val/ratio_var': variance(ratios),
    'val/first_ratio_error': steps[0]!.policy['ratioError']!,
    'policy/grad_norm': average(({ gradientNorm }) => gradientNorm),
    'value/grad_norm': average(({ valueGradientNorm }) => valueGradientNorm),
    ...(ptxCoef > 0 && {
      'loss/ptx_avg': average(({ ptx }) => ptx.loss),
      'policy/ptx_grad_norm': average(({ ptx }) => ptx.gradientNorm),
    }),
  };
}
