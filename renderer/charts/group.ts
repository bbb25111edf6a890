import type { Range } from './decimate.ts';

interface GroupState {
  /** What of the x axis is shown; null for all of it. */
  readonly range: Range | null;
  /** Where on the x axis the cursor is. */
  readonly cursor: number | null;
}

/** Charts that are looked at together: one range of the x axis, and one cursor. */
export class ChartGroup {
  #state: GroupState = { range: null, cursor: null };
  readonly #listeners = new Set<() => void>();

  get range(): Range | null {
    return this.#state.range;
  }

  get cursor(): number | null {
    return this.#state.cursor;
  }

  zoom(range: Range | null): void {
    this.#set({ ...this.#state, range });
  }

  point(cursor: number | null): void {
    if (cursor !== this.#state.cursor) this.#set({ ...this.#state, cursor });
  }

  /** Shows everything, as where the axis means something else from now on. */
  reset(): void {
    this.#set({ range: null, cursor: null });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(state: GroupState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}
