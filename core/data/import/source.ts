/** A file that is being imported, read part after part. */
import * as fs from 'node:fs/promises';
import { basename } from 'node:path';
import { Cancelled, DataError } from '../../contract/errors.ts';
import { reason } from '../files.ts';

export interface Progress {
  /** Bytes read so far; of a Parquet file, rows. */
  readonly done: number;
  readonly total: number;
}

export interface ReadOptions {
  /** The file's own name, where the path is that of a copy. */
  readonly name?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the reading with `Cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

export interface Source {
  readonly path: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Tells how far the reading is, and stops it where that was asked. */
  readonly report: (done: number, total: number) => void;
}

/** A row as the file has it, or why it has none. */
export type RawRow =
  | { readonly row: number; readonly record: Readonly<Record<string, unknown>> }
  | { readonly row: number; readonly problem: string };

export type RawRows = AsyncGenerator<RawRow[]>;

const CHUNK = 1 << 20;

export async function openSource(path: string, options: ReadOptions): Promise<Source> {
  const size = await sizeOf(path);
  const name = options.name ?? basename(path);
  if (size === 0) throw new DataError(`${name} is empty: choose a file that holds rows`);
  const report = (done: number, total: number): void => {
    if (options.signal?.aborted) throw new Cancelled();
    options.onProgress?.({ done, total });
  };
  return { path, name, size, report };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const status = await fs.stat(path);
    if (status.isFile()) return status.size;
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${reason(error)}`, { cause: error });
  }
  throw new DataError(`${path} is no file: choose a file that holds rows`);
}

/** The bytes of a file, a megabyte at a time, each in memory of its own. */
export async function* chunksOf(source: Source): AsyncGenerator<Buffer> {
  const file = await open(source.path);
  try {
    for (let done = 0; ;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK);
      if (bytesRead === 0) return;
      done += bytesRead;
      source.report(done, source.size);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The first bytes of a file: at most a megabyte. */
export async function headOf(source: Source): Promise<Buffer> {
  for await (const chunk of chunksOf({ ...source, report: () => undefined })) return chunk;
  return Buffer.alloc(0);
}

async function open(path: string): Promise<fs.FileHandle> {
  try {
    return await fs.open(path);
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${reason(error)}`, { cause: error });
  }
}

/** A value of a list or a line as a row: a bare text is a prompt. */
export function rawRow(row: number, value: unknown): RawRow {
  if (typeof value === 'string') return { row, record: { prompt: value } };
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { row, record: value as Record<string, unknown> };
  return { row, problem: `it is ${kindOf(value)}, not an object` };
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
