import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cpuDevice } from '../../../core/engine/devices.ts';
import { readConfig } from '../../../core/model/config-file.ts';
import { calibrationFor, reduced, usualCalibration } from '../../../core/planner/calibration.ts';

const folder = mkdtempSync(join(tmpdir(), 'calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'state', 'calibrations.json');

const llama = readConfig(
  {
    ...{ model_type: 'llama', vocab_size: 128256, max_position_embeddings: 8192, hidden_size: 2048 },
    ...{ intermediate_size: 8192, num_hidden_layers: 16, num_attention_heads: 32, num_key_value_heads: 8 },
  },
  'a test',
);

test('a model is measured by a small one of its shape', () => {
  expect(reduced(llama)).toMatchObject({
    ...{ family: 'llama', layers: 2, heads: 8, keyValueHeads: 2, headWidth: 64, width: 512 },
    ...{ feedForwardWidth: 2048, vocabularySize: 4096, context: 512 },
  });
});

test('without a measurement the usual one has to do', async () => {
  expect(await calibrationFor(llama, cpuDevice(), { file })).toEqual(usualCalibration);
});

test('measures once, in a process of its own, and keeps what it measured', async () => {
  const measured = await calibrationFor(llama, cpuDevice(), { file, measure: true });
  expect(measured.factor).toBeGreaterThanOrEqual(1);
  expect(measured.factor).toBeLessThan(1.5);
  expect(measured.perNode).toBeGreaterThan(1000);
  const written = statSync(file).mtimeMs;
  expect(await calibrationFor(llama, cpuDevice(), { file })).toEqual(measured);
  expect(await calibrationFor(llama, cpuDevice(), { file, measure: true })).toEqual(measured);
  expect(statSync(file).mtimeMs).toBe(written);
});

test('a damaged file is measured anew', async () => {
  writeFileSync(file, '{"cpu": tru');
  expect(await calibrationFor(llama, cpuDevice(), { file })).toEqual(usualCalibration);
  await calibrationFor(llama, cpuDevice(), { file, measure: true });
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toHaveLength(1);
});

test('a Node that cannot be run leaves the usual one', async () => {
  expect(await calibrationFor(llama, cpuDevice(), { measure: true, node: '/nowhere/node' })).toEqual(
    usualCalibration,
  );
});
