import { MessagesSquare, SearchX } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { Prompt } from '../../../core/contract/entities.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage } from '../../components/text.tsx';
import { VirtualTable } from '../../components/virtual-table.tsx';
import { useProject } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';
import { FewShotPanel } from './few-shot-panel.tsx';
import { FilterBar } from './filter-bar.tsx';
import { chosenIn, isNarrowed, withChosen, withToggled } from './filters.ts';
import { usePromptCommands } from './prompt-commands.ts';
import { allColumns, fewColumns } from './prompt-columns.tsx';
import { AddPanel, EditPanel } from './prompt-panel.tsx';
import { PromptDialogs } from './prompt-dialogs.tsx';
import styles from './prompts-screen.module.css';
import {
  keepFor,
  leavePanel,
  loadRows,
  openDialog,
  select,
  setCurrent,
  setFilter,
  setSort,
  showPanel,
  stayInPanel,
  usePrompts,
  type Panel,
  type SortBy,
} from './prompts-store.ts';
import { ProportionsStrip } from './proportions-strip.tsx';
import { PromptsToolbar } from './prompts-toolbar.tsx';
import { useVersion } from './use-version.ts';

export function PromptsScreen() {
  const { filter, panel, wanted } = usePrompts();
  const page = useCall('prompts.page', { filter, offset: 0, limit: 1 });
  // Of all use cases, so that choosing one leaves the others in sight.
  const { data: facets } = useCall('prompts.facets', { filter: withChosen(filter, 'useCases', []) });
  const total = page.data?.total ?? 0;
  const tableArea = useRef<HTMLDivElement>(null);
  const searchArea = useRef<HTMLDivElement>(null);
  const focusTable = () => tableArea.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
  useResetWithProject();
  useFocusAfterPanel(panel, focusTable);
  usePromptCommands({ total, onSearch: () => searchArea.current?.querySelector('input')?.select() });

  const empty = page.data !== undefined && total === 0 && !isNarrowed(filter);
  return (
    <div className={styles.screen}>
      <div className={styles.main}>
        <PromptsToolbar empty={empty} />
        {page.error && <ErrorMessage>{page.error}</ErrorMessage>}
        {empty ? (
          <NoPrompts />
        ) : (
          <>
            <FilterBar total={total} searchArea={searchArea} onLeaveSearch={focusTable} />
            {facets && (
              <ProportionsStrip
                facets={facets}
                chosen={chosenIn(filter, 'useCases')}
                onPress={(useCase) => setFilter(withToggled(filter, 'useCases', useCase))}
              />
            )}
            <div ref={tableArea} className={styles.table}>
              {total > 0 || page.data === undefined ? <PromptTable total={total} /> : <NothingFound />}
            </div>
          </>
        )}
      </div>
      {panel && <PanelView panel={panel} />}
      <PromptDialogs />
      <ConfirmDialog
        title="Leave without saving?"
        isOpen={wanted !== null}
        confirmLabel="Leave"
        danger
        onConfirm={leavePanel}
        onClose={stayInPanel}
      >
        What you wrote in the panel is not saved.
      </ConfirmDialog>
    </div>
  );
}

function PromptTable({ total }: { readonly total: number }) {
  const { sort, current, selection, panel } = usePrompts();
  const version = useVersion();
  const open = useMemo(() => (prompt: Prompt) => showPanel({ name: 'edit', prompt }), []);
  return (
    <VirtualTable<Prompt, SortBy>
      label="Prompts"
      columns={panel ? fewColumns : allColumns}
      total={total}
      load={loadRows}
      version={version}
      sort={sort}
      onSort={setSort}
      current={Math.min(current, Math.max(0, total - 1))}
      onCurrent={setCurrent}
      selection={selection}
      onSelect={select}
      onOpen={open}
      marksCurrent={panel?.name === 'edit'}
    />
  );
}

function PanelView({ panel }: { readonly panel: Panel }) {
  if (panel.name === 'add') return <AddPanel />;
  if (panel.name === 'few-shot') return <FewShotPanel />;
  return <EditPanel key={panel.prompt.id} prompt={panel.prompt} />;
}

function NoPrompts() {
  return (
    <EmptyState
      icon={MessagesSquare}
      title="No prompts yet"
      actions={
        <>
          <Button variant="primary" onPress={() => openDialog('import')}>
            Import a file
          </Button>
          <Button onPress={() => showPanel({ name: 'add' })}>Write one</Button>
        </>
      }
    >
      Prompts are what people ask of the model: demonstrations answer them, and completions are sampled for
      them. Import JSONL, JSON, CSV or Parquet, or write the first yourself.
    </EmptyState>
  );
}

function NothingFound() {
  return (
    <EmptyState
      icon={SearchX}
      title="No prompt fits"
      actions={<Button onPress={() => setFilter({})}>Clear the filter</Button>}
    >
      Search for fewer words, or choose more in the filters.
    </EmptyState>
  );
}

/** What was filtered, selected and opened belongs to the project that was open. */
function useResetWithProject(): void {
  const path = useProject()?.path ?? null;
  useEffect(() => keepFor(path), [path]);
}

/** The focus goes back to the table when a panel closes. */
function useFocusAfterPanel(panel: Panel | null, focusTable: () => void): void {
  const before = useRef(panel);
  useEffect(() => {
    if (before.current && !panel) focusTable();
    before.current = panel;
  }, [panel]);
}
