/** A grid of any length: draws the rows in sight and loads them in windows as they come near. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, Check } from 'lucide-react';
import { memo, useEffect, useId, useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { classes } from './classes.ts';
import {
  allSelected,
  anchoredAt,
  extendTo,
  isSelected,
  nothingSelected,
  selectedCount,
  toggleRow,
  type RowSelection,
} from './row-selection.ts';
import { Checkbox } from './toggles.tsx';
import { useRows, type LoadRows } from './use-rows.ts';
import styles from './virtual-table.module.css';

export interface Column<T, By extends string = string> {
  readonly id: By;
  readonly header: string;
  /** A width of CSS grid: `120px`, `minmax(200px, 1fr)`. */
  readonly width: string;
  readonly align?: 'end';
  readonly sortable?: boolean;
  readonly render: (row: T) => ReactNode;
}

export interface Sort<By extends string = string> {
  readonly by: By;
  readonly descending: boolean;
}

export interface VirtualTableProps<T, By extends string = string> {
  readonly label: string;
  /** The same array from one drawing to the next, or every row is drawn again. */
  readonly columns: readonly Column<T, By>[];
  readonly total: number;
  readonly load: LoadRows<T>;
  /** Another value makes it load again, keeping the old rows in sight until the new ones are there. */
  readonly version: unknown;
  readonly sort?: Sort<By>;
  readonly onSort?: (sort: Sort<By>) => void;
  /** The row that the keyboard is at. */
  readonly current: number;
  readonly onCurrent: (index: number) => void;
  /** With it, rows can be selected. */
  readonly selection?: RowSelection;
  readonly onSelect?: (selection: RowSelection) => void;
  readonly onOpen?: (row: T) => void;
  /** Shows which row the keyboard is at while the focus is elsewhere: in a panel about it. */
  readonly marksCurrent?: boolean;
}

const ROW = 32;

export function VirtualTable<T, By extends string>(props: VirtualTableProps<T, By>) {
  const { label, columns, total, current, onCurrent, onOpen, selection = nothingSelected, onSelect } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    // The header covers this much of the top.
    scrollPaddingStart: ROW,
  });
  const items = virtualizer.getVirtualItems();
  // Rows that leave lend their elements to those that come.
  const slots = 2 ** Math.ceil(Math.log2(items.length + 1));
  const rowAt = useRows(props.load, props.version, {
    first: items[0]?.index ?? 0,
    last: items.at(-1)?.index ?? 0,
    total,
  });
  useEffect(() => {
    if (current > 0) virtualizer.scrollToIndex(current, { align: 'center' });
    // Only as it appears: where the person was when they left.
  }, []);

  const moveTo = (index: number, extend: boolean) => {
    const next = Math.max(0, Math.min(total - 1, index));
    if (extend) onSelect?.(extendTo(anchoredAt(selection, current), next));
    onCurrent(next);
    virtualizer.scrollToIndex(next);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 2);
    const target = targetOf(event.key, { current, page, total });
    const row = rowAt(current);
    if (target !== undefined) moveTo(target, event.shiftKey);
    else if (event.key === ' ') onSelect?.(selectBy(event.shiftKey, selection, current));
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) onSelect?.(allSelected(total));
    else if (event.key === 'Escape' && selection.ranges.length > 0) onSelect?.(nothingSelected);
    else if (event.key === 'Enter' && row && onOpen) onOpen(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onRowClick = (index: number, event: MouseEvent) => {
    const row = rowAt(index);
    const selects = isOnCheckbox(event) || event.shiftKey || event.ctrlKey || event.metaKey;
    onCurrent(index);
    if (selects) onSelect?.(selectBy(event.shiftKey, anchoredAt(selection, current), index));
    else if (row) onOpen?.(row);
  };
  const latestClick = useRef(onRowClick);
  latestClick.current = onRowClick;
  const stableClick = useRef((index: number, event: MouseEvent) => latestClick.current(index, event));

  const template = [onSelect && '36px', ...columns.map(({ width }) => width)].filter(Boolean).join(' ');
  return (
    <div
      ref={scroller}
      className={classes(styles.scroller, props.marksCurrent && styles.marked)}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + (onSelect ? 1 : 0)}
      {...(onSelect && { 'aria-multiselectable': true })}
      {...(items.some(({ index }) => index === current) && { 'aria-activedescendant': `${id}-${current}` })}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.header} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {onSelect && <SelectAll selection={selection} total={total} onSelect={onSelect} />}
        {columns.map((column) => (
          <HeaderCell key={column.id} column={column} {...props} />
        ))}
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => (
          <Row<T, By>
            key={index % slots}
            id={`${id}-${index}`}
            index={index}
            start={start}
            row={rowAt(index)}
            columns={columns}
            template={template}
            selectable={onSelect !== undefined}
            selected={isSelected(selection, index)}
            current={index === current}
            onClick={stableClick.current}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps<T, By extends string> {
  readonly id: string;
  readonly index: number;
  readonly start: number;
  readonly row: T | undefined;
  readonly columns: readonly Column<T, By>[];
  readonly template: string;
  readonly selectable: boolean;
  readonly selected: boolean;
  readonly current: boolean;
  readonly onClick: (index: number, event: MouseEvent) => void;
}

/** Its checkbox is only drawn: the row itself is what assistive technology selects. */
const Row = memo(function Row<T, By extends string>(props: RowProps<T, By>) {
  const { id, index, start, row, columns, template, selectable, selected, current, onClick } = props;
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      {...(selectable && { 'aria-selected': selected })}
      className={classes(styles.row, selected && styles.selected, current && styles.current)}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
      onClick={(event) => onClick(index, event)}
    >
      {selectable && (
        <span role="gridcell" className={styles.check} data-checkbox>
          <span className={styles.box}>{selected && <Check size={12} strokeWidth={3} aria-hidden />}</span>
        </span>
      )}
      {columns.map(({ id, align, render }) => (
        <span key={id} role="gridcell" className={classes(styles.cell, align === 'end' && styles.end)}>
          {row ? render(row) : <span className={styles.waiting} />}
        </span>
      ))}
    </div>
  );
}) as <T, By extends string>(props: RowProps<T, By>) => ReactNode;

