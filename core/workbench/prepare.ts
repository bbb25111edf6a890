import { algorithms, type AlgorithmName } from '../contract/algorithms.ts';
import { ConfigurationError, DataError } from '../contract/errors.ts';
import { resolveSettings } from '../contract/settings.ts';
import { randomStream } from '../data/random.ts';
import { readDemonstrations, readPrompts, readRankings, readTexts, type Ranking } from '../data/records.ts';
import { merged, withScalarHead, type Model } from '../model/model.ts';
import { scoring, storedFor, trainable } from './trainable.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { TrainingContext } from '../training/context.ts';
import { ppoSteps, trainPpo, type PpoInputs } from '../training/ppo.ts';
import { pretrain } from '../training/pretrain.ts';
import {
  pairsOf,
  rewardModelSteps,
  trainRewardModel,
  type RankedCompletions,
} from '../training/reward-model.ts';
import { longest, longestCompletion, type Sequence } from '../training/sequences.ts';
import { sftSteps, trainSft } from '../training/sft.ts';
import type { Gold, PromptTokens } from '../training/watched.ts';
import { withAnswerScorer } from './answer-scorer.ts';
import { mostWatched, type Job, type Role } from './request.ts';
import {
  openFolder,
  openModel,
  readLocated,
  requireHead,
  requireSameTokens,
  type Located,
  type Opened,
} from './sources.ts';
import { requireFitting, type Given, type Settings } from './setting-rules.ts';
import { cutIntoWindows, type TextOptions, type Texts } from './texts.ts';

/** A job whose settings, models and data have all been checked: it has only to be run. */
export interface Prepared {
  /** Every setting, resolved. */
  readonly settings: Readonly<Record<string, number | boolean | string>>;
  readonly tokenizer: Tokenizer;
  /** Steps of the whole run. */
  readonly steps: number;
  readonly train: (context: TrainingContext, gold?: Gold) => Promise<Model>;
}

/** Reads and checks all that a job names, and nothing is written yet. */
export function prepare(job: Job): Prepared {
  return preparers[job.algorithm](job);
}

const settingsOf = <A extends AlgorithmName>(algorithm: A, { preset, settings }: Job) =>
  resolveSettings(algorithms[algorithm], preset, settings) as Settings<A>;

