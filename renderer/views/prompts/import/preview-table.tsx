import { classes } from '../../../components/classes.ts';
import type { Preview } from './import-flow.ts';
import styles from './import.module.css';
import { fieldNames, type Mapping } from './mapping.ts';

interface PreviewTableProps {
  readonly preview: Preview;
  readonly mapping: Mapping;
}

const LONGEST = 300;

/** The first rows as the file has them; columns that are mapped come first and say to what. */
export function PreviewTable({ preview, mapping }: PreviewTableProps) {
  const fields = new Map(Object.entries(mapping.columns).map(([field, column]) => [column, field]));
  const nested = [...fields.keys()].filter((column) => !preview.columns.includes(column));
  const columns = [...preview.columns, ...nested].toSorted(
    (a, b) => Number(fields.has(b)) - Number(fields.has(a)),
  );
  return (
    <div className={styles.tableFrame} role="region" aria-label="First rows of the file" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={classes(fields.has(column) && styles.mapped)}>
                {column}
                <small>{fieldNames[fields.get(column) ?? ''] ?? 'not imported'}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.sample.map((row, i) => (
            <tr key={i}>
              {columns.map((column) => (
                <td key={column} className={classes(!fields.has(column) && styles.unused)}>
                  <div>{shown(valueAt(row, column))}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A column, or what a dotted path reaches in one. */
function valueAt(row: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  return column
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], row);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, LONGEST);
}
