import { judgeReadiness } from '../../evaluation/reward-readiness.ts';
import { queueMeasure } from '../measuring.ts';
import { readReport } from '../reward-reports.ts';
import { projectOf, type CallsOf, type Handlers } from '../service.ts';

export const rewardModelHandlers = {
  'rewardModels.report': (service, { model }) => readReport(projectOf(service), model),

  'rewardModels.measure': (service, { model }) => ({ work: queueMeasure(service, model) }),

  'rewardModels.readiness': (service, { model }) => judgeReadiness(readReport(projectOf(service), model)),
} satisfies Handlers<CallsOf<'rewardModels'>>;
