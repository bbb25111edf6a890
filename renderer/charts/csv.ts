/** The numbers of a chart exactly as they were measured, a row a step of a run. */
import type { Line } from './line.ts';
import type { ColumnSource } from './source.ts';

/** Which runs, and which of their metrics, the lines show. */
export function csvOf(lines: readonly Pick<Line, 'run' | 'source' | 'metric'>[]): string {
  const metrics = [...new Set(lines.map(({ metric }) => metric))];
  const runs = new Map(lines.map(({ source, run }) => [source, run]));
  const header = ['run', 'step', 'time', ...metrics].map(quoted).join(',');
  const rows = [...runs].flatMap(([source, run]) => rowsOf(source, run, metrics));
  return [header, ...rows, ''].join('\n');
}

function rowsOf(source: ColumnSource, run: string, metrics: readonly string[]): string[] {
  const columns = metrics.map((metric) => source.column(metric));
  const steps = source.column('step')!;
  const times = source.column('time')!;
  const name = quoted(run);
  return Array.from({ length: source.length }, (_, row) => {
    const values = columns.map((column) => number(column?.[row] ?? NaN));
    return [name, steps[row], new Date(times[row]!).toISOString(), ...values].join(',');
  });
}

/** The shortest digits that give the same number again; nothing where there is none. */
const number = (value: number): string => (Number.isNaN(value) ? '' : String(value));

const quoted = (words: string): string => (/[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
