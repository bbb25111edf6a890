import type { CallArguments, CallName, CallResult, Settings } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';
import type { Project } from '../project/project.ts';
import type { Announcer, Emit, Part } from './announcer.ts';
import type { Imports } from './imports.ts';
import type { ModelExports } from './model-exports.ts';
import type { MeasuredDevices } from './measured-devices.ts';
import type { AddedModels } from './model-folders.ts';
import type { OpenProject } from './open-project.ts';
import type { RunPlanner } from './run-planner.ts';
import type { RecentProjects } from './recent-projects.ts';
import type { StarterFiles } from './starter-files.ts';
import type { StateFile } from './state-file.ts';
import type { WriteGate } from './write-gate.ts';
import type { WorkBoard } from './work/board.ts';
import type { ThreadCall } from './work/project-calls.ts';
import type { ProjectThread } from './work/project-thread.ts';
import type { WorkQueue } from './work/queue.ts';

/** All that the handlers of calls work with. */
export interface Service {
  readonly host: 'browser' | 'electron';
  readonly settings: StateFile<Settings>;
  readonly recent: RecentProjects;
  readonly measuredDevices: MeasuredDevices;
  readonly addedModels: AddedModels;
  readonly starter: StarterFiles;
  readonly open: OpenProject;
  readonly board: WorkBoard;
  readonly queue: WorkQueue;
  /** Questions that are answered beside the work of the other queue, by a trainer of their own. */
  readonly interactive: WorkQueue;
  readonly planner: RunPlanner;
  readonly imports: Imports;
  readonly exports: ModelExports;
  readonly gate: WriteGate;
  readonly emit: Emit;
  readonly announcer: Announcer;
  /** Tells what the open project is now. */
  readonly announceProject: () => void;
}

export type Handler<N extends CallName> = (
  service: Service,
  input: CallArguments<N>,
) => CallResult<N> | Promise<CallResult<N>>;

/** A handler for every call named. */
export type Handlers<N extends CallName> = { readonly [K in N]: Handler<K> };

/** The calls of a domain: those whose names begin with it. */
export type CallsOf<D extends string> = Extract<CallName, `${D}.${string}`>;

/** The project that is open; throws where there is none. */
export const projectOf = ({ open }: Service): Project => open.project ?? refuse();

const threadOf = ({ open }: Service): ProjectThread => open.thread ?? refuse();

function refuse(): never {
  throw new ProjectError('no project is open: open or create one first');
}

/** Changes the project that was open when it was asked for, and tells of it; throws where another one is by now. */
export async function change<T>(
  service: Service,
  parts: readonly Part[],
  make: (project: Project) => T,
  project = projectOf(service),
): Promise<T> {
  await service.gate.opened();
  if (projectOf(service) !== project)
    throw new ProjectError(`the project ${project.name} was closed before this could be stored in it`);
  const made = make(project);
  service.announcer.changed(...parts);
  return made;
}

/** As `change`, for what takes long enough to be done in a thread of its own. */
export async function changeInThread<N extends ThreadCall>(
  service: Service,
  parts: readonly Part[],
  name: N,
  input: CallArguments<N>,
): Promise<CallResult<N>> {
  await service.gate.opened();
  const made = threadOf(service).ask(name, input);
  service.gate.closeUntil(made);
  const result = await made;
  service.announcer.changed(...parts);
  return result;
}

/** Reads the project in a thread of its own. */
export const readInThread = <N extends ThreadCall>(
  service: Service,
  name: N,
  input: CallArguments<N>,
): Promise<CallResult<N>> => threadOf(service).ask(name, input);
