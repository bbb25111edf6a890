import { Plus, Table, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useRef, type RefObject } from 'react';
import type { RunSummary } from '../../../core/contract/calls.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Toolbar } from '../../components/page.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { takeIntent, useIntents } from '../../stores/intents.ts';
import { useProject } from '../../stores/session.ts';
import { EmptyTrain } from './empty-train.tsx';
import { NewRunDialog } from './form/new-run-dialog.tsx';
import { RunView } from './run/run-view.tsx';
import { RunDialogs } from './run/run-dialogs.tsx';
import { fits, nextStage } from './runs/run-filter.ts';
import { FailedStarts } from './runs/failed-starts.tsx';
import { QueueStrip } from './runs/queue-strip.tsx';
import { RunsPane } from './runs/runs-pane.tsx';
import { RunsTable } from './table/runs-table.tsx';
import { useTrainCommands } from './train-commands.ts';
import styles from './train-screen.module.css';
import { keepFor, openDialog, openNewRun, showTable, useTrain } from './train-store.ts';
import { useRuns } from './use-runs.ts';

const NO_RUNS: readonly RunSummary[] = [];

export function TrainScreen() {
  const { runs: read, error } = useRuns();
  const runs = read ?? NO_RUNS;
  const { run: chosen, table, newRun, filter } = useTrain();
  const current = runs.find(({ path }) => path === chosen) ?? runs[0];
  const searchArea = useRef<HTMLDivElement>(null);
  useResetWithProject();
  useTakenIntent();
  useTrainCommands({
    runs,
    listed: runs.filter((run) => fits(run, filter)),
    current,
    onSearch: () => searchArea.current?.querySelector('input')?.select(),
  });
  return (
    <div className={styles.screen}>
      <TrainToolbar runs={runs} />
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {read && <FailedStarts runs={read} />}
      <QueueStrip />
      {!read && !error && <Spinner label="Reading the runs…" />}
      {read && !current && <EmptyTrain />}
      {current && table && <RunsTable runs={runs} searchArea={searchArea} />}
      {current && !table && <ShownRun runs={runs} current={current} searchArea={searchArea} />}
      {newRun && (
        <NewRunDialog key={JSON.stringify(newRun)} start={newRun} onClose={() => openNewRun(null)} />
      )}
      <RunDialogs run={current} />
    </div>
  );
}

interface ShownRunProps {
  readonly runs: readonly RunSummary[];
  readonly current: RunSummary;
  readonly searchArea: RefObject<HTMLDivElement | null>;
}

/** The runs, and one of them with those that are drawn over it. */
function ShownRun({ runs, current, searchArea }: ShownRunProps) {
  const paths = useTrain((state) => state.overlaid);
  const overlaid = useMemo(
    () => runs.filter(({ path }) => paths.includes(path) && path !== current.path),
    [runs, paths, current.path],
  );
  return (
    <div className={styles.middle}>
      <RunsPane runs={runs} current={current} overlaid={overlaid} searchArea={searchArea} />
      <RunView run={current} overlaid={overlaid} />
    </div>
  );
}

function TrainToolbar({ runs }: { readonly runs: readonly RunSummary[] }) {
  const table = useTrain((state) => state.table);
  const newKey = useKeyOf('train.new');
  const tableKey = useKeyOf('train.table');
  return (
    <Toolbar title="Train">
      <IconButton label="Removed runs" icon={Trash2} onPress={() => openDialog('bin')} />
      {runs.length > 0 && (
        <IconButton
          label={table ? 'Show one run' : 'Show all runs in a table'}
          icon={Table}
          combo={tableKey}
          isActive={table}
          onPress={() => showTable(!table)}
        />
      )}
      <Button
        variant="primary"
        icon={Plus}
        combo={newKey}
        onPress={() => openNewRun({ algorithm: nextStage(runs) })}
      >
        New run
      </Button>
    </Toolbar>
  );
}

/** What was chosen and overlaid belongs to the project that was open. */
function useResetWithProject(): void {
  const path = useProject()?.path ?? null;
  useEffect(() => keepFor(path), [path]);
}

/** Another screen has asked for a run. */
function useTakenIntent(): void {
  const wanted = useIntents((state) => state.newRun);
  useEffect(() => {
    const newRun = takeIntent('newRun');
    if (newRun) openNewRun(newRun);
  }, [wanted]);
}
