import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DataError } from '../../contract/errors.ts';
import { rawRow, type RawRow, type RawRows, type Source } from './source.ts';

/** The rows of a Parquet file, a row group at a time, numbered from 1. */
export async function* parquetRows(source: Source): RawRows {
  const file = await asyncBufferFromFile(source.path);
  const metadata = await readable(source, () => parquetMetadataAsync(file));
  const total = Number(metadata.num_rows);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const options = { file, metadata, rowStart, rowEnd, compressors };
    const records = await readable(source, () => parquetReadObjects(options));
    source.report(rowEnd, total);
    yield rowsFrom(rowStart + 1, records);
    rowStart = rowEnd;
  }
}

const rowsFrom = (first: number, records: Record<string, unknown>[]): RawRow[] =>
  records.map((record, i) => rawRow(first + i, asJson(record)));

async function readable<T>(source: Source, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new DataError(`${source.name} cannot be read as Parquet: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Parquet's values as JSON has them: large integers, times and bytes become text. */
function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asJson(inner)]));
  return value ?? null;
}