const preparers: { readonly [A in AlgorithmName]: (job: Job) => Prepared } = {
  pretrain: (job) => {
    const settings = settingsOf('pretrain', job);
    const start = openLanguageModel(job);
    requireFitting('pretrain', settings, givenOf(job, start));
    const tokens = documents(job, 'texts', start.texts);
    const validation = cutIntoWindows(documents(job, 'validation', start.texts), settings.sequenceLength);
    const model = merged(start.model);
    const { tokenizer } = start.texts;
    return {
      settings,
      tokenizer,
      steps: settings.steps,
      train: (context) => pretrain(context, { model, tokenizer, tokens, validation }, settings),
    };
  },

  sft: (job) => {
    const settings = settingsOf('sft', job);
    const start = openLanguageModel(job, settings);
    const model = trainable(start, settings, job.seed);
    const { tokenizer, endTokens } = start.texts;
    const limits = { context: model.config.context, maxPromptTokens: settings.maxPromptTokens };
    const demonstrations = readAnswers(job, 'demonstrations', start.texts, limits);
    const validation = readAnswers(job, 'validation', start.texts, limits);
    const rewardModel = openRewardModel(job, start, settings);
    if (rewardModel) requireScorable(validation, start, rewardModel);
    requireFitting('sft', settings, givenOf(job, start, demonstrations.length));
    const pretraining = readMix(job, start.texts, demonstrations);
    const watched = readWatched(job, start.texts, limits);
    return {
      settings,
      tokenizer,
      steps: sftSteps(demonstrations.length, settings),
      train: (context, gold) => {
        const policy = storedFor(context, model);
        const inputs = { tokenizer, endTokens, validation };
        return withAnswerScorer(
          context,
          { ...inputs, policy, rewardModel: rewardModel?.model, settings },
          (score) =>
            trainSft(
              context,
              {
                ...inputs,
                ...{ model: policy, demonstrations, pretraining, watched },
                ...score,
                ...(gold && { gold }),
              },
              settings,
            ),
        );
      },
    };
  },

  'reward-model': (job) => {
    const settings = settingsOf('reward-model', job);
    const start = openModel(job.model, job.seed, settings);
    const given = trainable(start, settings, job.seed);
    const { texts } = start;
    const { tokenizer } = texts;
    const limits = { context: given.config.context };
    const rankings = readRanked(job, 'rankings', texts, limits);
    const validation = readRanked(job, 'validation', texts, limits);
    const demonstrations = readAnswers(job, 'demonstrations', texts, limits);
    const model = given.head === 'scalar' ? given : withScalarHead(given, randomStream(job.seed, 'head'));
    return {
      settings,
      tokenizer,
      steps: rewardModelSteps(rankings.length, settings),
      train: (context) =>
        trainRewardModel(
          context,
          { model: storedFor(context, model), tokenizer, rankings, validation, demonstrations },
          settings,
        ),
    };
  },

  ppo: (job) => {
    const settings = settingsOf('ppo', job);
    const start = openLanguageModel(job, settings);
    const reward = openRewardModel(job, start, settings)!;
    const { tokenizer, endTokens } = start.texts;
    requireFitting('ppo', settings, givenOf(job, start));
    const context = Math.min(start.model.config.context, reward.model.config.context);
    const prompts = readPromptTokens(job, start.texts, context, settings.responseLength);
    const watched = readWatched(job, start.texts, { context: context - settings.responseLength + 1 });
    const pretraining = readPretraining(job, start, settings);
    const length = Math.min(settings.pretrainingLength, start.model.config.context);
    const held = cutIntoWindows(documents(job, 'pretrainingValidation', start.texts), length);
    const inputs: PpoInputs = {
      policy: trainable(start, settings, job.seed),
      rewardModel: scoring(reward, settings, job.seed),
      tokenizer,
      endTokens,
      prompts,
      pretraining,
      pretrainingValidation: held,
      watched,
    };
    return {
      settings,
      tokenizer,
      steps: ppoSteps(settings),
      train: (training, gold) =>
        trainPpo(
          training,
          {
            ...inputs,
            policy: storedFor(training, inputs.policy),
            rewardModel: storedFor(training, inputs.rewardModel),
            ...(gold && { gold }),
          },
          settings,
        ),
    };
  },
};

function openLanguageModel({ algorithm, model, seed }: Job, options: TextOptions = {}): Opened {
  const opened = openModel(model, seed, options);
  requireHead(opened, 'language', `${algorithm} starts from`);
  return opened;
}

const givenOf = (job: Job, { model, where }: Opened, demonstrations = 0): Given => ({
  has: (role) => job.data[role] !== undefined,
  rewardModel: job.rewardModel !== undefined,
  demonstrations,
  model: where,
  context: model.config.context,
});

function openRewardModel({ rewardModel }: Job, policy: Opened, options: TextOptions): Opened | undefined {
  if (rewardModel === undefined) return undefined;
  const opened = openFolder(rewardModel, options);
  requireHead(opened, 'scalar', 'completions are scored by');
  requireSameTokens(opened, policy);
  return opened;
}

/** Answers to the validation prompts become as long as the longest of theirs, where the policy has room. */
function requireScorable(validation: readonly Sequence[], policy: Opened, rewardModel: Opened): void {
  const { context } = rewardModel.model.config;
  const longestPrompt = Math.max(0, ...validation.map(({ start }) => start));
  const needed = Math.min(longestPrompt + longestCompletion(validation), policy.model.config.context);
  if (needed > context)
    throw new ConfigurationError(
      `${rewardModel.where} reads at most ${context} tokens, but a validation prompt with an answer takes up to ${needed}; give a reward model that reads more, or shorter validation demonstrations`,
    );
}

interface Limits {
  readonly context: number;
  readonly maxPromptTokens?: number;
}

/** Throws a `DataError` naming the line where a prompt or a whole text is too long. */
function checkFits({ ids, start }: Sequence, where: () => string, limits: Limits): void {
  const { context, maxPromptTokens = Infinity } = limits;
  if (start >= context)
    throw new DataError(
      `${where()}: the prompt has ${start} tokens, but the model's context is ${context}; shorten it`,
    );
  if (start > maxPromptTokens)
    throw new DataError(
      `${where()}: the prompt has ${start} tokens, but maxPromptTokens is ${maxPromptTokens}; shorten it or raise that`,
    );
  if (ids.length > context)
    throw new DataError(
      `${where()}: prompt and completion have ${ids.length} tokens, but the model's context is ${context}; shorten them`,
    );
}

