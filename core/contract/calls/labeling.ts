/** Labelers, demonstrations and rankings. */
import { z } from 'zod';
import * as e from '../entities.ts';
import { call, Change, ChosenPrompts, nothing, Sampling, Started } from './form.ts';

export const DemonstrationItem = z.strictObject({
  prompt: e.Prompt,
  /** Kept as it is typed. */
  draft: z.string().nullable(),
  status: z.enum(['pending', 'draft', 'submitted', 'skipped']),
  flag: z.string().nullable(),
  /** What this labeler submitted last. */
  submitted: z.string().nullable(),
});

/** A candidate of a ranking as a labeler sees it: no origin. */
export const Candidate = z.strictObject({ id: e.Id, text: z.string() });

const RankingAnswer = z.strictObject({
  ratings: z.record(z.string(), e.Rating).default({}),
  /** Completion id to rank, 1 best, equal is a tie; what is not ranked is absent. */
  ranks: z.record(z.string(), z.int().min(1).max(9)).default({}),
});
/** `bothBad` only of two completions: a tie in which both are unacceptable. */
const Verdict = z.enum(['ranked', 'bothBad']);
/** Without a verdict it is ranked. */
export const RankingDraft = RankingAnswer.extend({ verdict: Verdict.optional() });
export type RankingDraft = z.infer<typeof RankingDraft>;

export const RankingItem = z.strictObject({
  id: e.Id,
  prompt: e.Prompt,
  /** In the order in which this labeler sees them. */
  candidates: z.array(Candidate),
  seed: z.int(),
  draft: RankingDraft.nullable(),
  status: z.enum(['pending', 'draft', 'submitted', 'skipped']),
  flag: z.string().nullable(),
  /** What this labeler submitted last. */
  submitted: RankingDraft.nullable().default(null),
});
export type RankingItem = z.infer<typeof RankingItem>;

const QueueAt = z.strictObject({
  labeler: e.Id,
  /** The item to stand at; without it, the first that is pending. */
  item: e.Id.optional(),
  move: z.enum(['stay', 'next', 'previous']).default('stay'),
});
/** Of an evaluation's items, whose labels never train; without it, of the items that do. */
const OfEvaluation = { evaluation: e.Id.optional() };

export const LabelerReport = z.strictObject({
  labeler: e.Labeler,
  rankings: z.int(),
  demonstrations: z.int(),
  medianActiveMs: z.number().nullable(),
  /** Share of pairs ordered alike: with other labelers, with oneself on silent re-asks, with the screening answers. */
  agreement: e.Estimate.nullable(),
  selfAgreement: e.Estimate.nullable(),
  screening: e.Estimate.nullable(),
});

