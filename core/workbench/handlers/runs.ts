import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { algorithms } from '../../contract/algorithms.ts';
import type { CallArguments } from '../../contract/calls.ts';
import { ConfigurationError, ProjectError } from '../../contract/errors.ts';
import { settingProblems } from '../../contract/settings.ts';
import { PARTIAL } from '../../data/files.ts';
import type { Project } from '../../project/project.ts';
import { endJob, holdCheckpoint, requireCheckpoint } from '../jobs.ts';
import { measureTrained } from '../measuring.ts';
import { parseRequest } from '../request.ts';
import { checkRun } from '../run-form/check.ts';
import { resolveRun } from '../run-form/resolve.ts';
import { suggestRun } from '../run-form/suggest.ts';
import { findRun, isResumable, newRunFolder, runsOf } from '../runs.ts';
import { projectOf, type CallsOf, type Handlers, type Service } from '../service.ts';
import type { Task } from '../work/protocol.ts';

export const runHandlers = {
  'runs.suggest': suggestRun,

  'runs.check': checkRun,

  'runs.memory': async (service, form) => {
    const request = await resolveRun(service, form, { anew: false });
    return service.planner.plan({ ...request, out: form.name }, service.queue.means, service.queue.isBusy);
  },

  'runs.start': async (service, form) => ({ work: await start(service, form) }),

  'runs.resume': (service, { path }) => ({ work: resume(service, path) }),

  'runs.fork': async (service, input) => ({ work: await fork(service, input) }),

  'runs.end': async (service, { path }) => {
    const run = findRun(projectOf(service), path);
    // One that is under way makes a checkpoint as it stops.
    await service.queue.stopRun(run.path);
    await endJob(run.path);
    service.announcer.changed('runs', 'models');
    measureTrained(service, run.path);
    return {};
  },

  'work.list': ({ board }) => board.list(),

  'work.stop': async ({ imports, exports, queue, interactive }, { id }) => {
    queue.stop(id);
    interactive.stop(id);
    await Promise.all([imports.cancel(id), exports.cancel(id)]);
    return {};
  },
} satisfies Handlers<
  | 'runs.suggest'
  | 'runs.check'
  | 'runs.memory'
  | 'runs.start'
  | 'runs.resume'
  | 'runs.fork'
  | 'runs.end'
  | CallsOf<'work'>
>;

async function start(service: Service, form: CallArguments<'runs.start'>): Promise<string> {
  const project = projectOf(service);
  const request = await resolveRun(service, form);
  requireOpen(service, project, form.name);
  const out = newRunFolder(runsOf(project), form.name);
  return begin(service, out, form.algorithm, { kind: 'run', request: parseRequest({ ...request, out }) });
}

function resume(service: Service, path: string): string {
  const run = findRun(projectOf(service), path);
  if (!isResumable(run.path))
    throw new ConfigurationError(`${path} is no stopped run: choose one that has not come to its end`);
  const title = `Resume ${basename(run.path)}: ${run.manifest.algorithm}`;
  return add(service, run.path, title, { kind: 'resume', path: run.path });
}

async function fork(
  service: Service,
  { path, step: asked, name, settings }: CallArguments<'runs.fork'>,
): Promise<string> {
  const project = projectOf(service);
  const parent = findRun(project, path);
  const { algorithm } = parent.manifest;
  const checkpoint = requireCheckpoint(parent, asked);
  const [wrong] = settingProblems(algorithms[algorithm], settings);
  if (wrong) throw new ConfigurationError(wrong.message);
  const out = newRunFolder(runsOf(project), name);
  mkdirSync(out, { recursive: true });
  try {
    await holdCheckpoint(checkpoint, out);
    requireOpen(service, project, name);
  } catch (error) {
    removeUnused(out);
    throw error;
  }
  const { step } = checkpoint;
  return begin(service, out, algorithm, { kind: 'fork', path: parent.path, step, settings, out });
}

function requireOpen(service: Service, project: Project, name: string): void {
  if (projectOf(service) !== project)
    throw new ProjectError(`the project ${project.name} was closed before ${name} could begin`);
}

/** The name is taken from now on, though the run may have to wait for its turn. */
function begin(service: Service, out: string, algorithm: string, task: Task): string {
  mkdirSync(out, { recursive: true });
  return add(service, out, `Train ${basename(out)}: ${algorithm}`, task);
}

function add(service: Service, run: string, title: string, task: Task): string {
  const { queue, announcer } = service;
  const onBegun = () => announcer.changed('runs', 'models');
  const onEnded = () => {
    removeUnused(run);
    announcer.changed('runs', 'models');
    measureTrained(service, run);
  };
  return queue.add({ kind: 'run', title, total: 0, task, run, onBegun, onEnded });
}

/** A run that was taken away before it began leaves a folder with nothing of its own. */
function removeUnused(path: string): void {
  if (existsSync(path) && readdirSync(path).every((name) => name.startsWith(PARTIAL)))
    rmSync(path, { recursive: true });
}
