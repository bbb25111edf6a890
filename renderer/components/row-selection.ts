/** Selected rows of a long list as ranges of places, so that a range may hold rows that are not loaded. */
export interface Range {
  readonly from: number;
  /** The last one in it. */
  readonly to: number;
}

export interface RowSelection {
  /** In order, none touching another. */
  readonly ranges: readonly Range[];
  /** Where a range begins that Shift makes. */
  readonly anchor: number;
  /** How far the range from the anchor reaches now. */
  readonly extent: number;
}

export const nothingSelected: RowSelection = { ranges: [], anchor: 0, extent: 0 };

export const allSelected = (total: number): RowSelection => ({
  ranges: total > 0 ? [{ from: 0, to: total - 1 }] : [],
  anchor: 0,
  extent: Math.max(0, total - 1),
});

export const selectedCount = ({ ranges }: RowSelection): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

export const isSelected = ({ ranges }: RowSelection, index: number): boolean =>
  ranges.some(({ from, to }) => from <= index && index <= to);

/** The row changes sides, and the next range begins at it. */
export function toggleRow(selection: RowSelection, index: number): RowSelection {
  const change = isSelected(selection, index) ? without : withRange;
  return { ranges: change(selection.ranges, { from: index, to: index }), anchor: index, extent: index };
}

/** Selects from the anchor through the row, in place of the range that reached from the anchor before. */
export function extendTo(selection: RowSelection, index: number): RowSelection {
  const { ranges, anchor, extent } = selection;
  return {
    ranges: withRange(without(ranges, between(anchor, extent)), between(anchor, index)),
    anchor,
    extent: index,
  };
}

/** Moves the anchor where nothing is selected yet, so that Shift selects from where the focus was. */
export const anchoredAt = (selection: RowSelection, index: number): RowSelection =>
  selection.ranges.length > 0 ? selection : { ...selection, anchor: index, extent: index };

const between = (a: number, b: number): Range => ({ from: Math.min(a, b), to: Math.max(a, b) });

function withRange(ranges: readonly Range[], added: Range): Range[] {
  const apart = ranges.filter(({ from, to }) => to < added.from - 1 || from > added.to + 1);
  const joined = ranges.filter((range) => !apart.includes(range));
  const from = Math.min(added.from, ...joined.map((range) => range.from));
  const to = Math.max(added.to, ...joined.map((range) => range.to));
  return [...apart, { from, to }].toSorted((a, b) => a.from - b.from);
}

const without = (ranges: readonly Range[], taken: Range): Range[] =>
  ranges.flatMap(({ from, to }) =>
    [
      { from, to: Math.min(to, taken.from - 1) },
      { from: Math.max(from, taken.to + 1), to },
    ].filter((left) => left.from <= left.to),
  );
