import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelExports } from '../../../core/workbench/model-exports.ts';
import { WorkBoard } from '../../../core/workbench/work/board.ts';
import { saveTiny, tinyModel } from './tiny.ts';

let folder: string;
let model: string;
let board: WorkBoard;
let exports: ModelExports;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exports-'));
  model = saveTiny(tinyModel(), join(folder, 'model'));
  board = new WorkBoard(() => {});
  exports = new ModelExports(board);
});
afterEach(() => rmSync(folder, { recursive: true }));

const begin = (name: string) =>
  exports.begin(
    { model, out: join(folder, name), as: 'merged', dtype: 'float32', maxShardBytes: 1e9 },
    `Export ${name}`,
  );

test('an export that is cancelled leaves nothing', async () => {
  const id = begin('out');
  expect(exports.find((path) => path === model)).toBe(id);
  await exports.cancel(id);
  expect(board.get(id)).toMatchObject({ state: 'cancelled', message: 'cancelled; nothing was written' });
  expect(readdirSync(folder)).toEqual(['model']);
  expect(exports.find(() => true)).toBeUndefined();
});

test('several are written side by side, and all can be cancelled at once', async () => {
  const ids = ['a', 'b', 'c'].map(begin);
  await exports.cancelAll();
  expect(ids.map((id) => board.get(id)!.state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(readdirSync(folder)).toEqual(['model']);
});

test('one that is refused is no work', () => {
  expect(() => begin('model')).toThrow(/model is not empty/);
  expect(board.list()).toEqual([]);
  expect(existsSync(join(folder, 'model', 'model.safetensors'))).toBe(true);
});
