import { Check, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { ListBox, ListBoxItem, type Selection } from 'react-aria-components';
import type { PromptFilter } from '../../../core/contract/entities.ts';
import { Button } from '../../components/button.tsx';
import { SearchField } from '../../components/fields.tsx';
import { PopoverButton } from '../../components/popover.tsx';
import { useCall } from '../../stores/use-call.ts';
import styles from './facet-menu.module.css';
import { chosenIn, facetLabel, facetTable, withChosen, type FacetId, type FacetOption } from './filters.ts';

interface FacetMenuProps {
  readonly facet: FacetId;
  readonly filter: PromptFilter;
  readonly onChange: (filter: PromptFilter) => void;
}

export function FacetMenu({ facet, filter, onChange }: FacetMenuProps) {
  const label = facetLabel(filter, facet);
  const trigger = (
    <Button size="sm" variant={chosenIn(filter, facet).length > 0 ? 'secondary' : 'quiet'}>
      <span className={styles.label}>{label}</span>
      <ChevronDown size={13} aria-hidden />
    </Button>
  );
  return (
    <PopoverButton label={`Filter by ${facetTable[facet].title.toLowerCase()}`} trigger={trigger}>
      <Options facet={facet} filter={filter} onChange={onChange} />
    </PopoverButton>
  );
}

/** More than this many are searched for, not scrolled to. */
const SHOWN = 200;
const SEARCHED_FROM = 12;

function Options({ facet, filter, onChange }: FacetMenuProps) {
  // Counted as if nothing of this facet were chosen, so that each count says what choosing it would add.
  const { data } = useCall('prompts.facets', { filter: withChosen(filter, facet, []) });
  const [search, setSearch] = useState('');
  if (!data) return <p className={styles.note}>Counting…</p>;
  const options = facetTable[facet].options(data);
  const found = options.filter(({ label }) => label.toLowerCase().includes(search.trim().toLowerCase()));
  const choose = (keys: Selection) => {
    const seen = found.slice(0, SHOWN);
    const unseen = chosenIn(filter, facet).filter((value) => !seen.some((option) => option.value === value));
    const now = seen.filter((option) => keys === 'all' || keys.has(keyOf(option.value)));
    onChange(withChosen(filter, facet, [...unseen, ...now.map(({ value }) => value)]));
  };
  return (
    <div className={styles.options}>
      {options.length > SEARCHED_FROM && (
        <SearchField
          label={`Find in ${options.length.toLocaleString('en')}`}
          onChange={setSearch}
          autoFocus
        />
      )}
      <ListBox
        aria-label={facetTable[facet].title}
        className={styles.list!}
        selectionMode="multiple"
        escapeKeyBehavior="none"
        selectedKeys={chosenIn(filter, facet).map(keyOf)}
        onSelectionChange={choose}
        autoFocus={options.length <= SEARCHED_FROM}
        renderEmptyState={() => <p className={styles.note}>Nothing here.</p>}
      >
        {found.slice(0, SHOWN).map((option) => (
          <Option key={keyOf(option.value)} {...option} />
        ))}
      </ListBox>
      {found.length > SHOWN && <p className={styles.note}>Type to find the rest.</p>}
    </div>
  );
}

function Option({ value, label, count }: FacetOption) {
  return (
    <ListBoxItem id={keyOf(value)} textValue={label} className={styles.option!}>
      {({ isSelected }) => (
        <>
          <span className={styles.box}>{isSelected && <Check size={12} strokeWidth={3} aria-hidden />}</span>
          <span className={styles.name}>{label}</span>
          <span className={styles.count}>{count.toLocaleString('en')}</span>
        </>
      )}
    </ListBoxItem>
  );
}

/** A key for every value and for none. */
const keyOf = (value: string | null): string => (value === null ? 'none' : `=${value}`);
