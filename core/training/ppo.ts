import { join } from 'node:path';
import type { PpoSettings } from '../contract/algorithms.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { Metrics } from '../contract/metrics.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import { randomStream } from '../data/random.ts';
import type { Feeds } from '../engine/engine.ts';
import { loadModel, type Model } from '../model/model.ts';
import { fill } from '../model/placed.ts';
import { schedules, withWarmUp } from '../optim/schedule.ts';
import { checkpointIfDue, lastSaved, report, requireFinite, type TrainingContext } from './context.ts';
import { KlController, mean } from './estimators.ts';
import { compilePrograms, putModels, type PpoModels, type PpoPrograms, type PpoStart } from './ppo-device.ts';
import { updateMetrics, type PtxStep, type UpdateStep } from './ppo-metrics.ts';
import { randomWindow } from './pretrain.ts';
import {
  rolloutMetrics,
  rolloutTensors,
  scoreMissingEnd,
  toEpisodes,
  type Episodes,
  type Rollouts,
} from './rollouts.ts';
import { Resources } from './resources.ts';
import {
  feedPredictions,
  feedSequences,
  flatten,
  float32,
  inMicroBatches,
  join as joinSequence,
  microBatches,
  predictedTokens,
  type Sequence,
} from './sequences.ts';
import { feedSftStep } from './sft.ts';
import { runInParts, saveModelFolder, type Totals } from './trainee.ts';
import { watch, type PromptTokens, type WatchInputs } from './watched.ts';

export interface PpoInputs extends PpoStart, WatchInputs {
  readonly prompts: readonly PromptTokens[];
  /** Documents one after another; needed where `ptxCoef` is not 0. */
  readonly pretraining: Int32Array;
  /** Held-out pretraining sequences, measured at every checkpoint's step; may be empty. */
  readonly pretrainingValidation: readonly Sequence[];
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
  requirePretraining(inputs, settings);
  await using resources = new Resources();
  const models = await putModels(context.engine, inputs, settings, resources);
  const programs = await compilePrograms(context.engine, inputs, settings, resources);
  const ppo = new Ppo(context, inputs, settings, models, programs);

