import type { ColumnSource } from '../../../../renderer/charts/source.ts';

type Columns = Readonly<Record<string, Float64Array>>;

/** Columns in memory, which can be given more rows. */
export class MemoryColumns implements ColumnSource {
  length: number;
  rewinds = 0;
  readonly #columns: Columns;
  readonly #listeners = new Set<() => void>();

  constructor(columns: Columns, length = columns['step']!.length) {
    this.#columns = columns;
    this.length = length;
  }

  column(name: string): Float64Array | undefined {
    return this.#columns[name];
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Rows that are in the columns already are there from now on. */
  show(length: number): void {
    if (length < this.length) this.rewinds++;
    this.length = length;
    this.#listeners.forEach((listener) => listener());
  }
}
