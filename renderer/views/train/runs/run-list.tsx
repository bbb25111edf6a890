import { GridList, GridListItem } from 'react-aria-components';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Swatch } from '../../../charts/legend.tsx';
import { Checkbox } from '../../../components/toggles.tsx';
import { showRun, toggleOverlay } from '../train-store.ts';
import styles from './run-list.module.css';
import { RunRow } from './run-row.tsx';

interface RunListProps {
  readonly runs: readonly RunSummary[];
  /** The one that is shown. */
  readonly current: RunSummary | undefined;
  /** Folders of those that are drawn, in the order of their colours. */
  readonly drawn: readonly string[];
}

/** Up and down go through the runs; to the right of a run is the box that draws it over the one that is shown. */
export function RunList({ runs, current, drawn }: RunListProps) {
  return (
    <GridList
      aria-label="Runs"
      className={styles.list!}
      items={runs}
      dependencies={[current, drawn]}
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
          <OverlayBox run={run} isCurrent={run.path === current?.path} drawn={drawn} />
        </GridListItem>
      )}
    </GridList>
  );
}

interface OverlayBoxProps {
  readonly run: RunSummary;
  readonly isCurrent: boolean;
  readonly drawn: readonly string[];
}

/** Whether it is drawn, and in which colour where there are several. */
function OverlayBox({ run, isCurrent, drawn }: OverlayBoxProps) {
  const colour = drawn.indexOf(run.path);
  return (
    <span className={styles.overlay}>
      {!isCurrent && (
        <span title="Draw over the run that is shown">
          <Checkbox
            aria-label={`Overlay ${run.name}`}
            isSelected={colour >= 0}
            onChange={() => toggleOverlay(run.path)}
          />
        </span>
      )}
      {colour >= 0 && drawn.length > 1 && <Swatch colour={colour} dash={0} />}
    </span>
  );
}
