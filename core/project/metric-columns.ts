/** Metrics of a run, a row a step: `values` holds a column for every name, NaN where a step did not report it. */
export interface MetricColumns {
  readonly steps: Int32Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Record<string, Float64Array<ArrayBuffer>>;
}

interface Line extends Readonly<Record<string, unknown>> {
  readonly step: number;
}

/**
 * Lines of `metrics.jsonl` as columns, those after a step. A torn last line is passed over, and so is all that
 * follows a line which a crash of the machine has spoilt.
 */
export function toColumns(text: string, after: number): MetricColumns {
  // `appendMetrics` writes the step first, so what comes before need not be parsed.
  const start = after > 0 ? Math.max(0, text.indexOf(`{"step":${after},`)) : 0;
  const lines = parseWhile(text.slice(start).split('\n').slice(0, -1)).filter(({ step }) => step > after);
  const { step, time, ...values } = Object.fromEntries(columnsOf(lines));
  return {
    steps: Int32Array.from(step ?? []),
    times: time ?? new Float64Array(),
    values,
  };
}

function parseWhile(lines: readonly string[]): Line[] {
  const parsed: Line[] = [];
  for (const line of lines) {
    const record = tryParse(line);
    if (record === undefined) break;
    parsed.push(record);
  }
  return parsed;
}

function tryParse(line: string): Line | undefined {
  try {
    const record = JSON.parse(line) as Partial<Line> | null;
    return typeof record?.step === 'number' ? (record as Line) : undefined;
  } catch {
    return undefined;
  }
}

function columnsOf(lines: readonly Line[]): Map<string, Float64Array<ArrayBuffer>> {
  const columns = new Map<string, Float64Array<ArrayBuffer>>();
  for (const [row, line] of lines.entries())
    for (const name in line) {
      let column = columns.get(name);
      if (column === undefined) columns.set(name, (column = new Float64Array(lines.length).fill(NaN)));
      // Numbers that are not finite are written as strings.
      column[row] = Number(line[name]);
    }
  return columns;
}
