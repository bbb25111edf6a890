/** The header of a safetensors file: read with every check there is, and written. */
import * as fs from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { isPointer, pointerWords } from './files.ts';

/** Bytes of one number of each type. */
export const widths = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const;
export type Dtype = keyof typeof widths;

export interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From where to where in the data, in bytes. */
  readonly data_offsets: readonly [number, number];
}

export interface Header {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the tensors' bytes begin in the file. */
  readonly start: number;
}

const Entries = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);
const Metadata = z.record(z.string(), z.string());

type Unchecked = z.infer<typeof Entries>;

const LENGTH_BYTES = 8;

/** Throws a `ModelError` for a file that is not whole, or not as the format asks. */
export function readHeader(descriptor: number, path: string): Header {
  const { size } = fs.fstatSync(descriptor);
  if (size < LENGTH_BYTES)
    throw new ModelError(`${path} is truncated: it holds ${size} bytes, and a safetensors file at least 8`);
  const length = headerLength(descriptor, size, path);
  const start = LENGTH_BYTES + length;
  const json = new Uint8Array(length);
  readInto(descriptor, json, LENGTH_BYTES);
  const { entries, metadata } = parseHeader(json, path);
  return { entries: checkEntries(entries, size - start, path), metadata, start };
}

function headerLength(descriptor: number, size: number, path: string): number {
  const beginning = new Uint8Array(Math.min(size, 64));
  readInto(descriptor, beginning, 0);
  if (isPointer(beginning)) throw new ModelError(pointerWords(path));
  const length = Number(new DataView(beginning.buffer).getBigUint64(0, true));
  if (LENGTH_BYTES + length > size)
    throw new ModelError(
      `${path} is truncated or no safetensors file: its header should be ${length} bytes, but the file holds ${size}`,
    );
  return length;
}

function parseHeader(bytes: Uint8Array, path: string): { entries: Unchecked; metadata: Header['metadata'] } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ModelError(`${path} is no safetensors file: its header is not JSON`, { cause: error });
  }
  const { __metadata__: metadata = {}, ...entries } = Object(json) as Record<string, unknown>;
  return {
    entries: checked(Entries.safeParse(entries), `${path}: header of tensor`),
    metadata: checked(Metadata.safeParse(metadata), `${path}: metadata`),
  };
}

function checked<T>(result: z.ZodSafeParseResult<T>, what: string): T {
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ModelError(`${what} "${path.join('.')}" is malformed: ${message}`);
}

/** The tensors must fill the file's data: no overlap, no gap, nothing missing and nothing left over. */
function checkEntries(entries: Unchecked, available: number, path: string): Map<string, Entry> {
  let end = 0;
  const inOrder = Object.entries(entries).sort(([, a], [, b]) => order(a.data_offsets, b.data_offsets));
  for (const [name, entry] of inOrder) {
    const [from, to] = entry.data_offsets;
    const what = `${path}: tensor "${name}"`;
    checkSize(entry, what);
    if (from !== end)
      throw new ModelError(`${what} begins at byte ${from}, but the tensor before it ends at byte ${end}`);
    end = to;
  }
  if (available < end)
    throw new ModelError(
      `${path} is truncated: its tensors need ${end} bytes, but it holds ${available}; copy it again`,
    );
  if (available > end)
    throw new ModelError(
      `${path} holds ${available} bytes of data, but its header describes ${end}; copy it again`,
    );
  return new Map(Object.entries(entries) as [string, Entry][]);
}

const order = (a: readonly [number, number], b: readonly [number, number]): number =>
  a[0] - b[0] || a[1] - b[1];

function checkSize({ dtype, shape, data_offsets: [from, to] }: Unchecked[string], what: string): void {
  if (!Object.hasOwn(widths, dtype))
    throw new ModelError(
      `${what} has dtype ${dtype}; convert it to one of ${Object.keys(widths).join(', ')}`,
    );
  const expected = sizeOf(shape) * widths[dtype as Dtype];
  if (to - from !== expected)
    throw new ModelError(
      `${what}, ${dtype} [${shape.join(', ')}], needs ${expected} bytes, but its offsets span ${to - from}`,
    );
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

// One call moves at most 2 GiB.
const LARGEST_READ = 1 << 30;

/** Fills an array with a file's bytes from a position on. */
export function readInto(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let filled = 0; filled < bytes.length;) {
    const wanted = Math.min(bytes.length - filled, LARGEST_READ);
    const read = fs.readSync(descriptor, bytes, filled, wanted, position + filled);
    if (read === 0) throw new Error(`it ended at byte ${position + filled}`);
    filled += read;
  }
}

/** The header of tensors that follow one another in this order, as the bytes a file begins with. */
export function encodeHeader(
  tensors: readonly (Pick<Entry, 'dtype' | 'shape'> & { readonly name: string })[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape }) => {
    const start = end;
    end += sizeOf(shape) * widths[dtype];
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const about = sorted.length > 0 ? { __metadata__: Object.fromEntries(sorted) } : {};
  const json = Buffer.from(JSON.stringify({ ...about, ...Object.fromEntries(entries) }));
  const padded = Buffer.alloc(LENGTH_BYTES + Math.ceil(json.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - LENGTH_BYTES));
  json.copy(padded, LENGTH_BYTES);
  return padded;
}
