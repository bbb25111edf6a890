import type { RunMetrics } from '../../core/contract/calls.ts';

const FIRST_ROWS = 512;

interface Step {
  readonly step: number;
  readonly time: number;
  readonly names: readonly string[];
  readonly values: Float64Array;
}

/**
 * A row a step, in order of the steps, a column a metric; NaN where a step did not report one. A run that goes on from
 * an earlier step takes back the rows it makes again.
 */
export class MetricColumns {
  length = 0;
  /** How often rows were taken back. */
  rewinds = 0;
  /** Of the metrics; another array whenever there are more. */
  names: readonly string[] = [];
  #capacity = FIRST_ROWS;
  readonly #columns = new Map<string, Float64Array>([
    ['step', new Float64Array(FIRST_ROWS)],
    ['time', new Float64Array(FIRST_ROWS)],
  ]);

  /** `step`, `time` in milliseconds since 1970, or a metric; valid up to `length`. */
  column(name: string): Float64Array | undefined {
    return this.#columns.get(name);
  }

  /** 0 before the first. */
  get lastStep(): number {
    return this.length > 0 ? this.#steps[this.length - 1]! : 0;
  }

  /** Adds a step that was told; gives whether it was new. */
  add({ step, time, names, values }: Step): boolean {
    if (step <= this.lastStep) {
      const row = this.#rowOf(step);
      if (this.#steps[row] === step && this.#times[row] === time) return false;
      this.#takeBack(row);
    }
    const row = this.#newRow(step, time);
    names.forEach((name, i) => (this.#metric(name)[row] = values[i]!));
    return true;
  }

  /** Adds those of the steps that are after the last one. */
  addAll({ steps, times, values }: RunMetrics): void {
    const first = steps.findIndex((step) => step > this.lastStep);
    if (first < 0) return;
    const begin = this.length;
    this.#reserve(begin + steps.length - first);
    for (let i = first; i < steps.length; i++) this.#newRow(steps[i]!, times[i]!);
    for (const [name, column] of Object.entries(values))
      this.#metric(name).set(column.subarray(first), begin);
  }

  /** Whether rows that were read begin with the last one that is known, as it is known. */
  isLast({ steps, times }: RunMetrics): boolean {
    return steps[0] === this.lastStep && times[0] === this.#times[this.length - 1];
  }

  clear(): void {
    this.#takeBack(0);
  }

  get #steps(): Float64Array {
    return this.#columns.get('step')!;
  }

  get #times(): Float64Array {
    return this.#columns.get('time')!;
  }

  /** The first row of a step or of one after it. */
  #rowOf(step: number): number {
    let [from, end] = [0, this.length];
    while (from < end) {
      const middle = (from + end) >>> 1;
      if (this.#steps[middle]! < step) from = middle + 1;
      else end = middle;
    }
    return from;
  }

  #takeBack(length: number): void {
    for (const column of this.#columns.values()) column.fill(NaN, length, this.length);
    this.length = length;
    this.rewinds++;
  }

  #newRow(step: number, time: number): number {
    this.#reserve(this.length + 1);
    this.#steps[this.length] = step;
    this.#times[this.length] = time;
    return this.length++;
  }

  #metric(name: string): Float64Array {
    const known = this.#columns.get(name);
    if (known) return known;
    const column = new Float64Array(this.#capacity).fill(NaN);
    this.#columns.set(name, column);
    this.names = [...this.names, name];
    return column;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(rows, 2 * this.#capacity);
    for (const [name, column] of this.#columns) {
      const longer = new Float64Array(this.#capacity).fill(NaN, this.length);
      longer.set(column);
      this.#columns.set(name, longer);
    }
  }
}
