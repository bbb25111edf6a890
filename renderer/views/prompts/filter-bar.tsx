import { Trash2, X } from 'lucide-react';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { Button } from '../../components/button.tsx';
import { SearchField } from '../../components/fields.tsx';
import { nothingSelected, selectedCount } from '../../components/row-selection.ts';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { FacetMenu } from './facet-menu.tsx';
import styles from './filter-bar.module.css';
import { facetIds, isNarrowed, withSearch } from './filters.ts';
import { counted } from './names.ts';
import { removeSelected, select, setFilter, usePrompts } from './prompts-store.ts';

interface FilterBarProps {
  readonly total: number;
  readonly searchArea: RefObject<HTMLDivElement | null>;
  readonly onLeaveSearch: () => void;
}

export function FilterBar({ total, searchArea, onLeaveSearch }: FilterBarProps) {
  const filter = usePrompts((state) => state.filter);
  const selected = usePrompts((state) => selectedCount(state.selection));
  return (
    <div className={styles.bar}>
      <div ref={searchArea} className={styles.search}>
        <PromptSearch onLeave={onLeaveSearch} />
      </div>
      {selected > 0 ? (
        <SelectionActions selected={selected} total={total} />
      ) : (
        <>
          {facetIds.map((facet) => (
            <FacetMenu key={facet} facet={facet} filter={filter} onChange={setFilter} />
          ))}
          {isNarrowed(filter) && (
            <Button size="sm" variant="quiet" icon={X} onPress={() => setFilter({})}>
              Clear
            </Button>
          )}
          <span className={styles.total} role="status">
            {counted(total, 'prompt')}
          </span>
        </>
      )}
    </div>
  );
}

const SEARCH_AFTER_MS = 150;

function PromptSearch({ onLeave }: { readonly onLeave: () => void }) {
  const search = usePrompts((state) => state.filter.search ?? '');
  const [typed, setTyped] = useState(search);
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const apply = (text: string) => setFilter(withSearch(usePrompts.getState().filter, text));
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(later.current);
    later.current = setTimeout(() => apply(text), SEARCH_AFTER_MS);
  };
  useEffect(() => setTyped(search), [search]);
  useEffect(() => () => clearTimeout(later.current), []);
  return (
    <SearchField
      label="Search prompts"
      value={typed}
      onChange={type}
      onSubmit={onLeave}
      maxLength={1000}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' || (event.key === 'Escape' && typed === '')) onLeave();
        else event.continuePropagation();
      }}
    />
  );
}

function SelectionActions({ selected, total }: { readonly selected: number; readonly total: number }) {
  const removeKey = useKeyOf('prompts.remove');
  return (
    <>
      <span className={styles.selected} role="status">
        {selected.toLocaleString('en')} of {counted(total, 'prompt')} selected
      </span>
      <Button size="sm" icon={Trash2} combo={removeKey} onPress={() => void removeSelected(total)}>
        Delete
      </Button>
      <Button size="sm" variant="quiet" onPress={() => select(nothingSelected)}>
        Clear selection
      </Button>
    </>
  );
}
