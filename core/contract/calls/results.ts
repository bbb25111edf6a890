/** Trying models out, evaluating them, rounds of feedback, and reports. */
import { z } from 'zod';
import * as e from '../entities.ts';
import { call, Change, ChatTemplate, ChosenPrompts, Sampling, Started, nothing } from './form.ts';
import { RunSummary } from './training.ts';

const Message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), text: e.LongText });

export const PlayedAnswer = z.strictObject({
  /** The `work` of the question. */
  work: z.string(),
  /** Which of the asked models, and which of its answers. */
  model: z.int(),
  sample: z.int(),
  /** All of it so far. */
  text: z.string(),
  state: z.enum(['writing', 'ended', 'cut']),
  tokens: z.int(),
  reward: z.number().nullable(),
});
export type PlayedAnswer = z.infer<typeof PlayedAnswer>;

const EvaluatedModel = z.strictObject({ path: e.Path, name: z.string() });

export const Evaluation = z.strictObject({
  id: e.Id,
  name: e.Name,
  createdAt: e.Time,
  /** The first is what the others are compared with. */
  models: z.array(EvaluatedModel),
  rewardModel: e.Path.nullable(),
  settings: z.strictObject({
    temperature: z.number(),
    topP: z.number(),
    maxTokens: z.int(),
    seed: z.int(),
    /** Absent: each model's own, where it has one. */
    chatTemplate: z.literal('none').exactOptional(),
  }),
  /** Prompts asked for, those that every model has answered, and those that somebody has judged. */
  prompts: z.int(),
  answered: z.int(),
  judged: z.int(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** How a model of the Play screen reads conversations. */
export const PlayReading = z.strictObject({
  hasTemplate: z.boolean(),
  /** Whether its template shows it a system message. */
  takesSystem: z.boolean(),
  /** What its makers would have it sampled with; null is left open. */
  suggested: z.strictObject({
    temperature: z.number().nullable(),
    topP: z.number().nullable(),
    topK: z.int().nullable(),
  }),
  /** The conversation, token by token as text. */
  text: z.string(),
  tokens: z.int(),
});
export type PlayReading = z.infer<typeof PlayReading>;

/** How often one is preferred to the other, a tie counting half. */
const WinRates = z.strictObject({
  model: z.int(),
  against: z.int(),
  overall: e.Estimate.nullable(),
  /** Of labelers whose labels train, and of those held out. */
  training: e.Estimate.nullable(),
  heldOut: e.Estimate.nullable(),
  byUseCase: z.array(z.strictObject({ useCase: e.UseCase.nullable(), rate: e.Estimate })),
  byLabeler: z.array(z.strictObject({ labeler: e.Labeler, rate: e.Estimate })),
});
export type WinRates = z.infer<typeof WinRates>;

const ModelResults = z.strictObject({
  /** Likert scale, 1 to 7, and how often each was given. */
  overall: e.Estimate.nullable(),
  overallCounts: z.array(z.int()).length(7),
  /** Share of yes among those that said yes or no. */
  labels: z.partialRecord(e.MetadataLabel, e.Estimate),
  reward: e.Estimate.nullable(),
  /** Of the hidden preference, where there is a simulated labeler. */
  gold: e.Estimate.nullable(),
  /** To the first model, nats a completion; null where their tokens differ. */
  kl: e.Estimate.nullable(),
  tokens: e.Estimate.nullable(),
  ended: e.Estimate.nullable(),
});
export type ModelResults = z.infer<typeof ModelResults>;

export const EvaluationReport = z.strictObject({
  evaluation: Evaluation,
  /** How the intervals were made, in a sentence. */
  method: z.string(),
  /** Each other model against the first. */
  winRates: z.array(WinRates),
  /** In the order of the models. */
  models: z.array(ModelResults),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/** Prompts → samples → rankings → reward model → PPO, beginning with the policy of the round before. */
export const Round = z.strictObject({
  id: e.Id,
  /** 1, 2, …: their order. */
  number: z.int(),
  startedAt: e.Time,
  policy: z.strictObject({ path: e.Path, name: z.string() }),
  note: z.string(),
  /** Ranking items sampled in it, and how many of them are ranked. */
  items: z.int(),
  ranked: z.int(),
  rewardModel: RunSummary.nullable(),
  /** Its accuracy on held-out pairs. */
  accuracy: z.number().nullable(),
  ppo: RunSummary.nullable(),
});
export type Round = z.infer<typeof Round>;

export const resultCalls = {
  /** Asks models the same; answers come as `play` events, the best of several by reward where there is one. */
  'play.ask': call(
    z.strictObject({
      models: z.array(e.Path).min(1).max(6),
      /** The last is what is answered. */
      messages: z.array(Message).min(1).max(200),
      rewardModel: e.Path.nullable().default(null),
      /** Answers of every model. */
      samples: z.int().min(1).max(64).default(1),
      ...Sampling,
      /** Only among so many of the likeliest tokens; 0 among all. */
      topK: z.int().min(0).max(1_000_000).default(0),
      ...ChatTemplate,
    }),
    Started,
  ),
  /** The exact text that a model reads of a conversation, none of it yet perhaps, and what is known of how it reads. */
  'play.read': call(
    z.strictObject({ model: e.Path, messages: z.array(Message).max(200), ...ChatTemplate }),
    PlayReading,
  ),

  // Evaluations: blind comparisons on held-out prompts. They are judged on the Rank screen.
  'evaluations.list': call(nothing, z.array(Evaluation)),
  /**
   * Samples every model's answer to every prompt, and has the simulated labelers of the project judge them where
   * asked; a `work` of kind `evaluate`.
   */
  'evaluations.create': call(
    z.strictObject({
      name: e.Name,
      models: z.array(e.Path).min(2).max(9),
      rewardModel: e.Path.nullable().default(null),
      simulated: z.boolean().default(false),
      ...ChosenPrompts,
      ...Sampling,
      ...ChatTemplate,
    }),
    Started.extend({ evaluation: e.Id }),
  ),
  /** Goes on with one that was stopped before all was answered. */
  'evaluations.resume': call(z.strictObject({ id: e.Id }), Started),
  'evaluations.remove': call(z.strictObject({ id: e.Id }), Change),
  'evaluations.report': call(z.strictObject({ id: e.Id }), EvaluationReport),

  // Rounds.
  'rounds.list': call(nothing, z.array(Round)),
  'rounds.start': call(z.strictObject({ policy: e.Path }), Round),
  'rounds.annotate': call(z.strictObject({ id: e.Id, note: z.string().max(10_000) }), nothing),
  'rounds.remove': call(z.strictObject({ id: e.Id }), Change),
  /**
   * Samples completions of the round's policy and queues them. With a reward model, of `outOf` prompts only those
   * whose order it is least sure of are kept.
   */
  'rounds.sample': call(
    z.strictObject({
      round: e.Id,
      ...ChosenPrompts,
      completions: z.int().min(2).max(9),
      informative: z
        .strictObject({ rewardModel: e.Path, outOf: z.int().min(1).max(100_000) })
        .nullable()
        .default(null),
      ...Sampling,
    }),
    Started,
  ),

  /** Writes one self-contained HTML file of a run or a round into the project's `reports` folder. */
  'reports.write': call(
    z.union([z.strictObject({ run: e.Path }), z.strictObject({ round: e.Id })]),
    z.strictObject({ path: e.Path, html: z.string() }),
  ),
} as const;
