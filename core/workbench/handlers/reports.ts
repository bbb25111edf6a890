import { writeReport } from '../report/write.ts';
import type { CallsOf, Handlers } from '../service.ts';

export const reportHandlers = {
  'reports.write': writeReport,
} satisfies Handlers<CallsOf<'reports'>>;