  const checkpoint = context.run.latestCheckpoint();
  if (checkpoint) await ppo.restore(checkpoint.path);
  else await ppo.watch({ step: 0, total });

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
    context.run.writeRollouts(done.step, rolloutTensors(episodes, promptNumbers));
    context.run.appendSamples(done.step, ppo.samples(episodes, promptNumbers));
    const metrics: Metrics = {
      ...measured,
      ...updated,
      ...ppo.gold(episodes, promptNumbers),
      lr: settings.learningRate * factor,
      episode: done.step * settings.batchSize,
      eps: settings.batchSize / ((performance.now() - began) / 1000),
      ...(await ppo.pretrainingLoss(done)),
      ...(await ppo.watch(done)),
    };
    report(context, { ...done, metrics });
    await checkpointIfDue(context, done, settings, (folder) => ppo.save(folder));
  }
  return lastSaved(context);
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
  readonly #models: PpoModels;
  readonly #programs: PpoPrograms;

  constructor(
    context: TrainingContext,
    inputs: PpoInputs,
    settings: PpoSettings,
    models: PpoModels,
    programs: PpoPrograms,
  ) {
    this.#context = context;
    this.#inputs = inputs;
    this.#settings = settings;
    this.#models = models;
    this.#programs = programs;
    const { klCoef, klControl, klTarget, klHorizon } = settings;
    this.klController = new KlController(
      klCoef,
      klControl === 'adaptive' ? { target: klTarget, horizon: klHorizon } : undefined,
    );
  }

  /** Samples a completion for every prompt and scores it with the reference, the reward and the value model. */
  async sample(promptNumbers: readonly number[], iteration: number): Promise<Rollouts> {
    const { generator, logprobs, scalar } = this.#programs;
    const { tokenizer, endTokens } = this.#inputs;
    const prompts = promptNumbers.map((number) => this.#inputs.prompts[number]!.ids);
    const completions = await generator.generate(
      this.#models.policy.model,
      prompts,
      (i) => randomStream(this.#context.seed, 'rollout', iteration, i),
      { maxTokens: this.#settings.responseLength, endTokens, padToken: tokenizer.padId },
    );
    const sequences = completions.map(({ ids }, i) => joinSequence(prompts[i]!, ids));
    const reference = await logprobs.score(this.#models.reference, sequences);
    const ended = completions.map((completion) => completion.ended);
    return {
      prompts,
      completions: completions.map(({ ids }) => ids),
      ended,
      sequences,
      logprobs: completions.map((completion) => completion.logprobs),
      referenceLogprobs: reference.map((scores) => scores.logprobs),
      values: await scalar.values(this.#models.value.model, sequences),
      scores: await this.#score(sequences, ended),
    };
  }

  /** Rewards after the missing-end rule. */
  async #score(sequences: readonly Sequence[], ended: readonly boolean[]): Promise<Float32Array> {
    const rewards = await this.#programs.scalar.rewards(this.#models.reward, sequences);
    return rewards.map((reward, i) => scoreMissingEnd(reward, ended[i]!, this.#settings));
  }

  /** The policy's answers to the watched prompts, scored as rollouts are. */
  watch(done: { step: number; total: number }): Promise<Metrics> {
    return watch(this.#context, done, this.#inputs, this.#settings, {
      generator: this.#programs.generator,
      policy: this.#models.policy.model,
      maxTokens: this.#settings.responseLength,
      score: (sequences, ended) => this.#score(sequences, ended),
    });
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
        const gradientNorm = await this.#context.engine.norm(this.#models.policy.optimizer.gradients);
        const ptx = await this.#ptxGradient(minibatch.length, iteration, epoch * minibatches + number);
        const value = await this.#valueGradient(minibatch, indices, episodes);
        requireFinite(this.#context, iteration + 1, {
          'loss/policy_avg': policy['loss']!,
          'loss/value_avg': value['loss']!,
          'policy/grad_norm': gradientNorm,
          'policy/ptx_grad_norm': ptx.gradientNorm,
        });
        await this.#models.policy.optimizer.step(learningRate * rateFactor);
        const valueGradientNorm = await this.#models.value.optimizer.step(valueLearningRate * rateFactor);
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
        sets: this.#models.policy.model.sets('policy'),
        gradients: this.#models.policy.optimizer.gradients,
      },
      microBatches(minibatch, this.#settings.microBatchTokens),
      (positions) => {
        const part = positions.map((position) => minibatch[position]!);
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
        sets: this.#models.value.model.sets('scalar'),
        gradients: this.#models.value.optimizer.gradients,
      },
      microBatches(minibatch, this.#settings.microBatchTokens),
      (positions) => {
        const part = positions.map((position) => minibatch[position]!);
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
    const gradients = this.#models.ptxGradients;
    if (!gradients) return { loss: 0, gradientNorm: 0 };
    const stream = randomStream(this.#context.seed, 'pretraining', iteration, update);
    const windows = Array.from({ length: Math.max(1, Math.round(episodes * pretrainingPerEpisode)) }, () =>
      randomWindow(this.#inputs.pretraining, pretrainingLength, stream),
    );
    const weight = ptxCoef / countTokens(windows);
    const { loss } = await runInParts(
      {
        program: this.#programs.ptxStep!,
        sets: this.#models.policy.model.sets('policy'),
        gradients,
      },
      inMicroBatches(windows, microBatchTokens),
      (part) =>
        feedSftStep(
          part.map((sequence) => [sequence]),
          weight,
        ),
    );
    const { engine } = this.#context;
    const gradientNorm = await engine.norm(gradients);
    await engine.addScaled(this.#models.policy.optimizer.gradients, gradients, 1);
    await engine.zero(gradients);
    return { loss: loss! / ptxCoef, gradientNorm };
  }

  /** Moves the average towards the policy; the first iterations weigh more, so that it forgets its start. */
  average(iteration: number): Promise<void> {
    const decay = Math.min(this.#settings.emaDecay, (1 + iteration) / (10 + iteration));
    return this.#context.engine.lerp(this.#models.averaged.own, this.#models.policy.model.own, 1 - decay);
  }

  async pretrainingLoss({ step, total }: { step: number; total: number }): Promise<Metrics> {
    const { pretrainingValidation } = this.#inputs;
    const due = step % this.#settings.checkpointEvery === 0 || step === total;
    if (!due || pretrainingValidation.length === 0) return {};
    const { untempered, logprobs } = this.#programs;
    const loss = await (untempered ?? logprobs).loss(this.#models.policy.model, pretrainingValidation);
    return { pretraining_loss: loss };
  }

  /** The mean over the prompts that simulated labelers know, if there are any. */
  gold({ prompts, completions, ended }: Episodes, promptNumbers: readonly number[]): Metrics {
    const { gold, tokenizer } = this.#inputs;
    const scores = completions.flatMap((ids, i) => {
      const { text } = this.#inputs.prompts[promptNumbers[i]!]!;
      return gold?.(text, tokenizer.continuation(prompts[i]!, ids), ended[i]!) ?? [];
    });
    return scores.length === 0 ? {} : { 'objective/gold': mean(scores) };
  }

  /** A few rollouts as text. */
  samples({ prompts, completions, scores, ended }: Episodes, promptNumbers: readonly number[]) {
    const { tokenizer } = this.#inputs;
    return prompts.slice(0, 4).map((prompt, i) => ({
      prompt: this.#inputs.prompts[promptNumbers[i]!]!.text,
      completion: tokenizer.continuation(prompt, completions[i]!),
      score: scores[i]!,
      ended: ended[i]!,
    }));
  }

  async save(folder: string): Promise<void> {
    const { tokenizer } = this.#inputs;
    await this.#models.policy.save(join(folder, 'policy'), tokenizer);
    await this.#models.value.save(join(folder, 'value'), tokenizer);
    const averaged = this.#models.averaged.late(this.#inputs.policy);
    await saveModelFolder(averaged, join(folder, 'model'), tokenizer);
    const state: State = { klCoef: this.klController.coefficient, startedFrom: this.#settings.klCoef };
    writeFileAtomic(join(folder, 'state.json'), JSON.stringify(state));
  }

  async restore(folder: string): Promise<void> {
    await this.#models.policy.restore(join(folder, 'policy'));
    await this.#models.value.restore(join(folder, 'value'));
    await fill(this.#models.averaged.own, loadModel(join(folder, 'model')).weights);
    const { klCoef, startedFrom } = readJson(join(folder, 'state.json')) as State;
    // A fork with another β, or with a fixed one, begins at its own.
    if (this.#settings.klControl === 'adaptive' && startedFrom === this.#settings.klCoef)
      this.klController.coefficient = klCoef;
  }
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
