/** Groups of duplicates as the lines of one long list; the first of each group is the one that stays. */
export interface DuplicateLine {
  readonly id: number;
  /** Counted from 1. */
  readonly group: number;
  readonly stays: boolean;
}

export const linesOf = (groups: readonly (readonly number[])[]): DuplicateLine[] =>
  groups.flatMap((ids, at) => ids.map((id, place) => ({ id, group: at + 1, stays: place === 0 })));
