import { ChartSpline } from 'lucide-react';
import { useMemo } from 'react';
import type { Finding, RunSummary } from '../../../../core/contract/calls.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { useSeries, type RunSeries } from '../../../stores/run-series.ts';
import { useWorkById } from '../../../stores/work.ts';
import { ChartGrid } from './chart-grid.tsx';
import type { ChartedRun } from './lines.ts';
import { useSeriesState } from './use-series-state.ts';

interface ChartsTabProps {
  /** The first is the run that is shown, the others are drawn over it. */
  readonly runs: readonly RunSummary[];
  /** What the doctor finds in the first. */
  readonly findings: readonly Finding[];
}

type Known = Omit<ChartedRun, 'series'>;

/** Everything that runs have measured of themselves, live. */
export function ChartsTab({ runs, findings }: ChartsTabProps) {
  const run = runs[0]!;
  const series = useSeries(runs.map(({ path }) => path));
  const state = useSeriesState(series, stateOfFirst);
  const measured = JSON.parse(useSeriesState(series, namesOfAll)) as string[][];
  const known = JSON.stringify(
    runs.map(({ name, last }, i) => ({
      name,
      metrics: measured[i]!.length > 0 ? measured[i] : Object.keys(last).sort(),
    })),
  );
  const charted = useMemo(
    () => (JSON.parse(known) as Known[]).map((run, i) => ({ ...run, series: series[i]! })),
    [series, known],
  );
  // The charts of another run stay where they are and change their lines, rather than be made anew once it is read.
  const isKnown = state === 'reading' && charted[0]!.metrics.length > 0;
  if (state === 'drawn' || isKnown) return <ChartGrid runs={runs} charted={charted} findings={findings} />;
  if (state === 'failed') return <ErrorMessage>{series[0]!.error}</ErrorMessage>;
  return state === 'reading' ? <Spinner label="Reading the run…" /> : <NoStepYet run={run} />;
}

const stateOfFirst = ([first]: readonly RunSeries[]) => (first!.length > 0 ? 'drawn' : first!.state);
const namesOfAll = (all: readonly RunSeries[]) => JSON.stringify(all.map(({ names }) => names.toSorted()));

function NoStepYet({ run }: { readonly run: RunSummary }) {
  const work = useWorkById(run.work);
  return (
    <EmptyState icon={ChartSpline} title="No step yet">
      {work?.message || 'The charts appear with the first step.'}
    </EmptyState>
  );
}
