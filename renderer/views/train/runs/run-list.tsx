import { GridList, GridListItem } from 'react-aria-components';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Checkbox } from '../../../components/toggles.tsx';
import { showRun, toggleOverlay, useTrain } from '../train-store.ts';
import styles from './run-list.module.css';
import { RunRow } from './run-row.tsx';

interface RunListProps {
  readonly runs: readonly RunSummary[];
  /** The one that is shown. */
  readonly current: RunSummary | undefined;
}

/** Up and down go through the runs; to the right of a run is the box that draws it over the one that is shown. */
export function RunList({ runs, current }: RunListProps) {
  return (
    <GridList
      aria-label="Runs"
      className={styles.list!}
      items={runs}
      dependencies={[current]}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      selectedKeys={current ? [current.path] : []}
      onSelectionChange={(keys) => keys !== 'all' && showRun(String([...keys][0]))}
      renderEmptyState={() => <p className={styles.nothing}>No run fits.</p>}
    >
      {(run) => (
        <GridListItem id={run.path} textValue={run.name} className={styles.row!}>
          <RunRow run={run} />
          <OverlayBox run={run} isCurrent={run.path === current?.path} />
        </GridListItem>
      )}
    </GridList>
  );
}

function OverlayBox({ run, isCurrent }: { readonly run: RunSummary; readonly isCurrent: boolean }) {
  const isOverlaid = useTrain(({ overlaid }) => overlaid.includes(run.path));
  if (isCurrent) return <span className={styles.overlay} />;
  return (
    <span className={styles.overlay} title="Draw over the run that is shown">
      <Checkbox
        aria-label={`Overlay ${run.name}`}
        isSelected={isOverlaid}
        onChange={() => toggleOverlay(run.path)}
      />
    </span>
  );
}
