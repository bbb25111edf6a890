/** Metrics of a run as the doctor reads them: smoothed, so that one step alone tells nothing. */
import type { RunMetrics } from '../../contract/calls.ts';
import type { MetricName } from '../../contract/metrics.ts';

interface Course {
  readonly steps: readonly number[];
  readonly values: readonly number[];
  /** Where it is now. */
  readonly last: number;
}

/** A metric; its `values` are medians over `WINDOW` of the raw ones. */
export interface Series extends Course {
  /** As the steps reported them; medians of blocks of steps in a long run. */
  readonly raw: readonly number[];
  /** Where it began: the median of the first ones. */
  readonly start: number;
}

/** Centred windows; at the ends they are cut, to three. */
const WINDOW = 5;
const START = 3;
/** Fewer steps tell too little. */
const LEAST_LENGTH = 8;
/** A longer run is read in so many blocks, so that windows grow with it. */
const BLOCKS = 400;
/** An illness must show so many times in a row to be believed, and be away as often to be cured. */
const PERSISTENCE = 4;

/** A run's settings by their names. */
export type RunSettings = Readonly<Record<string, unknown>>;

/** What a run has reported and was told to do. */
export class ObservedRun {
  readonly #metrics: RunMetrics;
  readonly #settings: RunSettings;
  readonly #read = new Map<MetricName, Series | undefined>();

  constructor(metrics: RunMetrics, settings: RunSettings) {
    this.#metrics = metrics;
    this.#settings = settings;
  }

  /** Undefined where a metric is missing, or too short to tell. */
  series(name: MetricName): Series | undefined {
    if (!this.#read.has(name)) this.#read.set(name, this.#readSeries(name));
    return this.#read.get(name);
  }

  #readSeries(name: MetricName): Series | undefined {
    const column = this.#metrics.values[name];
    if (column === undefined) return undefined;
    const { steps, values } = reported(this.#metrics.steps, column);
    if (values.length < LEAST_LENGTH) return undefined;
    const size = Math.ceil(values.length / BLOCKS);
    const firsts = Array.from({ length: Math.ceil(values.length / size) }, (_, i) => i * size);
    return seriesOf(
      firsts.map((first) => steps[first]!),
      firsts.map((first) => median(values.subarray(first, first + size))),
    );
  }

  number(setting: string): number | undefined {
    const value = this.#settings[setting];
    return typeof value === 'number' ? value : undefined;
  }

  setting(name: string): unknown {
    return this.#settings[name];
  }
}

/** The steps that reported a metric, and what they did. */
function reported(steps: Int32Array, column: Float64Array): { steps: Int32Array; values: Float64Array } {
  const at = new Int32Array(column.length);
  const values = new Float64Array(column.length);
  let count = 0;
  for (let i = 0; i < column.length; i++) {
    if (Number.isNaN(column[i]!)) continue;
    at[count] = steps[i]!;
    values[count++] = column[i]!;
  }
  return { steps: at.subarray(0, count), values: values.subarray(0, count) };
}

export function seriesOf(steps: readonly number[], raw: readonly number[]): Series {
  const reach = (WINDOW - 1) / 2;
  const values = raw.map((_, i) => median(raw.slice(Math.max(0, i - reach), i + reach + 1)));
  return { steps, raw, values, start: median(raw.slice(0, START)), last: values.at(-1)! };
}

/** The same steps seen through a function of the smoothed values. */
export function through({ steps, values }: Series, change: (value: number) => number): Course {
  const changed = values.map(change);
  return { steps, values: changed, last: changed.at(-1)! };
}

/** Past `enter` it is an illness; it is over only once it is below `leave`. */
export interface Bounds {
  readonly enter: number;
  readonly leave: number;
}

/** The step at which the illness that there is now began. */
export function onset({ steps, values, last }: Course, { enter, leave }: Bounds): number | undefined {
  let since: number | undefined;
  let against = 0;
  for (const [i, value] of values.entries()) {
    const opposes = since === undefined ? value >= enter : value < leave;
    against = opposes ? against + 1 : 0;
    if (against < PERSISTENCE) continue;
    since = since === undefined ? steps[i - PERSISTENCE + 1]! : undefined;
    against = 0;
  }
  return last >= leave ? since : undefined;
}

/** How much a value scatters from step to step, whatever the trend: robust, from first differences. */
export function scatter({ raw }: Series): number {
  const changes = raw.slice(1).map((value, i) => Math.abs(value - raw[i]!));
  // 1.4826 medians of |x| are a deviation of normal numbers; a difference has √2 of it.
  return (1.4826 * median(changes)) / Math.SQRT2;
}

export function median(values: ArrayLike<number>): number {
  // Typed arrays sort by value, several times as fast.
  const sorted = new Float64Array(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
