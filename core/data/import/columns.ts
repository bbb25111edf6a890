/** Columns of nested rows: `instances.0.output` is the output in the first of a row's instances. */

type Row = Readonly<Record<string, unknown>>;

const MOST_DEPTH = 5;
/** Rows that use names as data would have as many columns as rows. */
const MOST_COLUMNS = 1000;

/** What a row holds at a path; a key that is spelt like the whole path comes first. Undefined where nothing is. */
export function valueAt(record: Row, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  return path.split('.').reduce<unknown>(inner, record);
}

const inner = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Row)[key] : undefined;

/** Adds the paths of a row to those known: its keys, those of objects in it, and those of the first in a list. */
export function addColumns(columns: Set<string>, record: Row, path = '', depth = 1): void {
  for (const key in record) {
    if (columns.size >= MOST_COLUMNS) return;
    columns.add(path + key);
    const value = record[key];
    if (depth < MOST_DEPTH) addNested(columns, value, path + key, depth);
  }
}

function addNested(columns: Set<string>, value: unknown, path: string, depth: number): void {
  if (isObject(value)) addColumns(columns, value, `${path}.`, depth + 1);
  else if (Array.isArray(value) && isObject(value[0])) addColumns(columns, value[0], `${path}.0.`, depth + 1);
}

export function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
