/** Everything the workbench tells its windows without being asked. */
import { z } from 'zod';
import { PlayedAnswer, ProjectSummary, Settings, Work } from './calls.ts';
import * as e from './entities.ts';

/** What of the project changed; a window reads again what it shows of it. */
export const changedParts = [
  'prompts',
  'demonstrations',
  'rankings',
  'labelers',
  'snapshots',
  'runs',
  'models',
  'evaluations',
  'rounds',
] as const;

export const events = {
  /** A piece of work began, went on or ended. */
  work: Work,
  /** A step of a run, as soon as it is on disk; values in the order of the names, perhaps not finite. */
  metrics: z.strictObject({
    run: e.Path,
    step: z.int(),
    time: e.Time,
    names: z.array(z.string()),
    values: z.instanceof(Float64Array),
  }),
  play: PlayedAnswer,
  project: ProjectSummary.nullable(),
  settings: Settings,
  changed: z.strictObject({ parts: z.array(z.enum(changedParts)) }),
  /** The trainer process died; work that was under way is in `work`, failed and perhaps resumable. */
  trainerCrashed: z.strictObject({ reason: z.string() }),
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventData<N extends EventName> = z.output<Events[N]>;
