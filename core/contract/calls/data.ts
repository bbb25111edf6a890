/** Prompts, their import and export, snapshots of all data, and undo. */
import { z } from 'zod';
import * as e from '../entities.ts';
import { call, Change, nothing } from './form.ts';

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

export const Snapshot = z.strictObject({
  id: e.Id,
  name: z.string(),
  createdAt: e.Time,
  sha256: z.string(),
  counts: z.strictObject({ prompts: z.int(), demonstrations: z.int(), rankings: z.int() }),
});

export const ExportLayout = z.enum(['prompts', 'prompt-completion', 'messages', 'preference', 'ranking']);

export const dataCalls = {
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
    z.strictObject({
      labeler: e.Id,
      queue: z.enum(['demonstrate', 'rank']),
      evaluation: e.Id.optional(),
    }),
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
      /** Prompts and answers as messages instead of texts: the conversational format of TRL. Rankings stay texts. */
      conversational: z.boolean().default(false),
      filter: e.PromptFilter.default({}),
      includeHeldOut: z.boolean().default(false),
    }),
    z.strictObject({ path: e.Path, rows: z.int() }),
  ),

  // Datasets.
  'snapshots.list': call(nothing, z.array(Snapshot)),
  'snapshots.create': call(z.strictObject({ name: e.Name }), Snapshot),
  /** Rebuilds its files from the history and checks that they are bit for bit the same. */
  'snapshots.rebuild': call(
    z.strictObject({ id: e.Id }),
    z.strictObject({ folder: e.Path, sha256: z.string() }),
  ),
} as const;