export const labelingCalls = {
  // Labelers.
  'labelers.list': call(nothing, z.array(e.Labeler)),
  'labelers.add': call(z.strictObject({ name: e.Name }), e.Labeler),
  'labelers.change': call(
    z.strictObject({ id: e.Id, name: e.Name.optional(), heldOut: z.boolean().optional() }),
    e.Labeler,
  ),
  /** Who is labeling from now on. */
  'labelers.choose': call(z.strictObject({ id: e.Id }), e.Labeler),
  'labelers.report': call(nothing, z.array(LabelerReport)),
  /** The ranking items that screen labelers, and whose answers are the truth; null where there are none. */
  'labelers.screening': call(nothing, z.strictObject({ owner: e.Id, items: z.array(e.Id) }).nullable()),
  /** Marks ranking items as screening, with the owner's answers as the truth. */
  'labelers.setScreening': call(z.strictObject({ owner: e.Id, items: z.array(e.Id) }), nothing),

  // Demonstrations.
  'demonstrate.item': call(QueueAt, DemonstrationItem.nullable()),
  'demonstrate.saveDraft': call(z.strictObject({ labeler: e.Id, prompt: e.Id, text: e.LongText }), nothing),
  'demonstrate.submit': call(
    z.strictObject({
      labeler: e.Id,
      prompt: e.Id,
      text: e.LongText.refine((text) => text.trim() !== '', { error: 'is empty' }),
      effort: e.Effort,
      /** The model whose answer it began from. */
      startedFrom: z.string().nullable().default(null),
    }),
    Change,
  ),
  'demonstrate.skip': call(
    z.strictObject({ labeler: e.Id, prompt: e.Id, reason: e.Name, effort: e.Effort }),
    Change,
  ),
  'demonstrate.flag': call(z.strictObject({ labeler: e.Id, prompt: e.Id, reason: e.Name }), Change),
  'demonstrate.counts': call(z.strictObject({ labeler: e.Id }), e.QueueCounts),
  /** Tokens of prompt and text by a model's tokenizer. */
  'demonstrate.countTokens': call(
    z.strictObject({ model: e.Path, prompt: e.LongText, text: e.LongText }),
    z.strictObject({ prompt: z.int(), text: z.int(), context: z.int() }),
  ),
  /** An answer of a model to begin from; only where the settings allow it. */
  'demonstrate.modelAnswer': call(
    z.strictObject({ model: e.Path, prompt: e.Id }),
    z.strictObject({ text: e.LongText }),
  ),

  /** Queues an exchange from elsewhere: its prompt, added where it is new, with the text as the labeler's draft. */
  'demonstrate.add': call(
    z.strictObject({ labeler: e.Id, prompt: e.PromptFields.shape.text, text: e.LongText }),
    z.strictObject({ prompt: e.Id }),
  ),

  // Rankings.
  'rank.item': call(QueueAt.extend(OfEvaluation), RankingItem.nullable()),
  'rank.saveDraft': call(z.strictObject({ labeler: e.Id, item: e.Id, draft: RankingDraft }), nothing),
  'rank.submit': call(
    z.strictObject({
      labeler: e.Id,
      item: e.Id,
      verdict: Verdict.default('ranked'),
      answer: RankingAnswer,
      shownOrder: z.array(e.Id).min(2),
      seed: z.int(),
      effort: e.Effort,
    }),
    Change,
  ),
  'rank.skip': call(z.strictObject({ labeler: e.Id, item: e.Id, reason: e.Name, effort: e.Effort }), Change),
  'rank.flag': call(z.strictObject({ labeler: e.Id, item: e.Id, reason: e.Name }), Change),
  'rank.counts': call(z.strictObject({ labeler: e.Id, ...OfEvaluation }), e.QueueCounts),
  /** Where the candidates of a submitted item come from. */
  'rank.reveal': call(
    z.strictObject({ item: e.Id, labeler: e.Id }),
    z.array(z.strictObject({ id: e.Id, origin: e.Origin })),
  ),
  /**
   * Queues completions from elsewhere to be ranked together; the prompt is added where it is new. With `more`, so
   * many others are sampled first, and it is queued once there are all.
   */
  'rank.add': call(
    z.strictObject({
      prompt: e.PromptFields.shape.text,
      completions: z
        .array(z.strictObject({ text: e.LongText, origin: e.Origin }))
        .min(1)
        .max(9),
      more: z
        .strictObject({ model: e.Path, count: z.int().min(1).max(8) })
        .nullable()
        .default(null),
    }),
    z.strictObject({ item: e.Id.nullable(), work: z.string().nullable() }),
  ),
  /** Samples K completions for each prompt and queues them; a `work` of kind `sample`. */
  'rank.sample': call(
    z.strictObject({
      models: z.array(e.Path).min(1).max(9),
      ...ChosenPrompts,
      completions: z.int().min(2).max(9),
      ...Sampling,
    }),
    Started,
  ),
  /** Scores waiting items with a reward model, for the order by uncertainty; a `work` of kind `score`. */
  'rank.scoreQueue': call(z.strictObject({ model: e.Path }), Started),
} as const;
