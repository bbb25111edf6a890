/** The lines of a chart: each metric of each run that has it. */
import type { RunSummary } from '../../../../core/contract/calls.ts';
import type { Line } from '../../../charts/line.ts';
import type { Path } from '../../../charts/path-points.ts';
import type { RunSeries } from '../../../stores/run-series.ts';
import type { ChartDefinition } from './definitions.ts';

/** A run as charts know it. */
export interface ChartedRun {
  readonly name: string;
  readonly series: RunSeries;
  /** The names of what it has measured so far. */
  readonly metrics: readonly string[];
}

/**
 * One run has a colour for each metric; several have a colour each, and their metrics differ by dashes, or the runs do
 * where there is one metric.
 */
export function linesOf(definition: ChartDefinition, runs: readonly ChartedRun[]): Line[] {
  const shared = runs.length > 1;
  const several = definition.metrics.length > 1;
  return runs.flatMap(({ name, series, metrics }, run) =>
    definition.metrics.flatMap(({ metric, label }, at) => {
      if (!metrics.includes(metric)) return [];
      return {
        id: `${series.path} ${metric}`,
        label: labelOf(name, label, shared, several),
        run: name,
        source: series,
        metric,
        exact: isEvaluation(metric),
        colour: shared ? run : at,
        dash: shared ? (several ? at : run) : 0,
      };
    }),
  );
}

const isEvaluation = (metric: string) => metric.startsWith('eval_') || metric === 'pretraining_loss';

function labelOf(run: string, metric: string, severalRuns: boolean, severalMetrics: boolean): string {
  if (!severalRuns) return metric;
  return severalMetrics ? `${run}: ${metric}` : run;
}

const rewardAgainstKl = { x: 'objective/kl', y: 'objective/scores' } as const;

export const pathsOf = (runs: readonly ChartedRun[]): Path[] =>
  runs.flatMap(({ name, series, metrics }, run) =>
    metrics.includes(rewardAgainstKl.x) && metrics.includes(rewardAgainstKl.y)
      ? { id: series.path, label: name, run: name, source: series, colour: run, ...rewardAgainstKl }
      : [],
  );

/** The run that a line or path belongs to, by its id. */
export const runOf = (id: string, runs: readonly RunSummary[]): RunSummary | undefined =>
  runs.find(({ path }) => id === path || id.startsWith(`${path} `));

/** The step nearest to another among some in order. */
export function nearest(steps: Int32Array, step: number): number | undefined {
  return [...steps].reduce<number | undefined>(
    (best, other) => (best === undefined || Math.abs(other - step) < Math.abs(best - step) ? other : best),
    undefined,
  );
}
