/**
 * The safetensors format: 8 bytes of header length, a JSON header of names, types, shapes and offsets, and the
 * tensors' bytes without gaps. https://huggingface.co/docs/safetensors
 */
import * as fs from 'node:fs';
import { ModelError } from '../contract/errors.ts';
import { openToRead, reason } from './files.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './float16.ts';
import type { HostTensors, TensorData } from './host-tensor.ts';
import {
  readHeader,
  readInto,
  sizeOf,
  widths,
  type Dtype,
  type Entry,
  type Header,
} from './safetensors-header.ts';

export type { HostTensor, HostTensors, TensorData } from './host-tensor.ts';
export { streamSafetensors, writeSafetensors } from './safetensors-writer.ts';

export interface Safetensors {
  readonly tensors: HostTensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Fills `into` with the numbers that these bytes of a file are; `what` is for the error. */
type Convert = (bytes: Uint8Array<ArrayBuffer>, into: TensorData, what: string) => void;

const halves = ({ buffer, length }: Uint8Array<ArrayBuffer>) => new Uint16Array(buffer, 0, length / 2);

/** The types whose numbers a file holds in another form than the array they become. */
const conversions: Partial<Record<Dtype, Convert>> = {
  F64: ({ buffer, length }, into) => into.set(new Float64Array(buffer, 0, length / 8)),
  F16: (bytes, into) => float16ToFloat32(halves(bytes), into as Float32Array),
  BF16: (bytes, into) => bfloat16ToFloat32(halves(bytes), into as Float32Array),
  I64: ({ buffer, length }, into, what) => narrow(new BigInt64Array(buffer, 0, length / 8), into, what),
};

const isFloat = (dtype: Dtype): boolean => dtype.includes('F');

function arrayOf(dtype: Dtype, length: number): TensorData {
  if (isFloat(dtype)) return new Float32Array(length);
  return dtype.startsWith('I') ? new Int32Array(length) : new Uint8Array(length);
}

/**
 * A file whose tensors are read one at a time, each when it is asked for, and never kept. It is opened anew for each,
 * so that there is nothing to close and any number may read it at a time.
 */
export class SafetensorsFile {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The names of its float tensors. Integers among weights are buffers that a model computes for itself. */
  readonly floats: readonly string[];
  readonly #header: Header;
  readonly #version: string;

  /** Reads the header. Throws a `ModelError` for a file that is not whole, or not as the format asks. */
  constructor(path: string) {
    this.path = path;
    const [header, version] = inFile(path, (file) => [readHeader(file, path), versionOf(file)] as const);
    this.#header = header;
    this.#version = version;
    this.metadata = header.metadata;
    this.floats = [...header.entries].flatMap(([name, { dtype }]) => (isFloat(dtype) ? [name] : []));
  }

  /** The names of all its tensors. */
  get names(): readonly string[] {
    return [...this.#header.entries.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#entry(name).shape;
  }

  /** Floats of every width become float32, I32 and I64 int32, U8 and BOOL bytes. */
  read(name: string): TensorData {
    const entry = this.#entry(name);
    return inFile(this.path, (file) => {
      if (versionOf(file) !== this.#version)
        throw new ModelError(`${this.path} has been replaced since it was opened; open it again`);
      return readTensor(file, this.#header.start, entry, `${this.path}: tensor "${name}"`);
    });
  }

  #entry(name: string): Entry {
    const entry = this.#header.entries.get(name);
    if (entry) return entry;
    throw new ModelError(`${this.path} has no tensor "${name}"`);
  }
}

function inFile<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openToRead(path, ModelError);
  try {
    return use(descriptor);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${path} cannot be read: ${reason(error)}`, { cause: error });
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Differs once the file is another: headers tell nothing of one that took its place. */
function versionOf(descriptor: number): string {
  const { ino, size, mtimeMs } = fs.fstatSync(descriptor);
  return `${ino} ${size} ${mtimeMs}`;
}

/** Bytes that are converted at a time: they stay in the processor's cache. */
const PART = 1 << 20;

function readTensor(descriptor: number, start: number, entry: Entry, what: string): TensorData {
  const { dtype, shape, data_offsets: offsets } = entry;
  const data = arrayOf(dtype, sizeOf(shape));
  const [convert, width] = [conversions[dtype], widths[dtype]];
  if (!convert) {
    readInto(descriptor, new Uint8Array(data.buffer), start + offsets[0]);
    return data;
  }
  const part = new Uint8Array(Math.min(PART, data.length * width));
  for (let done = 0; done < data.length; done += PART / width) {
    const into = data.subarray(done, done + PART / width);
    const bytes = part.subarray(0, into.length * width);
    readInto(descriptor, bytes, start + offsets[0] + done * width);
    convert(bytes, into, what);
  }
  return data;
}

function narrow(values: BigInt64Array, into: TensorData, what: string): void {
  for (const [i, value] of values.entries()) {
    if (BigInt.asIntN(32, value) !== value)
      throw new ModelError(`${what} holds ${value}, which does not fit in 32 bits`);
    into[i] = Number(value);
  }
}

/** Every tensor of a file, all at once. */
export function readTensors(path: string): Safetensors {
  const file = new SafetensorsFile(path);
  const tensors = file.names.map(
    (name) => [name, { shape: file.shape(name), data: file.read(name) }] as const,
  );
  return { tensors: new Map(tensors), metadata: file.metadata };
}
