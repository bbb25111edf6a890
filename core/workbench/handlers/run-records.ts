import type { RunFolder } from '../../project/run-folder.ts';
import { annotate } from '../run-records/annotations.ts';
import { emptyBin, listBin, removeRun, restoreRun } from '../run-records/bin.ts';
import { detailOf } from '../run-records/detail.ts';
import { diskUse } from '../run-records/disk-use.ts';
import { lineageOf } from '../run-records/lineage.ts';
import { metricsOf } from '../run-records/metrics.ts';
import { rolloutsOf } from '../run-records/rollouts.ts';
import { watchedAnswers } from '../run-records/samples.ts';
import { listSummaries } from '../run-records/summary.ts';
import { requireNoAdapters, requireUnused } from '../run-records/uses.ts';
import { findRun } from '../runs.ts';
import { projectOf, type Handlers, type Service } from '../service.ts';

export const runRecordHandlers = {
  'runs.list': listSummaries,

  'runs.detail': (service, { path }) => detailOf(service, runAt(service, path)),

  'runs.annotate': (service, { path, tags, note }) => {
    annotate(runAt(service, path), { tags, note });
    service.announcer.changed('runs');
    return {};
  },

  'runs.diskUse': async (service) => {
    const runs = listSummaries(service);
    return Promise.all(runs.map(async ({ path }) => ({ path, bytes: await diskUse.of(path) })));
  },

  'runs.remove': async (service, { path }) => {
    const bytes = await diskUse.of(runAt(service, path).path);
    // That took a while: by now another project may be open.
    const run = runAt(service, path);
    requireUnused(service, run);
    requireNoAdapters(projectOf(service), run);
    const id = removeRun(projectOf(service), run, bytes);
    service.announcer.changed('runs', 'models');
    return { id };
  },

  'runs.restore': (service, { id }) => {
    const path = restoreRun(projectOf(service), id);
    service.announcer.changed('runs', 'models');
    return { path };
  },

  'runs.bin': (service) => listBin(projectOf(service)),

  'runs.emptyBin': async (service) => {
    const bytes = await emptyBin(projectOf(service));
    service.announcer.changed('runs');
    return { bytes };
  },

  'runs.metrics': (service, { path, after }) => metricsOf(runAt(service, path), after),

  'runs.samples': (service, { path }) => watchedAnswers(runAt(service, path)),

  'runs.rollouts': (service, { path, step }) => rolloutsOf(runAt(service, path), step),

  'runs.lineage': (service, { path }) => lineageOf(projectOf(service), runAt(service, path)),
} satisfies Handlers<
  | 'runs.list'
  | 'runs.detail'
  | 'runs.annotate'
  | 'runs.diskUse'
  | 'runs.remove'
  | 'runs.restore'
  | 'runs.bin'
  | 'runs.emptyBin'
  | 'runs.metrics'
  | 'runs.samples'
  | 'runs.rollouts'
  | 'runs.lineage'
>;

const runAt = (service: Service, path: string): RunFolder => findRun(projectOf(service), path);