interface SelectAllProps {
  readonly selection: RowSelection;
  readonly total: number;
  readonly onSelect: (selection: RowSelection) => void;
}

function SelectAll({ selection, total, onSelect }: SelectAllProps) {
  const count = selectedCount(selection);
  return (
    <span role="columnheader" className={styles.check} onKeyDown={(event) => event.stopPropagation()}>
      <Checkbox
        aria-label="Select all"
        isSelected={count > 0 && count === total}
        isIndeterminate={count > 0 && count < total}
        onChange={() => onSelect(count > 0 ? nothingSelected : allSelected(total))}
      />
    </span>
  );
}

function HeaderCell<T, By extends string>(
  props: Pick<VirtualTableProps<T, By>, 'sort' | 'onSort'> & { column: Column<T, By> },
) {
  const { column, sort, onSort } = props;
  const { id, header, align, sortable = false } = column;
  const sorted = sort?.by === id ? (sort.descending ? 'descending' : 'ascending') : 'none';
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp;
  return (
    <span
      role="columnheader"
      {...(sortable && { 'aria-sort': sorted })}
      className={classes(styles.cell, align === 'end' && styles.end)}
    >
      {sortable && onSort ? (
        <button
          type="button"
          className={styles.sort}
          onClick={() => onSort({ by: id, descending: sorted === 'ascending' })}
          onKeyDown={(event) => event.stopPropagation()}
        >
          {header}
          {sorted !== 'none' && <Arrow size={12} aria-hidden />}
        </button>
      ) : (
        header
      )}
    </span>
  );
}

interface Place {
  readonly current: number;
  readonly page: number;
  readonly total: number;
}

/** The row that a key leads to. */
const targetOf = (key: string, { current, page, total }: Place): number | undefined =>
  ({
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    PageDown: current + page,
    PageUp: current - page,
    Home: 0,
    End: total - 1,
  })[key];

const selectBy = (through: boolean, selection: RowSelection, index: number): RowSelection =>
  through ? extendTo(selection, index) : toggleRow(selection, index);

const isOnCheckbox = ({ target }: MouseEvent): boolean =>
  target instanceof Element && target.closest('[data-checkbox]') !== null;
