import type { Finding } from '../../contract/calls.ts';
import { diagnose } from '../../evaluation/doctor/diagnose.ts';
import type { MetricColumns } from '../../project/metric-columns.ts';
import { metricsOf } from '../run-records/metrics.ts';
import { findRun } from '../runs.ts';
import { projectOf, type Handlers } from '../service.ts';

/** Of the same metrics there is the same to say. */
const known = new WeakMap<MetricColumns, Finding[]>();

export const doctorHandlers = {
  'runs.doctor': (service, { path }) => {
    const run = findRun(projectOf(service), path);
    const metrics = metricsOf(run);
    const findings = known.get(metrics) ?? diagnose(metrics, run.manifest.configuration);
    known.set(metrics, findings);
    return findings;
  },
} satisfies Handlers<'runs.doctor'>;
