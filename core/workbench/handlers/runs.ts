import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { CallArguments } from '../../contract/calls.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { samePath } from '../paths.ts';
import { parseRequest } from '../request.ts';
import { isResumable, listRuns, newRunFolder, runsOf, summarizeRun } from '../runs.ts';
import { projectOf, type CallsOf, type Handlers, type Service } from '../service.ts';
import type { Task } from '../work/protocol.ts';

export const runHandlers = {
  'runs.list': (service) => listRuns(runsOf(projectOf(service))).map(summarizeRun),

  'runs.start': (service, input) => ({ work: start(service, input) }),

  'runs.resume': (service, { path }) => ({ work: resume(service, path) }),

  'work.list': ({ board }) => board.list(),

  'work.stop': async ({ imports, queue }, { id }) => {
    queue.stop(id);
    await imports.cancel(id);
    return {};
  },
} satisfies Handlers<CallsOf<'runs' | 'work'>>;

function start(service: Service, { name, ...asked }: CallArguments<'runs.start'>): string {
  const runs = runsOf(projectOf(service));
  const out = newRunFolder(runs, name);
  const request = parseRequest({ ...asked, out });
  // The name is taken from now on, though the run may have to wait for its turn.
  mkdirSync(out, { recursive: true });
  return add(service, out, `Train ${basename(out)}: ${request.algorithm}`, { kind: 'run', request });
}

function resume(service: Service, path: string): string {
  const run = listRuns(runsOf(projectOf(service))).find((each) => samePath(each.path, path));
  if (!run || !isResumable(run.path))
    throw new ConfigurationError(
      `${path} is no stopped run of this project: choose one from its list of runs`,
    );
  return add(service, run.path, `Resume ${basename(run.path)}: ${run.manifest.algorithm}`, {
    kind: 'resume',
    path: run.path,
  });
}

function add({ queue, announcer }: Service, run: string, title: string, task: Task): string {
  const onBegun = () => announcer.changed('runs', 'models');
  const onEnded = () => {
    removeUnused(run);
    announcer.changed('runs', 'models');
  };
  return queue.add({ kind: 'run', title, total: 0, task, run, onBegun, onEnded });
}

/** A run that was taken away before it began leaves an empty folder. */
function removeUnused(path: string): void {
  if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
}
