import type { z } from 'zod';
import type { ImportFormat } from '../../contract/calls.ts';
import { DataError } from '../../contract/errors.ts';
import { csvRows, delimiterOf } from './csv-rows.ts';
import { jsonLinesRows, jsonListRows } from './json-rows.ts';
import { parquetRows } from './parquet-rows.ts';
import { headOf, type RawRows, type Source } from './source.ts';

export type Format = z.infer<typeof ImportFormat>;

const readers: Record<Format, (source: Source) => RawRows> = {
  jsonl: jsonLinesRows,
  json: jsonListRows,
  csv: csvRows,
  tsv: csvRows,
  parquet: parquetRows,
};

/** The rows of a file, some at a time. Throws a `DataError` where the file as a whole cannot be read. */
export const rowsOf = (source: Source, format: Format): RawRows => readers[format](source);

const UTF16 = ['fffe', 'feff'];
/** How files begin that hold no rows as they are, and what to do with them. */
const refused: Record<string, string> = {
  '1f8b': 'is compressed with gzip: unpack it first',
  '504b': 'is a ZIP archive or a workbook: unpack it, or save its sheet as CSV',
  '28b5': 'is compressed with zstd: unpack it first',
};

/** What a file is, by what it holds first and by its name second. */
export async function formatOf(source: Source): Promise<Format> {
  const head = await headOf(source);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  refuseUnreadable(source.name, head);
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  const named = (extensions: string) => new RegExp(`[.](${extensions})$`, 'i').test(source.name);
  const first = text.trimStart()[0];
  if (named('csv|tsv')) return tableFormat(text);
  if (named('jsonl|ndjson') && first !== '[') return 'jsonl';
  if (first === '{' && hasLinesOfJson(text.trimStart())) return 'jsonl';
  return first === '[' || first === '{' || named('json') ? 'json' : tableFormat(text);
}

function refuseUnreadable(name: string, head: Buffer): void {
  const start = head.subarray(0, 2).toString('hex');
  if (UTF16.includes(start)) throw new DataError(`${name} is UTF-16: save the file as UTF-8`);
  if (refused[start]) throw new DataError(`${name} ${refused[start]}`);
  if (head.includes(0))
    throw new DataError(`${name} is no text: choose a JSONL, JSON, CSV, TSV or Parquet file`);
}

const tableFormat = (text: string): Format => (delimiterOf(text) === '\t' ? 'tsv' : 'csv');

/** A first line that is an object says little alone: with more below it, the file is JSONL whatever its name. */
function hasLinesOfJson(text: string): boolean {
  const end = text.indexOf('\n');
  return end >= 0 && isJson(text.slice(0, end)) && text.slice(end).trim() !== '';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
