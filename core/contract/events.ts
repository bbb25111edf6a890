/** Everything the workbench tells its windows without being asked. */
import { z } from 'zod';
import { ProjectSummary, Settings, Work } from './calls.ts';

/** What of the project changed; a window reads again what it shows of it. */
export const changedParts = [
  'prompts',
  'demonstrations',
  'rankings',
  'labelers',
  'snapshots',
  'runs',
  'models',
] as const;

export const events = {
  /** A piece of work began, went on or ended. */
  work: Work,
  project: ProjectSummary.nullable(),
  settings: Settings,
  changed: z.strictObject({ parts: z.array(z.enum(changedParts)) }),
  /** The trainer process died; work that was under way is in `work`, failed and perhaps resumable. */
  trainerCrashed: z.strictObject({ reason: z.string() }),
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventData<N extends EventName> = z.output<Events[N]>;
