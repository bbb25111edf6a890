/** Rows of a source, and how often some were taken back. */
export interface Rows {
  readonly length: number;
  readonly rewinds: number;
}

const FIRST_ROWS = 256;

/** A column computed from another row by row, which goes on where it stopped. */
export class DerivedColumn {
  readonly #begin: () => (value: number) => number;
  #next: (value: number) => number;
  #values = new Float64Array(FIRST_ROWS);
  #length = 0;
  #rewinds = 0;

  /** `begin` gives a function of each row in turn that remembers the rows before. */
  constructor(begin: () => (value: number) => number) {
    this.#begin = begin;
    this.#next = begin();
  }

  /** The column as long as `rows`; the array may be longer. */
  of(from: Float64Array, { length, rewinds }: Rows): Float64Array {
    if (rewinds !== this.#rewinds) this.#restart(rewinds);
    if (length > this.#values.length) this.#grow(length);
    for (let row = this.#length; row < length; row++) this.#values[row] = this.#next(from[row]!);
    this.#length = length;
    return this.#values;
  }

  #restart(rewinds: number): void {
    this.#rewinds = rewinds;
    this.#length = 0;
    this.#next = this.#begin();
  }

  #grow(length: number): void {
    const values = new Float64Array(Math.max(length, 2 * this.#values.length));
    values.set(this.#values.subarray(0, this.#length));
    this.#values = values;
  }
}
