/** What the backend and the trainer process say to each other; both check what they hear. */
import { z } from 'zod';
import { Settings } from '../../contract/calls.ts';
import { Id, LongText, Path } from '../../contract/entities.ts';
import { RequestForm } from '../request.ts';

/** How the trainer computes. */
export const Means = Settings.pick({ device: true, threads: true, memoryGigabytes: true });
export type Means = z.infer<typeof Means>;

export const SampleTask = z.strictObject({
  kind: z.literal('sample'),
  /** Completions are dealt to them in turn. */
  models: z.array(Path).min(1),
  prompts: z.array(z.strictObject({ id: Id, text: LongText })),
  /** Of every prompt. */
  completions: z.int().min(1),
  temperature: z.number().min(0),
  topP: z.number().gt(0).max(1),
  maxTokens: z.int().min(1),
  seed: z.int(),
});
export type SampleTask = z.infer<typeof SampleTask>;

export const ScoreTask = z.strictObject({
  kind: z.literal('score'),
  model: Path,
  items: z.array(z.strictObject({ id: Id, prompt: LongText, completions: z.array(LongText) })),
});
export type ScoreTask = z.infer<typeof ScoreTask>;

const RunTask = z.strictObject({ kind: z.literal('run'), request: RequestForm });
const ResumeTask = z.strictObject({ kind: z.literal('resume'), path: Path });

export const Task = z.discriminatedUnion('kind', [SampleTask, ScoreTask, RunTask, ResumeTask]);
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
  completions: z.array(
    z.strictObject({ model: Path, text: z.string(), ended: z.boolean(), logprob: z.number() }),
  ),
});
/** The rewards of an item's completions, in their order. */
const Scored = z.strictObject({ type: z.literal('scored'), item: Id, rewards: z.array(z.number()) });
const Progressed = z.strictObject({
  type: z.literal('progress'),
  done: z.number(),
  total: z.number(),
  message: z.string(),
});
const Ended = z.strictObject({
  type: z.literal('ended'),
  state: z.enum(['done', 'cancelled', 'failed']),
  message: z.string(),
});

export const Report = z.discriminatedUnion('type', [Sampled, Scored, Progressed, Ended]);
export type Report = z.infer<typeof Report>;
export type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>;
