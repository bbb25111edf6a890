/**
 * Every call of the workbench: what it takes and what it returns. Adding one is a row here and a handler in
 * `core/workbench/handlers`. Both sides check both directions. Values are JSON and typed arrays.
 */
import { z } from 'zod';
import * as e from './entities.ts';

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const nothing = z.strictObject({});
/** The change that was made, for `changes.undo`. */
const Change = z.strictObject({ change: e.Id, count: z.int() });

export const Device = z.strictObject({
  provider: z.string(),
  name: z.string(),
  usable: z.boolean(),
  /** Why it cannot be used, and what to do; or what it is good for. */
  note: z.string(),
});

export const Settings = z.strictObject({
  device: z.enum(['auto', 'cpu', 'webgpu']),
  /** 0: all cores. */
  threads: z.int().min(0).max(1024),
  /** Gigabytes of memory beyond which the trainer stops its work, at a checkpoint if it has one; 0: it never does. */
  memoryGigabytes: z.number().min(0).max(100_000),
  theme: z.enum(['system', 'light', 'dark']),
  /** Command id to key combination, where it differs from the default: `Ctrl+Enter`, `Digit1`. */
  keyBindings: z.record(z.string(), z.string()),
  /** Where new projects go. */
  dataFolder: e.Path,
  labeling: z.strictObject({
    likert: z.boolean(),
    metadataLabels: z.array(e.MetadataLabel),
    /** Share of items another labeler did that are asked again of this one. */
    overlap: z.number().min(0).max(1),
    /** Share of a labeler's own items silently asked again. */
    reask: z.number().min(0).max(1),
    order: z.enum(['random', 'uncertainty']),
    startFromModel: z.boolean(),
  }),
});
export type Settings = z.infer<typeof Settings>;

export const ProjectSummary = z.strictObject({
  path: e.Path,
  name: z.string(),
  starter: z.boolean(),
  counts: z.strictObject({
    prompts: z.int(),
    demonstrations: z.int(),
    completions: z.int(),
    rankings: z.int(),
    runs: z.int(),
  }),
  /** Who is labeling, in every window of the project. */
  labeler: e.Labeler.nullable(),
  guidelines: z.string(),
});
export type ProjectSummary = z.infer<typeof ProjectSummary>;

export const RecentProject = z.strictObject({
  path: e.Path,
  name: z.string(),
  openedAt: e.Time,
  present: z.boolean(),
});

/** A model folder that completions can be sampled from, or that can score them. */
export const ModelFolder = z.strictObject({
  path: e.Path,
  name: z.string(),
  head: z.enum(['language', 'scalar']),
  /** Most tokens of prompt and completion together. */
  context: z.int(),
});

