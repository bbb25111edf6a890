import { describe, expect, it } from 'vitest';
import {
  allSelected,
  anchoredAt,
  extendTo,
  isSelected,
  nothingSelected,
  selectedCount,
  toggleRow,
  type RowSelection,
} from '../../../renderer/components/row-selection.ts';

const places = ({ ranges }: RowSelection) => ranges.map(({ from, to }) => [from, to]);
const toggled = (...indices: number[]) => indices.reduce(toggleRow, nothingSelected);

describe('row selection', () => {
  it('changes the side of one row', () => {
    expect(places(toggled(3))).toEqual([[3, 3]]);
    expect(places(toggled(3, 3))).toEqual([]);
  });

  it('joins neighbours and keeps ranges in order', () => {
    expect(places(toggled(9, 3, 5, 4))).toEqual([
      [3, 5],
      [9, 9],
    ]);
  });

  it('selects from the row toggled last through another, in either direction', () => {
    expect(places(extendTo(toggled(50_000), 99_999))).toEqual([[50_000, 99_999]]);
    expect(places(extendTo(toggled(50_000), 10))).toEqual([[10, 50_000]]);
  });

  it('shrinks a range again when it is extended back towards its anchor', () => {
    const wide = extendTo(toggled(10), 20);
    expect(places(extendTo(wide, 12))).toEqual([[10, 12]]);
    expect(places(extendTo(wide, 8))).toEqual([[8, 10]]);
  });

  it('leaves ranges elsewhere alone while one is extended', () => {
    expect(places(extendTo(toggled(2, 10), 12))).toEqual([
      [2, 2],
      [10, 12],
    ]);
  });

  it('takes one row out of a selection of everything', () => {
    const selection = toggleRow(allSelected(100_000), 500);
    expect(selectedCount(selection)).toBe(99_999);
    expect([499, 500, 501].map((index) => isSelected(selection, index))).toEqual([true, false, true]);
  });

  it('selects nothing of an empty list', () => {
    expect(selectedCount(allSelected(0))).toBe(0);
  });

  it('begins a range where the focus was as long as nothing is selected', () => {
    expect(places(extendTo(anchoredAt(nothingSelected, 7), 9))).toEqual([[7, 9]]);
    expect(places(extendTo(anchoredAt(toggled(2), 7), 4))).toEqual([[2, 4]]);
  });
});
