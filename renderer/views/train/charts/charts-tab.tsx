import { ChartSpline } from 'lucide-react';
import { useMemo } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { useSeries, type RunSeries } from '../../../stores/run-series.ts';
import { useWorkById } from '../../../stores/work.ts';
import { ChartGrid } from './chart-grid.tsx';
import { useSeriesState } from './use-series-state.ts';

interface ChartsTabProps {
  /** The first is the run that is shown, the others are drawn over it. */
  readonly runs: readonly RunSummary[];
}

/** Everything that runs have measured of themselves, live. */
export function ChartsTab({ runs }: ChartsTabProps) {
  const run = runs[0]!;
  const series = useSeries(runs.map(({ path }) => path));
  const state = useSeriesState(series, stateOfFirst);
  const names = useSeriesState(series, namesOfAll);
  const titles = JSON.stringify(runs.map(({ name }) => name));
  const charted = useMemo(() => {
    const metrics = JSON.parse(names) as string[][];
    return (JSON.parse(titles) as string[]).map((name, i) => ({
      name,
      series: series[i]!,
      metrics: metrics[i] ?? [],
    }));
  }, [series, titles, names]);
  if (state === 'drawn') return <ChartGrid runs={runs} charted={charted} />;
  if (state === 'failed') return <ErrorMessage>{series[0]!.error}</ErrorMessage>;
  return state === 'reading' ? <Spinner label="Reading the run…" /> : <NoStepYet run={run} />;
}

const stateOfFirst = ([first]: readonly RunSeries[]) => (first!.length > 0 ? 'drawn' : first!.state);
const namesOfAll = (all: readonly RunSeries[]) => JSON.stringify(all.map(({ names }) => names));

function NoStepYet({ run }: { readonly run: RunSummary }) {
  const work = useWorkById(run.work);
  return (
    <EmptyState icon={ChartSpline} title="No step yet">
      {work?.message || 'The charts appear with the first step.'}
    </EmptyState>
  );
}
