import { diagnose } from '../../evaluation/doctor/diagnose.ts';
import { findRun } from '../runs.ts';
import { projectOf, type Handlers } from '../service.ts';

export const doctorHandlers = {
  'runs.doctor': (service, { path }) => {
    const run = findRun(projectOf(service), path);
    return diagnose(run.metricColumns(), run.manifest.configuration);
  },
} satisfies Handlers<'runs.doctor'>;
