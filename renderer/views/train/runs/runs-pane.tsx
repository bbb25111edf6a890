import { useMemo, useRef, type RefObject } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { SearchField } from '../../../components/fields.tsx';
import { setFilter, useTrain } from '../train-store.ts';
import { fits } from './run-filter.ts';
import { RunList } from './run-list.tsx';
import { TagFilter } from './tag-filter.tsx';
import styles from './runs-pane.module.css';

interface RunsPaneProps {
  readonly runs: readonly RunSummary[];
  readonly current: RunSummary;
  /** The runs that are drawn over it. */
  readonly overlaid: readonly RunSummary[];
  readonly searchArea: RefObject<HTMLDivElement | null>;
}

/** The runs, the newest first, and what narrows them. */
export function RunsPane({ runs, current, overlaid, searchArea }: RunsPaneProps) {
  const filter = useTrain((state) => state.filter);
  const drawn = useMemo(() => [current, ...overlaid].map(({ path }) => path), [current, overlaid]);
  const list = useRef<HTMLDivElement>(null);
  const focusList = () => list.current?.querySelector<HTMLElement>('[role="row"]')?.focus();
  return (
    <aside className={styles.pane} aria-label="All runs">
      <div ref={searchArea} className={styles.search}>
        <SearchField
          label="Search runs"
          value={filter.search}
          onChange={(search) => setFilter({ search })}
          onSubmit={focusList}
          onKeyDown={(event) => (event.key === 'ArrowDown' ? focusList() : event.continuePropagation())}
        />
        <TagFilter runs={runs} />
      </div>
      <div ref={list} className={styles.runs}>
        <RunList runs={runs.filter((run) => fits(run, filter))} current={current} drawn={drawn} />
      </div>
    </aside>
  );
}
