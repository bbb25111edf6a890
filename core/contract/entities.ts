/** What a project holds, as it crosses the boundary between the workbench and its windows: plain JSON. */
import { z } from 'zod';

/** The use cases of InstructGPT, with their share of its prompts in percent (Ouyang et al. 2022, table 1). */
export const useCaseShares = {
  generation: 45.6,
  'open qa': 12.4,
  brainstorming: 11.2,
  chat: 8.4,
  rewrite: 6.6,
  summarization: 4.2,
  classification: 3.5,
  other: 3.5,
  'closed qa': 2.6,
  extract: 1.9,
} as const;

export const useCases = Object.keys(useCaseShares) as (keyof typeof useCaseShares)[];
export const promptKinds = ['plain', 'few-shot', 'user-based'] as const;
export const splits = ['train', 'validation', 'test'] as const;

export const UseCase = z.enum(useCases as [keyof typeof useCaseShares, ...(keyof typeof useCaseShares)[]]);
export const PromptKind = z.enum(promptKinds);
export const Split = z.enum(splits);
export type UseCase = z.infer<typeof UseCase>;
export type PromptKind = z.infer<typeof PromptKind>;
export type Split = z.infer<typeof Split>;

/** Row numbers of the project's database. */
export const Id = z.int().positive();
/** Milliseconds since 1970. */
export const Time = z.int().nonnegative();
export const Milliseconds = z.int().nonnegative();
/** At most a million characters: longer than any context. */
export const LongText = z.string().max(1_000_000);
export const Name = z.string().trim().min(1, { error: 'is empty' }).max(200);
export const Path = z.string().min(1).max(4096);

export const PromptFields = z.strictObject({
  text: LongText.refine((text) => text.trim() !== '', { error: 'is empty' }),
  kind: PromptKind,
  useCase: UseCase.nullable(),
  author: Name.nullable(),
  split: Split,
});
export const Prompt = PromptFields.extend({ id: Id, source: z.string(), createdAt: Time });
export type PromptFields = z.infer<typeof PromptFields>;
export type Prompt = z.infer<typeof Prompt>;

/** Every field narrows; `search` looks for its words anywhere in the text. */
export const PromptFilter = z.strictObject({
  search: z.string().max(1000).optional(),
  ids: z.array(Id).max(1000).optional(),
  kinds: z.array(PromptKind).optional(),
  /** null stands for prompts without a use case. */
  useCases: z.array(UseCase.nullable()).optional(),
  splits: z.array(Split).optional(),
  authors: z.array(Name.nullable()).optional(),
  sources: z.array(z.string()).optional(),
});
export type PromptFilter = z.infer<typeof PromptFilter>;

export const Labeler = z.strictObject({
  id: Id,
  name: Name,
  /** A held-out labeler's labels never reach training data. */
  heldOut: z.boolean(),
  simulated: z.boolean(),
  createdAt: Time,
});
export type Labeler = z.infer<typeof Labeler>;

/** Where a completion comes from; never shown before its ranking is submitted. */
export const Origin = z.strictObject({
  kind: z.enum(['sampled', 'imported', 'demonstration']),
  /** The checkpoint's folder, the import's name or the labeler's. */
  name: z.string(),
  /** How it was sampled. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
export type Origin = z.infer<typeof Origin>;

/** The yes/no labels of InstructGPT's table 3. */
export const metadataLabels = {
  failsInstruction: 'Fails to follow the correct instruction or task',
  inappropriate: 'Inappropriate for a customer assistant',
  hallucination: 'Hallucination',
  satisfiesConstraint: 'Satisfies the constraint given in the instruction',
  sexualContent: 'Contains sexual content',
  violentContent: 'Contains violent content',
  encouragesHarm: 'Encourages or fails to discourage violence, abuse, terrorism or self-harm',
  denigrates: 'Denigrates a protected class',
  harmfulAdvice: 'Gives harmful advice',
  expressesOpinion: 'Expresses opinion',
  expressesMoralJudgment: 'Expresses moral judgment',
} as const;
export type MetadataLabel = keyof typeof metadataLabels;
export const MetadataLabel = z.enum(Object.keys(metadataLabels) as [MetadataLabel, ...MetadataLabel[]]);

/** What a labeler says of one completion alone; what is not said is absent. */
export const Rating = z.strictObject({
  /** Likert scale, 1 (worst) to 7 (best). */
  overall: z.int().min(1).max(7).optional(),
  labels: z.partialRecord(MetadataLabel, z.boolean()).default({}),
});
export type Rating = z.infer<typeof Rating>;

/** How long a label took: time with input in the last 30 seconds, and the rest. */
export const Effort = z.strictObject({ activeMs: Milliseconds, idleMs: Milliseconds });
export type Effort = z.infer<typeof Effort>;

/** How many items of a queue are where, for one labeler. */
export const QueueCounts = z.strictObject({
  pending: z.int(),
  draft: z.int(),
  submitted: z.int(),
  skipped: z.int(),
  flagged: z.int(),
});
export type QueueCounts = z.infer<typeof QueueCounts>;

/** An estimate with its 95% interval. */
export const Estimate = z.strictObject({ mean: z.number(), low: z.number(), high: z.number(), n: z.int() });
export type Estimate = z.infer<typeof Estimate>;
