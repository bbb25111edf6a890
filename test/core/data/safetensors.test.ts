import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import {
  readTensors,
  SafetensorsFile,
  streamSafetensors,
  writeSafetensors,
  type HostTensor,
} from '../../../core/data/safetensors.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'safetensors-'));
const shared = join(import.meta.dirname, '../../../../shared/data/models/stories260K-hf/model.safetensors');

const tensors = new Map<string, HostTensor>([
  ['b', { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, NaN, Infinity, 1e-40) }],
  ['mask', { shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['a', { shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) }],
  ['scalar', { shape: [], data: Float32Array.of(7) }],
  ['none', { shape: [0, 4], data: new Float32Array() }],
]);

type Header = Record<string, unknown>;

/** A file with this header and so many zero bytes of data. */
function fileOf(header: Header | string, dataBytes: number): string {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  const path = join(folder(), 'model.safetensors');
  writeFileSync(path, Buffer.concat([length, Buffer.from(json), Buffer.alloc(dataBytes)]));
  return path;
}

const f32 = (from: number, to: number, shape = [(to - from) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

function withBytes(dtype: string, shape: number[], bytes: Uint8Array): string {
  const path = fileOf({ x: { dtype, shape, data_offsets: [0, bytes.length] } }, 0);
  writeFileSync(path, bytes, { flag: 'a' });
  return path;
}

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer);

describe('safetensors', () => {
  test('what is written reads back, with types, shapes and metadata', () => {
    const path = join(folder(), 'x.safetensors');
    writeSafetensors(path, tensors, { metadata: { format: 'pt', about: 'é' } });
    const read = readTensors(path);
    expect(read.metadata).toEqual({ format: 'pt', about: 'é' });
    expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
  });

  test('bytes do not depend on the order tensors were given in', () => {
    const at = folder();
    writeSafetensors(join(at, '1'), tensors, { metadata: { a: '1', b: '2' } });
    writeSafetensors(join(at, '2'), new Map([...tensors].reverse()), { metadata: { b: '2', a: '1' } });
    expect(readFileSync(join(at, '1')).equals(readFileSync(join(at, '2')))).toBe(true);
  });

  test('data begins at a multiple of 8 and every tensor at a multiple of its width', () => {
    const path = join(folder(), 'x');
    writeSafetensors(path, tensors);
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
      string,
      { data_offsets: number[] }
    >;
    expect(Object.keys(header)).toEqual(['a', 'b', 'none', 'scalar', 'mask']);
    expect(header['scalar']!.data_offsets[0]! % 4).toBe(0);
  });

  test('floats are told apart from integer buffers', () => {
    const path = join(folder(), 'x');
    writeSafetensors(path, tensors);
    expect(new SafetensorsFile(path).floats).toEqual(['b', 'none', 'scalar']);
  });

  test('F16 halves the file and reads back rounded', () => {
    const at = folder();
    const data = Float32Array.of(1 / 3, -65504, 2 ** -24, 0);
    writeSafetensors(join(at, 'x'), new Map([['w', { shape: [4], data }]]), { floats: 'F16' });
    const read = readTensors(join(at, 'x')).tensors.get('w')!;
    expect([...read.data]).toEqual([0.333251953125, -65504, 2 ** -24, 0]);
  });

  test('a number beyond F16 is refused and no file appears', () => {
    const at = folder();
    const big = new Map([['w', { shape: [1], data: Float32Array.of(70000) }]]);
    expect(() => writeSafetensors(join(at, 'x'), big, { floats: 'F16' })).toThrow(
      /tensor "w" holds 70000, beyond what F16 can store/,
    );
    expect(readdirSync(at)).toEqual([]);
  });

  test('I64 narrows where it fits and BOOL reads as bytes', () => {
    const fits = withBytes('I64', [2], bytesOf(BigInt64Array.of(-5n, 2147483647n)));
    expect(readTensors(fits).tensors.get('x')!.data).toEqual(Int32Array.of(-5, 2147483647));
    const big = withBytes('I64', [1], bytesOf(BigInt64Array.of(2147483648n)));
    expect(() => readTensors(big)).toThrow(/tensor "x" holds 2147483648, which does not fit in 32 bits/);
    expect(readTensors(withBytes('BOOL', [2], Uint8Array.of(1, 0))).tensors.get('x')!.data).toEqual(
      Uint8Array.of(1, 0),
    );
  });

  test.each<[string, () => string, RegExp]>([
    ['a missing file', () => join(folder(), 'none'), /none cannot be read: there is no such file/],
    ['a folder', folder, /cannot be read: it is a folder/],
    ['an empty file', () => withLength(0), /is truncated: it holds 0 bytes/],
    ['a pointer of Git LFS', pointer, /is a Git LFS pointer, .*: run "git lfs pull" in its folder/],
    [
      'a header that is not JSON',
      () => fileOf('{"a":', 0),
      /model\.safetensors is no .*: its header is not JSON/,
    ],
    ['a header that is a list', () => fileOf('[1]', 0), /header of tensor "0" is malformed/],
    ['a header longer than the file', () => withLength(9), /should be \d+ bytes, but the file holds 9/],
    ['an unknown dtype', () => fileOf({ w: { ...f32(0, 8), dtype: 'F8_E4M3' } }, 8), /"w" has dtype F8_E4M3/],
    [
      'missing data',
      () => fileOf({ w: f32(0, 8) }, 5),
      /truncated: its tensors need 8 bytes, but it holds 5/,
    ],
    [
      'left-over data',
      () => fileOf({ w: f32(0, 8) }, 9),
      /holds 9 bytes of data, but its header describes 8/,
    ],
    ['overlap', () => fileOf({ w: f32(0, 8), v: f32(4, 12) }, 12), /"v" begins at byte 4, .* ends at byte 8/],
    ['a gap', () => fileOf({ w: f32(0, 8), v: f32(12, 16) }, 16), /"v" begins at byte 12, .* ends at byte 8/],
    ['a wrong shape', () => fileOf({ w: f32(0, 8, [3]) }, 8), /F32 \[3\], needs 12 bytes, but .* span 8/],
    ['offsets that run backwards', () => fileOf({ w: f32(8, 0, []) }, 8), /needs 4 bytes, but .* span -8/],
    ['a negative offset', () => fileOf({ w: f32(-4, 4) }, 8), /"w\.data_offsets\.0" is malformed/],
    ['an entry without a shape', () => fileOf({ w: { dtype: 'F32' } }, 8), /tensor "w\.shape" is malformed/],
    ['metadata that is no text', () => fileOf({ __metadata__: { a: 1 } }, 0), /metadata "a" is malformed/],
  ])('%s is refused by name', (_, make, message) => {
    const path = make();
    expect(() => readTensors(path)).toThrow(message);
    expect(() => readTensors(path)).toThrow(ModelError);
  });

  test('F64 and BF16 read as float32, part by part however long the tensor', () => {
    const count = 700_001;
    const doubles = Float64Array.from({ length: count }, (_, i) => i / 3);
    const read = readTensors(withBytes('F64', [count], bytesOf(doubles))).tensors.get('x')!.data;
    expect(read).toEqual(Float32Array.from(doubles));
    const at = join(folder(), 'x');
    const rounded = Float32Array.from({ length: count }, (_, i) => (i % 256) - 128);
    writeSafetensors(at, new Map([['w', { shape: [count], data: rounded }]]), { floats: 'BF16' });
    expect(statSync(at).size).toBeLessThan(2 * count + 200);
    expect(readTensors(at).tensors.get('w')!.data).toEqual(rounded);
  });

  test('one tensor is read at a time, afresh each time', () => {
    const path = join(folder(), 'x');
    writeSafetensors(path, tensors);
    const file = new SafetensorsFile(path);
    expect(file.floats).toEqual(['b', 'none', 'scalar']);
    expect(file.shape('b')).toEqual([2, 3]);
    const [once, again] = [file.read('b'), file.read('b')];
    expect(once).toEqual(tensors.get('b')!.data);
    expect(again).toEqual(once);
    expect(again).not.toBe(once);
    expect(() => file.read('c')).toThrow(`${path} has no tensor "c"`);
  });

  test('a file that was replaced after it was opened is not read by the old header', () => {
    const path = join(folder(), 'x');
    writeSafetensors(path, tensors);
    const file = new SafetensorsFile(path);
    writeSafetensors(path, new Map([['b', { shape: [2], data: new Float32Array(2) }]]));
    expect(() => file.read('b')).toThrow(/x has been replaced since it was opened; open it again/);
    rmSync(path);
    expect(() => file.read('b')).toThrow(/x cannot be read: there is no such file/);
  });

  test('two read the same file at once', () => {
    const path = join(folder(), 'x');
    writeSafetensors(path, tensors);
    const [one, two] = [new SafetensorsFile(path), new SafetensorsFile(path)];
    for (const name of one.names) expect(one.read(name)).toEqual(two.read(name));
  });

  test.skipIf(process.platform !== 'linux')('no file stays open', () => {
    const path = join(folder(), 'x');
    writeSafetensors(path, tensors);
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    const files = Array.from({ length: 50 }, () => new SafetensorsFile(path));
    for (const file of files) file.read('b');
    expect(() => files[0]!.read('c')).toThrow(ModelError);
    expect(openFiles()).toBe(before);
  });

  test('a shape that disagrees with its data is refused before anything is written', () => {
    const path = join(folder(), 'x');
    const wrong = new Map([['w', { shape: [2, 2], data: new Float32Array(3) }]]);
    expect(() => writeSafetensors(path, wrong)).toThrow(/tensor "w" has shape \[2, 2\] but 3 values/);
    expect(existsSync(path)).toBe(false);
  });

  test('a file that cannot be written says so', () => {
    expect(() => writeSafetensors(join(folder(), 'none/x'), tensors)).toThrow(/none.x cannot be written: /);
  });

  test.skipIf(!existsSync(shared))('a published model reads (skipped where ../shared/data is absent)', () => {
    const read = readTensors(shared).tensors;
    expect(read.get('model.embed_tokens.weight')!.shape).toEqual([512, 64]);
    const copy = join(folder(), 'copy');
    writeSafetensors(copy, read);
    expect(readTensors(copy).tensors).toEqual(read);
  });
});

describe('safetensors written tensor by tensor', () => {
  const floats = new Map([...tensors].filter(([, { data }]) => data instanceof Float32Array)) as Map<
    string,
    HostTensor<Float32Array>
  >;
  const late = (data: (name: string) => Float32Array | Promise<Float32Array>) =>
    new Map([...floats].map(([name, { shape }]) => [name, { shape, data: () => data(name) }]));

  test('have the bytes of those written at once, and are made one after the other', async () => {
    const at = folder();
    const made: string[] = [];
    let making = 0;
    const tensorsOfLater = late(async (name) => {
      expect(++making).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      making--;
      made.push(name);
      return floats.get(name)!.data;
    });
    for (const dtype of ['F32', 'BF16'] as const) {
      await streamSafetensors(join(at, 'late'), tensorsOfLater, { metadata: { a: 'b' }, floats: dtype });
      writeSafetensors(join(at, 'once'), floats, { metadata: { a: 'b' }, floats: dtype });
      expect(readFileSync(join(at, 'late')).equals(readFileSync(join(at, 'once')))).toBe(true);
    }
    expect(made).toEqual(['b', 'none', 'scalar', 'b', 'none', 'scalar']);
  });

  test.each([
    ['a tensor that cannot be made', () => Promise.reject(new Error('the device is gone')), /device is gone/],
    ['a tensor of another size', () => new Float32Array(5), /tensor "b" has shape \[2, 3\] but 5 values/],
  ])('leave no file behind, and the one before as it was, after %s', async (_, make, message) => {
    const at = folder();
    writeFileSync(join(at, 'x'), 'before');
    await expect(streamSafetensors(join(at, 'x'), late(make))).rejects.toThrow(message);
    expect(readdirSync(at)).toEqual(['x']);
    expect(readFileSync(join(at, 'x'), 'utf8')).toBe('before');
  });
});

function pointer(): string {
  const path = join(folder(), 'model.safetensors');
  writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 538090408\n');
  return path;
}

/** A file of so many bytes, all 0x01: as a length, they ask for an enormous header. */
function withLength(bytes: number): string {
  const path = join(folder(), 'x');
  writeFileSync(path, Buffer.alloc(bytes, 1));
  return path;
}
