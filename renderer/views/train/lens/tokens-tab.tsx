import { ScanText } from 'lucide-react';
import { useMemo } from 'react';
import type { RunDetail, RunSummary } from '../../../../core/contract/calls.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { useCall } from '../../../stores/use-call.ts';
import { useTrain } from '../train-store.ts';
import { useSlowStep } from '../use-slow-step.ts';
import { useLensView } from './lens-store.ts';
import { LensToolbar } from './lens-toolbar.tsx';
import { RolloutList } from './rollout-list.tsx';
import { found, rolloutsOf, sorted } from './rollout-table.ts';
import { StepPicker } from './step-picker.tsx';
import { TokenReadout } from './token-readout.tsx';
import styles from './lens.module.css';

/** Milliseconds between two looks for further rollouts while the run is under way. */
const PACE_MS = 1000;

/** The token lens: a step's rollouts with every token coloured by what PPO made of it. */
export function TokensTab({ run }: { readonly run: RunSummary }) {
  // Rollouts come with the steps, which the list of runs does not tell of.
  const step = useSlowStep(run, PACE_MS);
  const { data: detail, error } = useCall('runs.detail', { path: run.path }, String(step));
  if (error) return <ErrorMessage>{error}</ErrorMessage>;
  if (!detail) return <Spinner label="Looking for rollouts" />;
  if (detail.rolloutSteps.length === 0)
    return (
      <EmptyState icon={ScanText} title="No rollouts yet">
        Every step of PPO keeps its rollouts. The first appear here when the first step is done.
      </EmptyState>
    );
  return <Lens detail={detail} />;
}

function Lens({ detail }: { readonly detail: RunDetail }) {
  const wanted = useTrain((state) => state.step);
  const step = nearestStep(detail.rolloutSteps, wanted);
  const view = useLensView();
  const { data, error } = useCall('runs.rollouts', { path: detail.run.path, step });
  const rollouts = useMemo(
    () => (data ? sorted(found(rolloutsOf(data), view.search), data, view.order, view.descending) : []),
    [data, view.search, view.order, view.descending],
  );
  return (
    <div className={styles.lens}>
      <div className={styles.bar}>
        <StepPicker steps={detail.rolloutSteps} step={step} follows={wanted === null} />
        <LensToolbar view={view} onChange={useLensView.setState} data={data} shown={rollouts.length} />
      </div>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {data && <RolloutList key={data.step} data={data} rollouts={rollouts} view={view} detail={detail} />}
      {data && <TokenReadout data={data} />}
    </div>
  );
}

/** The newest where none is wanted, else the one closest to it. */
function nearestStep(steps: Int32Array, wanted: number | null): number {
  if (wanted === null) return steps.at(-1)!;
  return steps.reduce((best, step) => (Math.abs(step - wanted) < Math.abs(best - wanted) ? step : best));
}
