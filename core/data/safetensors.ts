/**
 * The safetensors format: 8 bytes of header length, a JSON header of names, types, shapes and offsets, and the
 * tensors' bytes without gaps. https://huggingface.co/docs/safetensors
 */
import * as fs from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { openToRead, reason, replaceFile } from './files.ts';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './float16.ts';

export type TensorData = Float32Array | Int32Array | Uint8Array;

/** A tensor on the host: row-major data. */
export interface HostTensor<D extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: D;
}

export type HostTensors<D extends TensorData = TensorData> = Map<string, HostTensor<D>>;

export interface Safetensors<D extends TensorData = TensorData> {
  readonly tensors: HostTensors<D>;
  readonly metadata: Record<string, string>;
}

interface Dtype {
  readonly bytes: number;
  /** The stored bytes as the typed array they become; `name` is for the error. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>, name: string) => TensorData;
}

const DTYPES: Readonly<Record<string, Dtype>> = {
  F32: { bytes: 4, decode: (bytes) => new Float32Array(bytes.buffer) },
  F16: { bytes: 2, decode: (bytes) => float16ToFloat32(new Uint16Array(bytes.buffer)) },
  BF16: { bytes: 2, decode: (bytes) => bfloat16ToFloat32(new Uint16Array(bytes.buffer)) },
  I32: { bytes: 4, decode: (bytes) => new Int32Array(bytes.buffer) },
  I64: { bytes: 8, decode: (bytes, name) => narrow(new BigInt64Array(bytes.buffer), name) },
  U8: { bytes: 1, decode: (bytes) => bytes },
  BOOL: { bytes: 1, decode: (bytes) => bytes },
};

const Header = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);
const Metadata = z.record(z.string(), z.string());

type Entries = z.infer<typeof Header>;

/** Every tensor of a file: F32, F16 and BF16 as float32, I32 and I64 as int32, U8 and BOOL as bytes. */
export function readTensors(path: string): Safetensors {
  return reading(path, () => true);
}

/**
 * The float tensors of a file, as float32. Integer tensors are left out: among weights they are buffers, such
 * as causal masks and position ids, that the model computes for itself.
 */
export function readSafetensors(path: string): Safetensors<Float32Array> {
  const { tensors, metadata } = reading(path, (dtype) => dtype.endsWith('F16') || dtype === 'F32');
  return { tensors: tensors as HostTensors<Float32Array>, metadata };
}

/** The names of a file's tensors, whose data is not read. */
export function readTensorNames(path: string): string[] {
  const descriptor = openToRead(path, ModelError);
  try {
    return Object.keys(readHeader(descriptor, path).entries);
  } finally {
    fs.closeSync(descriptor);
  }
}

function reading(path: string, wanted: (dtype: string) => boolean): Safetensors {
  const descriptor = openToRead(path, ModelError);
  try {
    const { entries, metadata, start } = readHeader(descriptor, path);
    const tensors = new Map<string, HostTensor>();
    for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
      if (!wanted(dtype)) continue;
      const bytes = readAt(descriptor, start + offsets[0], offsets[1] - offsets[0]);
      tensors.set(name, { shape, data: DTYPES[dtype]!.decode(bytes, `${path}: tensor "${name}"`) });
    }
    return { tensors, metadata };
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${path} cannot be read: ${reason(error)}`, { cause: error });
  } finally {
    fs.closeSync(descriptor);
  }
}

const LENGTH_BYTES = 8;

interface ParsedHeader {
  readonly entries: Entries;
  readonly metadata: Record<string, string>;
  /** Where the tensors' bytes begin. */
  readonly start: number;
}

function readHeader(descriptor: number, path: string): ParsedHeader {
  const size = fs.fstatSync(descriptor).size;
  if (size < LENGTH_BYTES)
    throw new ModelError(`${path} is truncated: it holds ${size} bytes, and a safetensors file at least 8`);
  const lengthBytes = new DataView(readAt(descriptor, 0, LENGTH_BYTES).buffer);
  const length = Number(lengthBytes.getBigUint64(0, true));
  const start = LENGTH_BYTES + length;
  if (start > size)
    throw new ModelError(
      `${path} is truncated or no safetensors file: its header should be ${length} bytes, but the file holds ${size}`,
    );
  const { entries, metadata } = parseHeader(readAt(descriptor, LENGTH_BYTES, length), path);
  checkEntries(entries, size - start, path);
  return { entries, metadata, start };
}

function parseHeader(bytes: Uint8Array, path: string): Omit<ParsedHeader, 'start'> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ModelError(`${path} is no safetensors file: its header is not JSON`, { cause: error });
  }
  const { __metadata__: metadata = {}, ...entries } = Object(json) as Record<string, unknown>;
  return {
    entries: checked(Header.safeParse(entries), `${path}: header of tensor`),
    metadata: checked(Metadata.safeParse(metadata), `${path}: metadata`),
  };
}

function checked<T>(result: z.ZodSafeParseResult<T>, what: string): T {
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ModelError(`${what} "${path.join('.')}" is malformed: ${message}`);
}

/** The tensors must fill the file's data: no overlap, no gap, nothing missing and nothing left over. */
function checkEntries(entries: Entries, available: number, path: string): void {
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
}

const order = (a: readonly [number, number], b: readonly [number, number]): number =>
  a[0] - b[0] || a[1] - b[1];

function checkSize({ dtype, shape, data_offsets: [from, to] }: Entries[string], what: string): void {
  const known = DTYPES[dtype];
  if (known === undefined)
    throw new ModelError(
      `${what} has dtype ${dtype}; convert it to one of ${Object.keys(DTYPES).join(', ')}`,
    );
  const expected = sizeOf(shape) * known.bytes;
  if (to - from !== expected)
    throw new ModelError(
      `${what}, ${dtype} [${shape.join(', ')}], needs ${expected} bytes, but its offsets span ${to - from}`,
    );
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

// One read call moves at most 2 GiB.
const LARGEST_READ = 1 << 30;

function readAt(descriptor: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const wanted = Math.min(length - filled, LARGEST_READ);
    const read = fs.readSync(descriptor, bytes, filled, wanted, position + filled);
    if (read === 0) throw new Error(`it ended at byte ${position + filled}`);
    filled += read;
  }
  return bytes;
}

function narrow(values: BigInt64Array, name: string): Int32Array {
  return Int32Array.from(values, (value) => {
    if (BigInt.asIntN(32, value) !== value)
      throw new ModelError(`${name} holds ${value}, which does not fit in 32 bits`);
    return Number(value);
  });
}

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** How float tensors are stored; F16 halves the file and rounds to 11 bits. */
  readonly floats?: 'F32' | 'F16';
}

interface Stored {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly bytes: () => Uint8Array;
}

/** Writes a file, whole or not at all. The same tensors and metadata always give the same bytes. */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, HostTensor>,
  { metadata = {}, floats = 'F32' }: WriteOptions = {},
): void {
  const stored = [...tensors].map(([name, tensor]) => toStored(path, name, tensor, floats)).sort(inFileOrder);
  const header = encodeHeader(stored, metadata);
  try {
    replaceFile(path, (descriptor) => {
      fs.writeFileSync(descriptor, header);
      for (const tensor of stored) fs.writeFileSync(descriptor, tensor.bytes());
    });
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${path} cannot be written: ${reason(error)}`, { cause: error });
  }
}