function readAnswers(job: Job, role: Role, texts: Texts, limits: Limits): Sequence[] {
  return readLocated(job.data[role] ?? [], readDemonstrations).map(({ record, where }) => {
    const sequence = texts.answer(record.prompt, record.completion);
    checkFits(sequence, where, limits);
    return sequence;
  });
}

/** Rankings that prefer something; those with only ties teach nothing and are left out. */
function readRanked(job: Job, role: Role, texts: Texts, limits: Limits): RankedCompletions[] {
  const paths = job.data[role] ?? [];
  const all = readLocated(paths, readRankings).map((located) => toRanked(located, texts, limits));
  const useful = all.filter((ranking) => pairsOf(ranking).length > 0);
  if (paths.length > 0 && useful.length === 0)
    throw new DataError(
      `${paths.join(', ')}: no ranking prefers one completion to another; rank some without a tie`,
    );
  return useful;
}

function toRanked({ record, where }: Located<Ranking>, texts: Texts, limits: Limits): RankedCompletions {
  const ended = endedOf(record, where);
  const sequences = record.completions.map((completion, i) =>
    texts.answer(record.prompt, completion, ended[i]),
  );
  for (const sequence of sequences) checkFits(sequence, where, limits);
  return { sequences, ranks: record.ranks };
}

/** Which completions ended by themselves: the optional field `ended`, one boolean a completion. */
function endedOf({ ended, completions }: Ranking, where: () => string): readonly boolean[] {
  if (ended === undefined) return completions.map(() => true);
  const valid =
    Array.isArray(ended) &&
    ended.length === completions.length &&
    ended.every((value): value is boolean => typeof value === 'boolean');
  if (!valid)
    throw new DataError(
      `${where()}: "ended" must hold true or false for each of the ${completions.length} completions`,
    );
  return ended;
}

/** Prompts that leave room for a whole response, so that no completion is cut short by its neighbours. */
function readPromptTokens(job: Job, texts: Texts, context: number, responseLength: number): PromptTokens[] {
  return readLocated(job.data['prompts']!, readPrompts).map(({ record, where }) => {
    const ids = texts.prompt(record.prompt);
    checkFits({ ids, start: ids.length }, where, { context });
    if (ids.length + responseLength > context)
      throw new DataError(
        `${where()}: the prompt has ${ids.length} tokens, which with responseLength ${responseLength} exceed the context of ${context}; shorten it or lower responseLength`,
      );
    return { text: record.prompt, ids };
  });
}

/** The first prompts to watch that leave room for an answer. */
function readWatched(job: Job, texts: Texts, { context, maxPromptTokens = context }: Limits): PromptTokens[] {
  const watched: PromptTokens[] = [];
  for (const { prompt } of (job.data['watched'] ?? []).flatMap(readPrompts)) {
    const ids = texts.prompt(prompt);
    if (ids.length < context && ids.length <= maxPromptTokens) watched.push({ text: prompt, ids });
    if (watched.length === mostWatched) break;
  }
  return watched;
}

/** All documents of a role as tokens; none where it has no file. */
function documents(job: Job, role: Role, texts: Texts): Int32Array {
  const paths = job.data[role] ?? [];
  if (paths.length === 0) return new Int32Array();
  return texts.documents(paths.flatMap((path) => readTexts(path).map(({ text }) => text)));
}

/** Mixed-in text is cut as long as the longest demonstration, so that its share of tokens is near its share of sequences. */
function readMix(job: Job, texts: Texts, demonstrations: readonly Sequence[]): Sequence[] {
  return cutIntoWindows(documents(job, 'pretraining', texts), longest(demonstrations));
}

function readPretraining(job: Job, start: Opened, settings: Settings<'ppo'>): Int32Array {
  const { ptxCoef, pretrainingLength } = settings;
  const tokens = documents(job, 'pretraining', start.texts);
  if (ptxCoef === 0) return tokens;
  if (tokens.length < pretrainingLength)
    throw new ConfigurationError(
      `ptxCoef is ${ptxCoef}, but there are only ${tokens.length} tokens of pretraining text; give at least ${pretrainingLength} or set it to 0`,
    );
  return tokens;
}
