import Papa from 'papaparse';
import { DataError } from '../../contract/errors.ts';
import { chunksOf, headOf, type RawRow, type RawRows, type Source } from './source.ts';

const DELIMITERS = [',', ';', '|'];
/** Longer records are refused: most often a quote was never closed. */
const MOST_CHARACTERS = 1 << 25;

interface Parsed {
  readonly data: string[][];
  readonly errors: { readonly row: number; readonly message: string }[];
  readonly meta: { readonly cursor: number };
}

/** The rows of a table whose first record names the columns, numbered from 1 below it. */
export async function* csvRows(source: Source): RawRows {
  let header: string[] | undefined;
  let row = 0;
  for await (const { data, errors } of records(source)) {
    const failures = new Map(errors.map((error) => [error.row, error.message]));
    const rows: RawRow[] = [];
    for (const [i, cells] of data.entries()) {
      if (isBlankLine(cells)) continue;
      if (header) rows.push(rowOf(++row, header, cells, failures.get(i)));
      else header = columnNames(cells);
    }
    yield rows;
  }
}

/** What parts the fields of a table: of those in its header, the one that is there most often. */
export function delimiterOf(head: string): string {
  const header = head.split(/[\r\n]/, 1)[0]!.replace(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string) => header.split(delimiter).length;
  // A column's name may hold a comma, but hardly a tab.
  if (header.includes('\t')) return '\t';
  return DELIMITERS.reduce((best, other) => (count(other) > count(best) ? other : best));
}

const newlineOf = (head: string): '\r\n' | '\r' | '\n' =>
  (/\r\n|\n|\r/.exec(head)?.[0] ?? '\n') as '\r\n' | '\r' | '\n';

async function* records(source: Source): AsyncGenerator<Parsed> {
  const head = (await headOf(source)).toString('utf8');
  const parser = new Papa.Parser({ delimiter: delimiterOf(head), newline: newlineOf(head) });
  let rest = '';
  for await (const text of decoded(source)) {
    const input = rest + text;
    const parsed = parser.parse(input, 0, true) as Parsed;
    yield parsed;
    rest = input.slice(parsed.meta.cursor);
    if (rest.length > MOST_CHARACTERS)
      throw new DataError(`${source.name} holds an overlong record: look for a quote that is never closed`);
  }
  if (rest !== '') yield parser.parse(rest, 0, false) as Parsed;
}

/** Drops a byte-order mark. */
async function* decoded(source: Source): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunksOf(source)) yield utf8.decode(chunk, { stream: true });
    yield utf8.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataError(`${source.name} is not UTF-8: save the file as UTF-8`, { cause: error });
  }
}

const isBlankLine = (cells: string[]): boolean => cells.length === 1 && cells[0]!.trim() === '';

/** Columns without a name are named by their place, and later ones of a name by their number. */
function columnNames(cells: string[]): string[] {
  const names = new Set<string>();
  for (const [i, cell] of cells.entries()) {
    const name = cell.trim() || `column ${i + 1}`;
    names.add(names.has(name) ? `${name} (${i + 1})` : name);
  }
  return [...names];
}

function rowOf(row: number, header: string[], cells: string[], failure: string | undefined): RawRow {
  if (failure !== undefined) return { row, problem: `its quotes do not match: ${failure}` };
  if (cells.length !== header.length)
    return { row, problem: `it has ${cells.length} fields where the header has ${header.length}` };
  return { row, record: Object.fromEntries(header.map((name, i) => [name, cells[i]])) };
}
