/** Where the doctor says that something began, on the charts that show it. */
import type { Finding } from '../../../../core/contract/calls.ts';
import type { Mark } from '../../../charts/marks.ts';
import type { ChartDefinition } from './definitions.ts';

/** Those that are seen in the metrics of a chart. */
export const marksOf = ({ metrics }: ChartDefinition, findings: readonly Finding[]): Mark[] =>
  findings
    .filter((finding) => metrics.some(({ metric }) => finding.metrics.includes(metric)))
    .map(({ since, title, severity }) => ({ step: since, label: title, tone: severity }));
