/** The application and its projects. */
import { z } from 'zod';
import * as e from '../entities.ts';
import { call, nothing } from './form.ts';

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
