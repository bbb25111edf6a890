import { join } from 'node:path';
import type { PretrainSettings } from '../contract/algorithms.ts';
import { DataError } from '../contract/errors.ts';
import { randomStream, type RandomStream } from '../data/random.ts';
import { type Model } from '../model/model.ts';
import type { EncodeOptions, Tokenizer } from '../model/tokenizer.ts';
import { schedules, withWarmUp } from '../optim/schedule.ts';
import { checkpointIfDue, lastSaved, report, requireFinite, type TrainingContext } from './context.ts';
import { Resources } from './resources.ts';
import { LogprobScorer } from './scoring.ts';
import { inMicroBatches, predictedTokens, type Sequence } from './sequences.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from './sft.ts';
import { runInParts, Trainee } from './trainee.ts';

export interface PretrainInputs {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  /** Documents one after another, an end token after each. */
  readonly tokens: Int32Array;
  readonly validation: readonly Sequence[];
}

/** Language modelling on plain text: every token but the first of a window is predicted. */
export async function pretrain(
  context: TrainingContext,
  inputs: PretrainInputs,
  settings: PretrainSettings,
): Promise<Model> {
  const { engine, run, seed } = context;
  const total = settings.steps;
  const schedule = withWarmUp(schedules[settings.schedule], settings.warmUpSteps, 0.01);
  await using resources = new Resources();
  const { model } = inputs;
  const program = resources.keep(await engine.compile(sftStepGraph(model, pretrainingStep(settings))));
  const scorer = resources.keep(await LogprobScorer.compile(engine, model, 1, settings.microBatchTokens));
  const trainee = resources.keep(await Trainee.start(engine, inputs.model, settings));

  const checkpoint = run.latestCheckpoint();
  if (checkpoint) await trainee.restore(join(checkpoint.path, 'model'));

  for (let step = checkpoint?.step ?? 0; step < total; step++) {
    const stream = randomStream(seed, 'windows', step);
    const batch = Array.from({ length: settings.batchSize }, () =>
      randomWindow(inputs.tokens, settings.sequenceLength, stream),
    );
    const learned = batch.reduce((count, sequence) => count + predictedTokens(sequence), 0);
    const { loss, entropy, accuracy } = await runInParts(
      {
        program,
        sets: trainee.model.sets('policy'),
        gradients: trainee.optimizer.gradients,
      },
      inMicroBatches(batch, settings.microBatchTokens),
      (part) =>
        feedSftStep(
          part.map((sequence) => [sequence]),
          1 / learned,
        ),
    );
    requireFinite(context, step + 1, { loss: loss! });
    const rate = settings.learningRate * schedule(step, total);
    const norm = await trainee.optimizer.step(rate);
    requireFinite(context, step + 1, { grad_norm: norm });

    const done = { step: step + 1, total };
    const due =
      inputs.validation.length > 0 && (done.step % settings.validationEvery === 0 || done.step === total);
    const metrics = {
      loss: loss!,
      entropy: entropy!,
      mean_token_accuracy: accuracy!,
      num_tokens: done.step * learned,
      learning_rate: rate,
      grad_norm: norm,
      ...(due && { eval_loss: await scorer.loss(trainee.model, inputs.validation) }),
    };
    report(context, { ...done, metrics });
    await checkpointIfDue(context, done, settings, (folder) =>
      trainee.save(join(folder, 'model'), inputs.tokenizer),
    );
  }
  return lastSaved(context);
}

/** A window of `length` tokens at a random place. */
export function randomWindow(tokens: Int32Array, length: number, stream: RandomStream): Sequence {
  const start = stream.integer(Math.max(1, tokens.length - length + 1));
  return { ids: tokens.slice(start, start + length), start: 1 };
}

/** Documents as one array of tokens, an end token after each. */
export function joinDocuments(
  texts: readonly string[],
  tokenizer: Tokenizer,
  options: EncodeOptions = {},
): Int32Array {
  const parts = texts.map((text) => tokenizer.encode(text, options));
  const tokens = new Int32Array(parts.reduce((total, part) => total + part.length + 1, 0));
  if (tokens.length < 2) throw new DataError('the pretraining text is empty; give at least one document');
  let at = 0;
  for (const part of parts) {
    tokens.set(part, at);
    at += part.length;
    tokens[at++] = tokenizer.eosId;
  }
  return tokens;
}
