/** Runs in a line each: those on disk, and those that wait for their turn to begin. */
import { basename } from 'node:path';
import { algorithms } from '../../contract/algorithms.ts';
import type { RunSummary, Work } from '../../contract/calls.ts';
import { resolveSettings } from '../../contract/settings.ts';
import type { RunFolder, RunManifest } from '../../project/run-folder.ts';
import type { Job } from '../request.ts';
import { listRuns, openRun, runsOf, stateOf } from '../runs.ts';
import { projectOf, type Service } from '../service.ts';
import { isUnderWay } from '../work/board.ts';
import type { Task, TaskOf } from '../work/protocol.ts';
import { annotationsOf } from './annotations.ts';
import { announceEnd } from './elsewhere.ts';

/** The newest first. */
export function listSummaries(service: Service): RunSummary[] {
  const works = worksOnRuns(service);
  const begun = listRuns(runsOf(projectOf(service))).map((run) => {
    const summary = summarize(run, works.get(run.path));
    if (summary.state === 'working' && !summary.work) announceEnd(service.announcer, run);
    return summary;
  });
  for (const { path } of begun) works.delete(path);
  const waiting = [...works].flatMap(([path, work]) => summarizeWaiting(service, path, work) ?? []);
  return [...begun, ...waiting].sort((a, b) => b.createdAt - a.createdAt);
}

export const summaryOf = (service: Service, run: RunFolder): RunSummary =>
  summarize(run, worksOnRuns(service).get(run.path));

type UnderWay = Work & { readonly state: 'queued' | 'working' };

/** What is queued or under way, by the run that it works on. */
function worksOnRuns({ board }: Service): Map<string, UnderWay> {
  const underWay = (work: Work): work is UnderWay => work.kind === 'run' && isUnderWay(work.state);
  const works = board.list().filter(underWay);
  return new Map(works.flatMap((work) => (work.run === null ? [] : [[work.run, work]])));
}

function summarize(run: RunFolder, work: UnderWay | undefined): RunSummary {
  const { algorithm, createdAt, configuration, seed, steps = 0, parent } = run.manifest;
  const { step = parent?.step ?? 0, ...last } = run.lastMetrics() ?? {};
  const state = work?.state ?? stateOf(run);
  return {
    ...{ path: run.path, name: basename(run.path), algorithm, createdAt: Date.parse(createdAt) },
    ...{ step, steps, state, resumable: state === 'stopped', work: work?.id ?? null },
    ...{ settings: settingsOf(configuration), seed, ...annotationsOf(run), last: finite(last) },
  };
}

/** A run whose folder holds nothing yet: what is known of it is what was asked for. */
function summarizeWaiting({ queue }: Service, path: string, work: UnderWay): RunSummary | undefined {
  const asked = askedOf(queue.taskOf(path));
  if (!asked) return undefined;
  return {
    ...{ path, name: basename(path), createdAt: work.startedAt, step: 0, steps: 0 },
    ...{ state: work.state, resumable: false, work: work.id, tags: [], note: '', last: {} },
    ...asked,
  };
}

type Asked = Pick<RunSummary, 'algorithm' | 'settings' | 'seed'>;

function askedOf(task: Task | undefined): Asked | undefined {
  if (task?.kind === 'run') return askedOfRun(task.request);
  return task?.kind === 'fork' ? askedOfFork(task) : undefined;
}

const askedOfRun = ({ algorithm, preset, settings, seed }: Job): Asked => ({
  ...{ algorithm, seed },
  settings: { ...resolveSettings(algorithms[algorithm], preset, settings) },
});

function askedOfFork({ path, settings }: TaskOf<'fork'>): Asked | undefined {
  const manifest = openRun(path)?.manifest;
  if (!manifest) return undefined;
  const { algorithm, configuration, seed } = manifest;
  return { algorithm, seed, settings: { ...settingsOf(configuration), ...settings } };
}

export function settingsOf(configuration: RunManifest['configuration']): RunSummary['settings'] {
  const plain = (value: unknown) => ['number', 'boolean', 'string'].includes(typeof value);
  return Object.fromEntries(
    Object.entries(configuration).filter(([, value]) => plain(value)),
  ) as RunSummary['settings'];
}

function finite({ time: _, ...metrics }: Readonly<Record<string, number>>): RunSummary['last'] {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
