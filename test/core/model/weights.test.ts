import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import { writeSafetensors, type HostTensor } from '../../../core/data/safetensors.ts';
import { openWeights } from '../../../core/model/weights.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'weights-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const tensor = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

const write = (name: string, tensors: Record<string, HostTensor>, floats: 'F32' | 'BF16' = 'F32') =>
  writeSafetensors(at(name), new Map(Object.entries(tensors)), { metadata: { format: 'pt' }, floats });

const writeIndex = (weightMap: object) =>
  writeFileSync(at('model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: weightMap }));

const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];

function writeShards(): void {
  write(one, { a: tensor(1, 2), buffer: { shape: [1], data: Int32Array.of(7) } });
  write(two, { b: tensor(3), c: tensor(-4) }, 'BF16');
  writeIndex({ a: one, buffer: one, b: two, c: two });
}

/** The one sentence of a refusal. */
function refusal(): string {
  try {
    openWeights(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('it was opened');
}

describe('weights', () => {
  test('come from one file', () => {
    write('model.safetensors', { a: tensor(1, 2), buffer: { shape: [1], data: Int32Array.of(7) } });
    const weights = openWeights(folder);
    expect(weights).toMatchObject({
      ...{ path: at('model.safetensors'), names: ['a'], metadata: { format: 'pt' } },
    });
    expect([weights.has('a'), weights.has('buffer'), weights.has('b')]).toEqual([true, false, false]);
    expect([weights.shape('a'), weights.get('a')]).toEqual([[2], Float32Array.of(1, 2)]);
    expect(() => weights.get('b')).toThrow(`${at('model.safetensors')} has no tensor 'b' of floats`);
  });

  test('come from shards of different types under an index', () => {
    writeShards();
    const weights = openWeights(folder);
    expect(weights.path).toBe(at('model.safetensors.index.json'));
    expect(weights.names).toEqual(['a', 'b', 'c']);
    expect(weights.metadata).toEqual({ format: 'pt' });
    expect(weights.names.map((name) => [...weights.get(name)])).toEqual([[1, 2], [3], [-4]]);
    expect(weights.shape('b')).toEqual([1]);
  });

  test('may have another name than model.safetensors', () => {
    write('adapter_model.safetensors', { a: tensor(1) });
    expect(openWeights(folder, 'adapter_model.safetensors').names).toEqual(['a']);
  });

  test('are read by two at once, and not kept by either', () => {
    writeShards();
    const [mine, yours] = [openWeights(folder), openWeights(folder)];
    expect(mine.get('a')).toEqual(yours.get('a'));
    mine.get('a').fill(0);
    expect(mine.get('a')).toEqual(Float32Array.of(1, 2));
  });
});

describe('shards are refused in one sentence', () => {
  beforeEach(writeShards);

  test.each<[string, () => void, () => string]>([
    [
      'where one is missing',
      () => rmSync(at(two)),
      () => `index.json names the shard ${two}, which is not in ${folder}; copy it there`,
    ],
    [
      'where one is cut off',
      () => truncateSync(at(two), readFileSync(at(two)).length - 1),
      () => `${at(two)} is truncated: its tensors need 4 bytes, but it holds 3; copy it again`,
    ],
    [
      'where one lacks a tensor',
      () => write(two, { b: tensor(3) }),
      () => `index.json says that ${at(two)} holds 'c', but it does not`,
    ],
    [
      'where a tensor is in another than the index says',
      () => writeIndex({ a: two, b: two, c: two, buffer: one }),
      () => `index.json says that ${at(two)} holds 'a', but it does not`,
    ],
    [
      'where a tensor is in two',
      () => write(two, { a: tensor(5), b: tensor(3), c: tensor(4) }),
      () => `${at(one)} and ${at(two)} both hold 'a'; remove one of them`,
    ],
    [
      'where the index names a file elsewhere',
      () => writeIndex({ a: `../${one}` }),
      () => 'index.json is malformed: "weight_map.a" is no name of a file',
    ],
    [
      'where the index is no index',
      () => writeFileSync(at('model.safetensors.index.json'), '{"weights": {}}'),
      () => 'index.json is malformed: "weight_map" ',
    ],
  ])('%s', (_, spoil, message) => {
    spoil();
    expect(refusal()).toContain(message());
  });
});

describe('a folder whose weights are not safetensors is refused with what to do', () => {
  test.each([
    ['pytorch_model.bin', /pytorch_model\.bin, a pickle, which can run code .*safe_serialization=True/],
    ['model.pt', /model\.pt, a pickle/],
    ['pytorch_model-00001-of-00002.bin', /a pickle/],
    [
      'consolidated.00.pth',
      /an original checkpoint under its maker's own names: get the model's Hugging Face/,
    ],
    ['tiny.Q4_K_M.gguf', /tiny\.Q4_K_M\.gguf, made for llama\.cpp/],
    ['tf_model.h5', /of TensorFlow: .*from_tf=True/],
    ['model.ckpt-1000.index', /of TensorFlow/],
    ['flax_model.msgpack', /of Flax: .*from_flax=True/],
    ['model.onnx', /a graph to run and not to train/],
    ['model.fp16.safetensors', /only a file named model\.safetensors is read: rename it/],
  ])('%s', (name, message) => {
    writeFileSync(at('config.json'), '{}');
    writeFileSync(at(name), 'anything');
    expect(refusal()).toMatch(message);
    expect(refusal()).toContain(folder);
  });

  test('but not where safetensors lie beside it', () => {
    writeFileSync(at('pytorch_model.bin'), 'anything');
    write('model.safetensors', { a: tensor(1) });
    expect(openWeights(folder).names).toEqual(['a']);
  });

  test('a folder without any weights names the file that is missing', () => {
    writeFileSync(at('config.json'), '{}');
    expect(refusal()).toBe(
      `${at('model.safetensors')} cannot be read: there is no such file; check the path`,
    );
  });

  test.each([
    ['gptq', { quantization_config: { quant_method: 'gptq', bits: 4 } }],
    ['an unnamed method', { quantization_config: { bits: 4 } }],
    ['mlx', { quantization: { group_size: 64, bits: 4 } }],
  ])('weights quantised by %s', (method, config) => {
    write('model.safetensors', { a: tensor(1) });
    writeFileSync(at('config.json'), JSON.stringify(config));
    expect(refusal()).toContain(`config.json says that its weights are quantised (${method})`);
    expect(refusal()).toContain('dequantize()');
  });

  test('a pointer of Git LFS in place of weights, of the index or of the configuration', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
    for (const name of ['model.safetensors', 'model.safetensors.index.json', 'config.json']) {
      writeFileSync(at(name), pointer);
      expect(refusal()).toContain(`${at(name)} is a Git LFS pointer, not the file itself`);
      rmSync(at(name));
    }
  });
});
