import { Columns2, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useState, type RefObject } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { SearchField } from '../../../components/fields.tsx';
import {
  isSelected,
  nothingSelected,
  selectedCount,
  type RowSelection,
} from '../../../components/row-selection.ts';
import { SidePanel } from '../../../components/side-panel.tsx';
import { VirtualTable, type Sort } from '../../../components/virtual-table.tsx';
import { useCommands, useKeyOf } from '../../../shortcuts/commands.ts';
import { useCall } from '../../../stores/use-call.ts';
import { counted } from '../../prompts/names.ts';
import { ComparedSettings } from '../details/compared-settings.tsx';
import { isBusy } from '../run/action-table.ts';
import { remove } from '../run/actions.ts';
import { fits, sortedBy } from '../runs/run-filter.ts';
import { TagFilter } from '../runs/tag-filter.tsx';
import { setFilter, showRun, useTrain } from '../train-store.ts';
import { fewColumns, runColumns, sortValues, type RunColumn, type RunRow } from './run-columns.tsx';
import styles from './runs-table.module.css';

interface RunsTableProps {
  readonly runs: readonly RunSummary[];
  readonly searchArea: RefObject<HTMLDivElement | null>;
}

/** All runs, to be found, compared and cleared away. */
export function RunsTable({ runs, searchArea }: RunsTableProps) {
  const filter = useTrain((state) => state.filter);
  const diskUse = useCall('runs.diskUse', {}).data;
  const [sort, setSort] = useState<Sort<RunColumn>>({ by: 'created', descending: true });
  const [current, setCurrent] = useState(0);
  const [selection, select] = useState(nothingSelected);
  const [compares, setCompares] = useState(false);
  const rows = useMemo(() => {
    const bytes = new Map(diskUse?.map(({ path, bytes }) => [path, bytes]));
    const listed = runs
      .filter((run) => fits(run, filter))
      .map((run) => ({ run, bytes: bytes.get(run.path) }));
    return sortedBy(listed, sortValues[sort.by], sort.descending);
  }, [runs, diskUse, filter, sort]);
  // What is selected are places among the rows as they were.
  const places = JSON.stringify(rows.map(({ run }) => run.path));
  useEffect(() => select(nothingSelected), [places]);
  const chosen = rows.filter((_, index) => isSelected(selection, index)).map(({ run }) => run);
  const isComparing = compares && chosen.length > 1;
  const at = rows[Math.min(current, rows.length - 1)]?.run;
  const removable = (chosen.length > 0 ? chosen : at ? [at] : []).filter((run) => !isBusy(run));
  useCommands({ 'train.remove': removable.length > 0 ? () => void remove(removable) : null });
  return (
    <div className={styles.screen}>
      <div className={styles.main}>
        <div className={styles.bar}>
          <div ref={searchArea} className={styles.search}>
            <SearchField
              label="Search runs"
              value={filter.search}
              onChange={(search) => setFilter({ search })}
            />
          </div>
          <TagFilter runs={runs} />
          <Selected
            selection={selection}
            total={rows.length}
            onCompare={chosen.length > 1 ? () => setCompares(true) : null}
            onRemove={removable.length > 0 ? () => void remove(removable) : null}
          />
        </div>
        <VirtualTable<RunRow, RunColumn>
          label="Runs"
          columns={isComparing ? fewColumns : runColumns}
          total={rows.length}
          load={(offset, limit) => Promise.resolve(rows.slice(offset, offset + limit))}
          version={rows}
          sort={sort}
          onSort={setSort}
          current={Math.min(current, Math.max(0, rows.length - 1))}
          onCurrent={setCurrent}
          selection={selection}
          onSelect={select}
          onOpen={({ run }) => showRun(run.path)}
        />
      </div>
      {isComparing && (
        <SidePanel title="Settings side by side" width={440} onClose={() => setCompares(false)}>
          <ComparedSettings runs={chosen} />
        </SidePanel>
      )}
    </div>
  );
}

interface SelectedProps {
  readonly selection: RowSelection;
  readonly total: number;
  readonly onCompare: (() => void) | null;
  readonly onRemove: (() => void) | null;
}

/** How many there are, or what can be done with those that are selected. */
function Selected({ selection, total, onCompare, onRemove }: SelectedProps) {
  const removeKey = useKeyOf('train.remove');
  const selected = selectedCount(selection);
  if (selected === 0)
    return (
      <span className={styles.total} role="status">
        {counted(total, 'run')}
      </span>
    );
  return (
    <>
      <span className={styles.total} role="status">
        {selected} of {counted(total, 'run')} selected
      </span>
      <Button size="sm" icon={Columns2} isDisabled={!onCompare} onPress={() => onCompare?.()}>
        Compare settings
      </Button>
      <Button size="sm" icon={Trash2} combo={removeKey} isDisabled={!onRemove} onPress={() => onRemove?.()}>
        Remove
      </Button>
    </>
  );
}