/** Wider types first, which keeps each tensor aligned, then by name. */
function inFileOrder(a: Stored, b: Stored): number {
  const byWidth = DTYPES[b.dtype]!.bytes - DTYPES[a.dtype]!.bytes;
  return byWidth || (a.name < b.name ? -1 : 1);
}

function toStored(path: string, name: string, tensor: HostTensor, floats: 'F32' | 'F16'): Stored {
  const { shape, data } = tensor;
  const what = `${path}: tensor "${name}"`;
  if (name === '__metadata__') throw new ModelError(`${what} has a name the format keeps for itself`);
  if (data.length !== sizeOf(shape))
    throw new ModelError(`${what} has shape [${shape.join(', ')}] but ${data.length} values`);
  const dtype = data instanceof Float32Array ? floats : data instanceof Int32Array ? 'I32' : 'U8';
  const bytes = () => bytesOf(dtype === 'F16' ? float32ToFloat16(data as Float32Array, what) : data);
  return { name, dtype, shape, byteLength: data.length * DTYPES[dtype]!.bytes, bytes };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function encodeHeader(stored: readonly Stored[], metadata: Readonly<Record<string, string>>): Buffer {
  let end = 0;
  const entries = stored.map(({ name, dtype, shape, byteLength }) => {
    const start = end;
    end += byteLength;
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
