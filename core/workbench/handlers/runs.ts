import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { basename } from 'node:path';
import { algorithms } from '../../contract/algorithms.ts';
import type { CallArguments } from '../../contract/calls.ts';
import { ConfigurationError, ProjectError } from '../../contract/errors.ts';
import { settingProblems } from '../../contract/settings.ts';
import { endJob, requireCheckpoint } from '../jobs.ts';
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

  'runs.start': async (service, form) => ({ work: await start(service, form) }),

  'runs.resume': (service, { path }) => ({ work: resume(service, path) }),

  'runs.fork': (service, input) => ({ work: fork(service, input) }),

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

  'work.stop': async ({ imports, queue, interactive }, { id }) => {
    queue.stop(id);
    interactive.stop(id);
    await imports.cancel(id);
    return {};
  },
} satisfies Handlers<
  'runs.suggest' | 'runs.check' | 'runs.start' | 'runs.resume' | 'runs.fork' | 'runs.end' | CallsOf<'work'>
>;

async function start(service: Service, form: CallArguments<'runs.start'>): Promise<string> {
  const project = projectOf(service);
  const request = await resolveRun(service, form);
  if (projectOf(service) !== project)
    throw new ProjectError(`the project ${project.name} was closed before ${form.name} could begin`);
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

function fork(service: Service, { path, step, name, settings }: CallArguments<'runs.fork'>): string {
  const project = projectOf(service);
  const parent = findRun(project, path);
  const { algorithm } = parent.manifest;
  requireCheckpoint(parent, step);
  const [wrong] = settingProblems(algorithms[algorithm], settings);
  if (wrong) throw new ConfigurationError(wrong.message);
  const out = newRunFolder(runsOf(project), name);
  const task = { kind: 'fork', path: parent.path, settings, out } as const;
  return begin(service, out, algorithm, { ...task, ...(step !== undefined && { step }) });
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

/** A run that was taken away before it began leaves an empty folder. */
function removeUnused(path: string): void {
  if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
}
