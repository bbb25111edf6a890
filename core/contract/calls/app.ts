/** The application and its projects. */
import { z } from 'zod';
import * as e from '../entities.ts';
import { call, nothing } from './form.ts';

/** What a device did in about a second, through the engine that trains on it. */
export const DeviceMeasurement = z.strictObject({
  /** Matrix products of float32, 10⁹ operations a second, and the side of the matrices. */
  gigaflops: z.number().positive(),
  size: z.int().positive(),
  /** An update of resident tensors, 10⁹ bytes a second. */
  gigabytesPerSecond: z.number().positive(),
  /** A run that computes next to nothing. */
  emptyRunMilliseconds: z.number().nonnegative(),
  at: e.Time,
});
export type DeviceMeasurement = z.infer<typeof DeviceMeasurement>;

const Provider = z.enum(['cpu', 'webgpu', 'cuda', 'tensorflow']);

export const Device = z.strictObject({
  provider: Provider,
  name: z.string(),
  /** With its version; null where the system does not tell. */
  driver: z.string().nullable(),
  /** Bytes; null where the system does not tell. */
  memory: z
    .strictObject({
      total: z.number().nullable(),
      free: z.number().nullable(),
      /** Whether it is the processor's too. */
      shared: z.boolean(),
    })
    .nullable(),
  /** Whether it stores float16; null where that is not known. */
  float16: z.boolean().nullable(),
  /** Graphics processors that were seen and that it does not use. */
  others: z.array(z.string()),
  usable: z.boolean(),
  /** Why it cannot be used, and what to do; or what it is good for. */
  note: z.string(),
  /** The last time it was measured. */
  measured: DeviceMeasurement.nullable(),
});

export const Settings = z.strictObject({
  device: z.enum(['auto', ...Provider.options]),
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

export const appCalls = {
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
  /** Measures a device, which takes a few seconds; refused while work is under way, which it would measure along. */
  'app.measureDevice': call(z.strictObject({ provider: Provider }), DeviceMeasurement),
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
} as const;
