import type { Finding } from '../../contract/calls.ts';
import type { MetricName } from '../../contract/metrics.ts';
import type { ObservedRun } from './series.ts';

/** A finding before it is named after its detector. */
export type Sign = Omit<Finding, 'detector' | 'metrics'> & { readonly metrics: MetricName[] };

/** Silent where a metric that it needs is missing. */
export type Detect = (run: ObservedRun) => Sign | undefined;

/** Three digits, as many as anybody reads. */
export const shown = (value: number): string => String(Number(value.toPrecision(3))).replace('-', '−');

export const percent = (share: number): string => `${shown(share * 100)}%`;
