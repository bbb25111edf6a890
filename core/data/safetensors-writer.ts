/** Writes safetensors files, whole or not at all. */
import * as fs from 'node:fs';
import { ModelError } from '../contract/errors.ts';
import { reason, replaceFile, replaceFileAsync } from './files.ts';
import { float32ToBfloat16, float32ToFloat16 } from './float16.ts';
import type { HostTensor, TensorData } from './host-tensor.ts';
import { encodeHeader, sizeOf, widths, type Dtype } from './safetensors-header.ts';

/** How floats are stored: F16 rounds to 11 bits and ends at 65504, BF16 rounds to 8 and reaches as far as F32. */
export type FloatDtype = 'F32' | 'F16' | 'BF16';

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly floats?: FloatDtype;
}

/** A float tensor whose data is made when its turn to be written comes, so that never more than one is there. */
export interface LateTensor {
  readonly shape: readonly number[];
  readonly data: () => Float32Array | Promise<Float32Array>;
}

interface Stored<T> {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly tensor: T;
}

/** The same tensors and metadata always give the same bytes, in whichever order they come. */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, HostTensor>,
  { metadata = {}, floats = 'F32' }: WriteOptions = {},
): void {
  const stored = inFileOrder(path, tensors, ({ data }) => dtypeOf(data, floats));
  for (const { tensor, ...about } of stored) checkLength(tensor.data, about, path);
  try {
    replaceFile(path, (descriptor) => {
      fs.writeFileSync(descriptor, encodeHeader(stored, metadata));
      for (const { tensor, ...about } of stored) writeData(descriptor, tensor.data, about, path);
    });
  } catch (error) {
    throw described(error, path);
  }
}

/** As `writeSafetensors`, of tensors that are made one after the other: in the order of their names. */
export async function streamSafetensors(
  path: string,
  tensors: ReadonlyMap<string, LateTensor>,
  { metadata = {}, floats = 'F32' }: WriteOptions = {},
): Promise<void> {
  const stored = inFileOrder(path, tensors, () => floats);
  try {
    await replaceFileAsync(path, async (descriptor) => {
      fs.writeFileSync(descriptor, encodeHeader(stored, metadata));
      for (const { tensor, ...about } of stored) {
        const data = await tensor.data();
        checkLength(data, about, path);
        writeData(descriptor, data, about, path);
      }
    });
  } catch (error) {
    throw described(error, path);
  }
}

function described(error: unknown, path: string): unknown {
  // What makes the data fails by its own name; what the file system refuses has a code.
  if (!(error instanceof Error && 'code' in error)) return error;
  return new ModelError(`${path} cannot be written: ${reason(error)}`, { cause: error });
}

const dtypeOf = (data: TensorData, floats: FloatDtype): Dtype =>
  data instanceof Float32Array ? floats : data instanceof Int32Array ? 'I32' : 'U8';

/** Wider types first, which keeps each tensor aligned, then by name. */
function inFileOrder<T extends { readonly shape: readonly number[] }>(
  path: string,
  tensors: ReadonlyMap<string, T>,
  dtype: (tensor: T) => Dtype,
): Stored<T>[] {
  if (tensors.has('__metadata__'))
    throw new ModelError(`${path}: tensor "__metadata__" has a name the format keeps for itself`);
  return [...tensors]
    .map(([name, tensor]) => ({ name, dtype: dtype(tensor), shape: tensor.shape, tensor }))
    .sort((a, b) => widths[b.dtype] - widths[a.dtype] || (a.name < b.name ? -1 : 1));
}

type About = Omit<Stored<unknown>, 'tensor'>;

function checkLength(data: TensorData, { name, shape }: About, path: string): void {
  if (data.length !== sizeOf(shape))
    throw new ModelError(
      `${path}: tensor "${name}" has shape [${shape.join(', ')}] but ${data.length} values`,
    );
}

type Round = (singles: Float32Array, halves: Uint16Array, what: string) => void;

const roundings: Partial<Record<Dtype, Round>> = { F16: float32ToFloat16, BF16: float32ToBfloat16 };

/** Numbers that are rounded at a time: they stay in the processor's cache. */
const PART = 1 << 19;

function writeData(descriptor: number, data: TensorData, { name, dtype }: About, path: string): void {
  const round = roundings[dtype];
  if (!round) return writeAll(descriptor, data);
  const halves = new Uint16Array(Math.min(PART, data.length));
  for (let done = 0; done < data.length; done += PART) {
    const part = (data as Float32Array).subarray(done, done + PART);
    round(part, halves, `${path}: tensor "${name}"`);
    writeAll(descriptor, halves.subarray(0, part.length));
  }
}

// One call moves at most 2 GiB.
const LARGEST_WRITE = 1 << 30;

function writeAll(descriptor: number, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  for (let done = 0; done < bytes.length;)
    done += fs.writeSync(descriptor, bytes, done, Math.min(bytes.length - done, LARGEST_WRITE));
}
