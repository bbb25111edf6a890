/** The metrics of runs as columns, each line parsed once: of a run that goes on only what is new is read. */
import { toColumns, type MetricColumns } from '../../project/metric-columns.ts';
import type { RunFolder } from '../../project/run-folder.ts';

interface Known {
  readonly columns: MetricColumns;
  /** The last line that was read, and where it begins. */
  readonly line: Buffer;
  readonly at: number;
}

/** Runs that are remembered: a person looks at one, and draws a few over it. */
const KEPT = 6;

const known = new Map<string, Known>();

const nothing: Known = { columns: toColumns('', 0), line: Buffer.alloc(0), at: 0 };

/** Those of the steps after one; what a crash has spoilt is passed over. */
export function metricsOf(run: RunFolder, after = 0): MetricColumns {
  const before = known.get(run.path) ?? nothing;
  known.delete(run.path);
  const now = goOn(run, before) ?? goOn(run, nothing)!;
  known.set(run.path, now);
  for (const oldest of [...known.keys()].slice(0, -KEPT)) known.delete(oldest);
  return rowsAfter(now.columns, after);
}

/**
 * With the lines after those that are known. Lines are added or taken back, never changed, and each has its time: where
 * the last one stands as it stood, so do those before it. Undefined where it does not.
 */
function goOn(run: RunFolder, before: Known): Known | undefined {
  const { columns, line, at } = before;
  const bytes = run.metricBytes(at);
  if (!bytes.subarray(0, line.length).equals(line)) return undefined;
  const added = toColumns(bytes.toString('utf8', line.length), -Infinity);
  if (added.steps.length === 0) return before;
  const { start, end } = lineAt(bytes, line.length, added.steps.length);
  return {
    columns: joined(columns, added),
    // A copy, so that the other bytes are not kept with it.
    line: Buffer.from(bytes.subarray(start, end)),
    at: at + start,
  };
}

/** Where a line lies, counted from 1 at a place. */
function lineAt(bytes: Buffer, from: number, number: number): { start: number; end: number } {
  let [start, end] = [from, from];
  for (let line = 0; line < number; line++) {
    start = end;
    end = bytes.indexOf('\n', start) + 1;
  }
  return { start, end };
}

function joined(first: MetricColumns, second: MetricColumns): MetricColumns {
  const rows = first.steps.length;
  if (rows === 0) return second;
  const names = new Set([...Object.keys(first.values), ...Object.keys(second.values)]);
  const column = (name: string) => {
    const values = new Float64Array(rows + second.steps.length).fill(NaN);
    values.set(first.values[name] ?? []);
    values.set(second.values[name] ?? [], rows);
    return values;
  };
  return {
    steps: Int32Array.from([...first.steps, ...second.steps]),
    times: Float64Array.from([...first.times, ...second.times]),
    values: Object.fromEntries([...names].map((name) => [name, column(name)])),
  };
}

function rowsAfter(columns: MetricColumns, step: number): MetricColumns {
  const { steps, times, values } = columns;
  const found = steps.findIndex((other) => other > step);
  if (found === 0) return columns;
  const row = found < 0 ? steps.length : found;
  return {
    steps: steps.slice(row),
    times: times.slice(row),
    values: Object.fromEntries(Object.entries(values).map(([name, column]) => [name, column.slice(row)])),
  };
}
