/** What the backend and the trainer process say to each other; both check what they hear. */
import { z } from 'zod';
import { MemoryVerdict, PlayedAnswer, Settings } from '../../contract/calls.ts';
import { Id, LongText, Path, Time } from '../../contract/entities.ts';
import { RequestForm } from '../request.ts';

/** How the trainer computes. */
export const Means = Settings.pick({ device: true, threads: true, memoryGigabytes: true }).extend({
  /** The file of what was measured of the memory that runs take. */
  calibrations: Path.exactOptional(),
});
export type Means = z.infer<typeof Means>;

const Sampling = {
  temperature: z.number().min(0),
  topP: z.number().gt(0).max(1),
  maxTokens: z.int().min(1),
  seed: z.int(),
};
const ChatTemplate = { chatTemplate: z.enum(['auto', 'none']).exactOptional() };
const Prompt = z.strictObject({ id: Id, text: LongText });

export const SampleTask = z.strictObject({
  kind: z.literal('sample'),
  /** Completions are dealt to them in turn. */
  models: z.array(Path).min(1),
  prompts: z.array(Prompt),
  /** Of every prompt. */
  completions: z.int().min(1),
  /** Only so many prompts are told, those whose order the reward model is least sure of; without it, all. */
  keep: z.strictObject({ rewardModel: Path, prompts: z.int().min(1) }).optional(),
  ...Sampling,
});
export type SampleTask = z.infer<typeof SampleTask>;

export const ScoreTask = z.strictObject({
  kind: z.literal('score'),
  model: Path,
  items: z.array(z.strictObject({ id: Id, prompt: LongText, completions: z.array(LongText) })),
});
export type ScoreTask = z.infer<typeof ScoreTask>;

/** As `score`, but of what was ranked already, and told all at once. */
export const MeasureTask = ScoreTask.extend({ kind: z.literal('measure') });
export type MeasureTask = z.infer<typeof MeasureTask>;

/** One question to some models. */
export const PlayTask = z.strictObject({
  kind: z.literal('play'),
  models: z.array(Path).min(1),
  prompt: LongText,
  /** Of the same tokens as all the models. */
  rewardModel: Path.nullable(),
  /** Answers of every model. */
  samples: z.int().min(1),
  ...Sampling,
  topK: z.int().min(0).exactOptional(),
  ...ChatTemplate,
});
export type PlayTask = z.infer<typeof PlayTask>;

export const EvaluateTask = z.strictObject({
  kind: z.literal('evaluate'),
  /** Of the project; the trainer knows nothing of it. */
  evaluation: Id,
  /** The first is what the others are compared with. */
  models: z.array(Path).min(1),
  prompts: z.array(Prompt),
  rewardModel: Path.nullable(),
  /** Whether simulated labelers rank the answers. */
  simulated: z.boolean(),
  ...Sampling,
  ...ChatTemplate,
});
export type EvaluateTask = z.infer<typeof EvaluateTask>;

const RunTask = z.strictObject({ kind: z.literal('run'), request: RequestForm });
const ResumeTask = z.strictObject({ kind: z.literal('resume'), path: Path });
const ForkTask = z.strictObject({
  kind: z.literal('fork'),
  path: Path,
  /** Of a kept checkpoint; the latest by default. */
  step: z.int().optional(),
  settings: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  out: Path,
});

/** Says what memory a run would take, and begins nothing. */
const PlanTask = z.strictObject({
  kind: z.literal('plan'),
  request: RequestForm,
  /** Whether what others take now is free by the time the run begins. */
  alone: z.boolean(),
});

export const Task = z.discriminatedUnion('kind', [
  PlanTask,
  SampleTask,
  ScoreTask,
  MeasureTask,
  PlayTask,
  EvaluateTask,
  RunTask,
  ResumeTask,
  ForkTask,
]);
export type Task = z.infer<typeof Task>;
export type TaskOf<K extends Task['kind']> = Extract<Task, { kind: K }>;

export const Order = z.discriminatedUnion('type', [
  /** One task at a time: the next only once the last has ended. */
  z.strictObject({ type: z.literal('start'), task: Task, means: Means }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type Order = z.infer<typeof Order>;

/** A prompt's completions, once there are all of them. */
const Sampled = z.strictObject({
  type: z.literal('sampled'),
  prompt: Id,
  completions: z.array(z.strictObject({ model: Path, text: z.string(), ended: z.boolean() })),
  /** How little the reward model knows of their order, where only the least certain are told. */
  uncertainty: z.number().optional(),
});
/** An answer as far as it is written. */
const Played = PlayedAnswer.omit({ work: true }).extend({ type: z.literal('played') });
/** A prompt's answers, one of each model in their order. */
const Answered = z.strictObject({
  type: z.literal('answered'),
  prompt: Id,
  completions: z.array(
    z.strictObject({
      text: z.string(),
      ended: z.boolean(),
      /** The end token included. */
      tokens: z.int(),
      reward: z.number().nullable(),
      /** Σ log π − log π of the first model, nats; null where that cannot read the model's tokens. */
      kl: z.number().nullable(),
      gold: z.number().nullable(),
    }),
  ),
  /** Of simulated labelers; ranks in the order of the answers, 1 best. */
  rankings: z.array(z.strictObject({ labeler: z.string(), ranks: z.array(z.int()) })),
});
/** The rewards of an item's completions, in their order. */
const Scored = z.strictObject({ type: z.literal('scored'), item: Id, rewards: z.array(z.number()) });
/** What a reward model gives completions in the order of each item; lengths in tokens, the end token included. */
const Measured = z.strictObject({
  type: z.literal('measured'),
  items: z.array(z.strictObject({ item: Id, rewards: z.array(z.number()), lengths: z.array(z.int()) })),
});
const Planned = z.strictObject({ type: z.literal('planned'), verdict: MemoryVerdict });
/** What a training step measured, in the order of the names; perhaps not finite. */
const StepMetrics = z.strictObject({
  step: z.int(),
  time: Time,
  names: z.array(z.string()),
  values: z.instanceof(Float64Array),
});
export type StepMetrics = z.infer<typeof StepMetrics>;

const Progressed = z.strictObject({
  type: z.literal('progress'),
  done: z.number(),
  total: z.number(),
  message: z.string(),
  /** Of a run: the step that it has just made, which is on disk. */
  metrics: StepMetrics.optional(),
});
const Ended = z.strictObject({
  type: z.literal('ended'),
  state: z.enum(['done', 'cancelled', 'failed']),
  message: z.string(),
  /** The process cannot use its device any more: what comes next needs another. */
  spent: z.boolean().optional(),
});

export const Report = z.discriminatedUnion('type', [
  Sampled,
  Scored,
  Measured,
  Played,
  Answered,
  Planned,
  Progressed,
  Ended,
]);
export type Report = z.infer<typeof Report>;
export type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>;
