import type { Rows } from './derived-column.ts';

const BLOCK = 64;

/**
 * The rows of the smallest and largest value of every 64 rows, so that a million rows are looked through in thousands.
 * What is not finite, or not above `floor`, is passed over.
 */
export class Extremes {
  /** Of the last search; −1 where there was none. */
  low = -1;
  high = -1;
  readonly #floor: number;
  #lows = new Int32Array(16);
  #highs = new Int32Array(16);
  #blocks = 0;
  #rewinds = 0;

  constructor(floor = -Infinity) {
    this.#floor = floor;
  }

  isDrawn(value: number): boolean {
    return value > this.#floor && value < Infinity;
  }

  /** Takes in the rows that are new. */
  update(values: Float64Array, { length, rewinds }: Rows): void {
    if (rewinds !== this.#rewinds) this.#blocks = 0;
    this.#rewinds = rewinds;
    const blocks = Math.floor(length / BLOCK);
    if (blocks > this.#lows.length) this.#grow(blocks);
    for (let block = this.#blocks; block < blocks; block++) {
      this.#clear();
      this.#scan(values, block * BLOCK, (block + 1) * BLOCK);
      this.#lows[block] = this.low;
      this.#highs[block] = this.high;
    }
    this.#blocks = blocks;
  }

  /** Leaves the rows of the smallest and largest value from one row to before another in `low` and `high`. */
  search(values: Float64Array, from: number, end: number): void {
    this.#clear();
    const first = Math.ceil(from / BLOCK);
    const last = Math.min(Math.floor(end / BLOCK), this.#blocks);
    if (first >= last) return this.#scan(values, from, end);
    this.#scan(values, from, first * BLOCK);
    for (let block = first; block < last; block++) {
      if (this.#lows[block]! < 0) continue;
      this.#take(values, this.#lows[block]!);
      this.#take(values, this.#highs[block]!);
    }
    this.#scan(values, last * BLOCK, end);
  }

  #clear(): void {
    this.low = -1;
    this.high = -1;
  }

  #scan(values: Float64Array, from: number, end: number): void {
    for (let row = from; row < end; row++) if (this.isDrawn(values[row]!)) this.#take(values, row);
  }

  #take(values: Float64Array, row: number): void {
    const value = values[row]!;
    if (this.low < 0 || value < values[this.low]!) this.low = row;
    if (this.high < 0 || value > values[this.high]!) this.high = row;
  }

  #grow(blocks: number): void {
    const size = Math.max(blocks, 2 * this.#lows.length);
    const [lows, highs] = [new Int32Array(size), new Int32Array(size)];
    lows.set(this.#lows);
    highs.set(this.#highs);
    this.#lows = lows;
    this.#highs = highs;
  }
}
