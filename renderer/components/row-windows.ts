/** How many rows are loaded at a time. */
export const WINDOW = 100;

export interface Sight {
  readonly first: number;
  readonly last: number;
  readonly total: number;
}

/**
 * Rows of a long list by index, in windows of `WINDOW`: says which to load next for what is in sight, and forgets
 * those that were out of sight longest. Rows of an earlier version stay until theirs are loaded anew.
 */
export class RowWindows<T> {
  /** The one in sight last comes last. */
  readonly #windows = new Map<number, readonly T[]>();
  readonly #asked = new Set<number>();
  readonly #kept: number;
  #version = 0;

  constructor(kept = 60) {
    this.#kept = kept;
  }

  rowAt(index: number): T | undefined {
    return this.#windows.get(Math.floor(index / WINDOW))?.[index % WINDOW];
  }

  /** Everything has to be loaded again; answers under way no longer count. */
  renew(): void {
    this.#version++;
    this.#asked.clear();
  }

  /** The next window to load, with the version to hand back to `put`: in sight first, then its neighbours. */
  take({ first, last, total }: Sight): { window: number; version: number } | null {
    if (total === 0) return null;
    const from = windowOf(first);
    const to = windowOf(Math.min(last, total - 1));
    this.#touch(from, to);
    const wanted = [...span(from, to), to + 1, from - 1].filter((at) => at >= 0 && at * WINDOW < total);
    const window = wanted.find((at) => !this.#asked.has(at));
    if (window === undefined) return null;
    this.#asked.add(window);
    return { window, version: this.#version };
  }

  /** Keeps what was loaded; false where it came too late to count. */
  put(window: number, version: number, rows: readonly T[]): boolean {
    if (version !== this.#version) return false;
    this.#windows.delete(window);
    this.#windows.set(window, rows);
    this.#forget();
    return true;
  }

  #touch(from: number, to: number): void {
    for (const at of span(from, to)) {
      const rows = this.#windows.get(at);
      if (!rows) continue;
      this.#windows.delete(at);
      this.#windows.set(at, rows);
    }
  }

  #forget(): void {
    for (const at of [...this.#windows.keys()].slice(0, -this.#kept)) {
      this.#windows.delete(at);
      this.#asked.delete(at);
    }
  }
}

const windowOf = (index: number): number => Math.floor(index / WINDOW);
const span = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
