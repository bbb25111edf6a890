/** Where the doctor says that something began, on the charts that show it. */
import { useMemo } from 'react';
import type { Finding, RunSummary } from '../../../../core/contract/calls.ts';
import type { Mark } from '../../../charts/marks.ts';
import type { RunSeries } from '../../../stores/run-series.ts';
import { useCall } from '../../../stores/use-call.ts';
import type { ChartDefinition } from './definitions.ts';
import { useSlowStep } from './use-series-state.ts';

const NONE: readonly Finding[] = [];

/** Of a PPO run, read again every two seconds at most while it goes on; the same array while they are the same. */
export function useFindings({ path, algorithm }: RunSummary, series: RunSeries): readonly Finding[] {
  const step = useSlowStep(series);
  const { data } = useCall('runs.doctor', algorithm === 'ppo' && step > 0 ? { path } : null, String(step));
  const key = JSON.stringify(data ?? NONE);
  return useMemo(() => JSON.parse(key) as readonly Finding[], [key]);
}

/** Those that are seen in the metrics of a chart. */
export const marksOf = ({ metrics }: ChartDefinition, findings: readonly Finding[]): Mark[] =>
  findings
    .filter((finding) => metrics.some(({ metric }) => finding.metrics.includes(metric)))
    .map(({ since, title, severity }) => ({ step: since, label: title, tone: severity }));