export const Work = z.strictObject({
  id: z.string(),
  kind: z.enum(['sample', 'score', 'import', 'run']),
  title: z.string(),
  state: z.enum(['queued', 'working', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number(),
  /** One sentence: what it does now, or why it failed and what to do. */
  message: z.string(),
  /** For a run that stopped: whether it can go on from a checkpoint. */
  resumable: z.boolean(),
  startedAt: e.Time,
});
export type Work = z.infer<typeof Work>;

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

export const ImportFormat = z.enum(['jsonl', 'json', 'csv', 'tsv', 'parquet']);
/** What the rows of a file are. */
export const ImportLayout = z.enum([
  'prompts',
  'prompt-completion',
  'alpaca',
  'self-instruct',
  'messages',
  'preference',
  'ranking',
]);
export type ImportLayout = z.infer<typeof ImportLayout>;

/** The fields that each layout takes from columns. */
export const importFields: Readonly<
  Record<ImportLayout, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  prompts: { required: ['prompt'], optional: [] },
  'prompt-completion': { required: ['prompt', 'completion'], optional: ['labeler'] },
  alpaca: { required: ['instruction', 'output'], optional: ['input', 'labeler'] },
  'self-instruct': { required: ['instruction', 'instances'], optional: [] },
  messages: { required: ['messages'], optional: ['system', 'labeler'] },
  preference: { required: ['chosen', 'rejected'], optional: ['prompt', 'system', 'labeler'] },
  ranking: { required: ['prompt', 'completions', 'ranks'], optional: ['labeler'] },
};
/** The fields of a prompt that any layout may take from columns. */
export const importPromptFields = ['kind', 'useCase', 'author', 'split'] as const;

/** Field of the workbench to column of the file; a dotted path reaches into nested rows. */
export const ImportMapping = z.strictObject({
  layout: ImportLayout,
  columns: z.record(z.string(), z.string()),
  defaults: e.PromptFields.pick({ kind: true, useCase: true, author: true, split: true }).partial(),
});
export type ImportMapping = z.infer<typeof ImportMapping>;

export const ImportPreview = z.strictObject({
  file: z.string(),
  format: ImportFormat,
  rows: z.int(),
  columns: z.array(z.string()),
  sample: z.array(z.record(z.string(), z.json())),
  suggested: ImportMapping,
});
export type ImportPreview = z.infer<typeof ImportPreview>;

export const ImportReport = z.strictObject({
  prompts: z.int(),
  demonstrations: z.int(),
  rankings: z.int(),
  /** Rows that the project holds already. */
  duplicates: z.int(),
  errors: z.strictObject({
    count: z.int(),
    first: z.array(z.strictObject({ row: z.int(), problem: z.string() })),
  }),
});
export type ImportReport = z.infer<typeof ImportReport>;

export const PersonalDataFinding = z.strictObject({
  promptId: e.Id,
  kind: z.enum(['e-mail', 'phone', 'card', 'address', 'ip address', 'national id', 'iban']),
  start: z.int(),
  end: z.int(),
  text: z.string(),
});

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

export const Snapshot = z.strictObject({
  id: e.Id,
  name: z.string(),
  createdAt: e.Time,
  sha256: z.string(),
  counts: z.strictObject({ prompts: z.int(), demonstrations: z.int(), rankings: z.int() }),
});

export const ExportLayout = z.enum(['prompts', 'prompt-completion', 'messages', 'preference', 'ranking']);

export const RunSummary = z.strictObject({
  path: e.Path,
  name: z.string(),
  algorithm: z.string(),
  createdAt: e.Time,
  step: z.int(),
  state: z.enum(['working', 'stopped', 'finished']),
  resumable: z.boolean(),
});

export const calls = {
  // The application.
  'app.about': call(
    nothing,
    z.strictObject({ version: z.string(), host: z.enum(['electron', 'browser']), platform: z.string() }),
  ),
  'app.settings': call(nothing, Settings),
  'app.changeSettings': call(Settings.partial(), Settings),
  'app.devices': call(
    nothing,
    z.strictObject({ devices: z.array(Device), chosen: z.string(), because: z.string() }),
  ),
  /** Folders below one, for hosts without a native dialog. */
  'app.folders': call(
    z.strictObject({ path: e.Path.optional() }),
    z.strictObject({
      path: e.Path,
      parent: e.Path.nullable(),
      folders: z.array(z.strictObject({ name: z.string(), path: e.Path, project: z.boolean() })),
    }),
  ),

  // Projects.
  'projects.recent': call(nothing, z.array(RecentProject)),
  'projects.forget': call(z.strictObject({ path: e.Path }), nothing),
  'project.create': call(z.strictObject({ path: e.Path, name: e.Name }), ProjectSummary),
  'project.open': call(z.strictObject({ path: e.Path }), ProjectSummary),
  /** The starter project, made in the data folder the first time. */
  'project.openStarter': call(nothing, ProjectSummary),
  'project.current': call(nothing, ProjectSummary.nullable()),
  'project.close': call(nothing, nothing),
  'project.setGuidelines': call(z.strictObject({ text: e.LongText }), nothing),

  // Prompts.
  'prompts.page': call(
    z.strictObject({
      filter: e.PromptFilter.default({}),
      sort: z
        .strictObject({
          by: z.enum(['id', 'text', 'kind', 'useCase', 'author', 'split', 'source', 'createdAt']),
          descending: z.boolean(),
        })
        .default({ by: 'id', descending: false }),
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    z.strictObject({ total: z.int(), rows: z.array(e.Prompt) }),
  ),
  /** Counts over what the filter leaves, and every author and source there is. */
  'prompts.facets': call(
    z.strictObject({ filter: e.PromptFilter.default({}) }),
    z.strictObject({
      total: z.int(),
      kinds: z.record(z.string(), z.int()),
      useCases: z.record(z.string(), z.int()),
      splits: z.record(z.string(), z.int()),
      authors: z.array(z.strictObject({ name: z.string().nullable(), count: z.int() })),
      sources: z.array(z.strictObject({ name: z.string(), count: z.int() })),
    }),
  ),
  'prompts.add': call(z.strictObject({ prompts: z.array(e.PromptFields).min(1).max(1000) }), Change),
  'prompts.edit': call(z.strictObject({ id: e.Id, fields: e.PromptFields.partial() }), Change),
  'prompts.remove': call(
    z.union([z.strictObject({ ids: z.array(e.Id).min(1) }), z.strictObject({ filter: e.PromptFilter })]),
    Change,
  ),
  /** Prompts that are equal but for case and white space, or that begin alike for at least `prefix` characters. */
  'prompts.duplicates': call(
    z.strictObject({ kind: z.enum(['exact', 'prefix']), prefix: z.int().min(10).max(10_000).default(60) }),
    z.strictObject({ groups: z.array(z.array(e.Id).min(2)), surplus: z.int() }),
  ),
  'prompts.personalData': call(nothing, z.array(PersonalDataFinding)),
  /** Replaces the findings by their kind in brackets. */
  'prompts.redact': call(z.strictObject({ findings: z.array(PersonalDataFinding).min(1) }), Change),
  /** Authors with more prompts than allowed, and the prompts beyond it. */
  'prompts.beyondAuthorLimit': call(
    z.strictObject({ most: z.int().min(1).default(200) }),
    z.strictObject({
      authors: z.array(z.strictObject({ name: z.string(), count: z.int() })),
      ids: z.array(e.Id),
    }),
  ),
  /** Deals authors, never parts of one, to the splits. */
  'prompts.splitByAuthor': call(
    z.strictObject({ validation: z.number().min(0).max(1), test: z.number().min(0).max(1), seed: z.int() }),
    Change,
  ),

  // Changes that can be undone, labels among them.
  /** The change that undid it can be undone in its turn. */
  'changes.undo': call(
    z.strictObject({ change: e.Id }),
    z.strictObject({ undone: z.string(), change: e.Id }),
  ),
  /** What a labeler did last in a queue and has not undone; null where there is nothing. */
  'changes.lastLabel': call(
    z.strictObject({ labeler: e.Id, queue: z.enum(['demonstrate', 'rank']) }),
    z.strictObject({ change: e.Id, item: e.Id }).nullable(),
  ),

  // Import and export.
  /** Bytes of a file that only the window can read, part after part; or a path that the host reads itself. */
  'import.begin': call(
    z.strictObject({ file: z.string().min(1), path: e.Path.optional() }),
    z.strictObject({ id: z.string() }),
  ),
  'import.append': call(z.strictObject({ id: z.string(), bytes: z.instanceof(Uint8Array) }), nothing),
  'import.inspect': call(z.strictObject({ id: z.string() }), ImportPreview),
  'import.check': call(z.strictObject({ id: z.string(), mapping: ImportMapping }), ImportReport),
  /** All or nothing; progress comes as `work` events. Rows with errors are left out, duplicates too where asked. */
  'import.commit': call(
    z.strictObject({ id: z.string(), mapping: ImportMapping, skipDuplicates: z.boolean() }),
    ImportReport.extend({ change: e.Id.nullable() }),
  ),
  'import.cancel': call(z.strictObject({ id: z.string() }), nothing),
  /** Writes JSONL in one of TRL's layouts into the project's `exports` folder. */
  'export.write': call(
    z.strictObject({
      layout: ExportLayout,
      filter: e.PromptFilter.default({}),
      includeHeldOut: z.boolean().default(false),
    }),
    z.strictObject({ path: e.Path, rows: z.int() }),
  ),

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

  // Rankings.
  'rank.item': call(QueueAt, RankingItem.nullable()),
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
  'rank.counts': call(z.strictObject({ labeler: e.Id }), e.QueueCounts),
  /** Where the candidates of a submitted item come from. */
  'rank.reveal': call(
    z.strictObject({ item: e.Id, labeler: e.Id }),
    z.array(z.strictObject({ id: e.Id, origin: e.Origin })),
  ),
  /** Samples K completions for each prompt and queues them; a `work` of kind `sample`. */
  'rank.sample': call(
    z.strictObject({
      models: z.array(e.Path).min(1).max(9),
      filter: e.PromptFilter.default({}),
      prompts: z.int().min(1).max(100_000),
      completions: z.int().min(2).max(9),
      temperature: z.number().min(0).max(100).default(1),
      topP: z.number().gt(0).max(1).default(1),
      maxTokens: z.int().min(1).max(100_000).default(64),
      seed: z.int().default(0),
    }),
    z.strictObject({ work: z.string() }),
  ),
  /** Scores waiting items with a reward model, for the order by uncertainty; a `work` of kind `score`. */
  'rank.scoreQueue': call(z.strictObject({ model: e.Path }), z.strictObject({ work: z.string() })),

  // Datasets.
  'snapshots.list': call(nothing, z.array(Snapshot)),
  'snapshots.create': call(z.strictObject({ name: e.Name }), Snapshot),
  /** Rebuilds its files from the history and checks that they are bit for bit the same. */
  'snapshots.rebuild': call(
    z.strictObject({ id: e.Id }),
    z.strictObject({ folder: e.Path, sha256: z.string() }),
  ),

  // Models, runs and work under way.
  'models.list': call(nothing, z.array(ModelFolder)),
  /** Lists a folder from outside the project from now on, in every project. */
  'models.add': call(z.strictObject({ path: e.Path }), ModelFolder),
  'models.forget': call(z.strictObject({ path: e.Path }), nothing),
  'runs.list': call(nothing, z.array(RunSummary)),
  'runs.start': call(
    z.strictObject({
      name: e.Name,
      algorithm: z.enum(['pretrain', 'sft', 'reward-model', 'ppo']),
      model: e.Path,
      rewardModel: e.Path.optional(),
      data: z.record(z.string(), z.array(e.Path)),
      preset: z.enum(['paper', 'small', 'starter']),
      settings: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({}),
      seed: z.int().default(0),
    }),
    z.strictObject({ work: z.string() }),
  ),
  'runs.resume': call(z.strictObject({ path: e.Path }), z.strictObject({ work: z.string() })),
  'work.list': call(nothing, z.array(Work)),
  /** Ends it at the next checkpoint, or between two parts. */
  'work.stop': call(z.strictObject({ id: z.string() }), nothing),
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
/** As a caller writes it: fields with defaults may be left out. */
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>;
/** As a handler receives it. */
export type CallArguments<N extends CallName> = z.output<Calls[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>;
/** As a handler returns it. */
export type CallResult<N extends CallName> = z.input<Calls[N]['output']>;
