import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { runManifest } from './runs.ts';

let run: RunFolder;
beforeEach(() => {
  run = RunFolder.create(join(mkdtempSync(join(tmpdir(), 'run-')), 'run'), runManifest());
  run.appendMetrics(1, { loss: 3, kl: NaN });
  run.appendMetrics(2, { loss: Infinity });
  run.appendMetrics(3, { loss: 1.5, kl: -Infinity, eval_loss: 2 });
});
afterEach(() => run.unlock());

const file = () => join(run.path, 'metrics.jsonl');

describe('columns', () => {
  test('hold a row a step, and NaN where a step said nothing', () => {
    const { steps, times, values } = run.metricColumns();
    expect([...steps]).toEqual([1, 2, 3]);
    expect([...times]).toEqual(run.readMetrics().map(({ time }) => time));
    expect(values).toEqual({
      loss: Float64Array.of(3, Infinity, 1.5),
      kl: Float64Array.of(NaN, NaN, -Infinity),
      eval_loss: Float64Array.of(NaN, NaN, 2),
    });
  });

  test('begin after a step, there or not', () => {
    expect([...run.metricColumns(2).steps]).toEqual([3]);
    expect(run.metricColumns(2).values['eval_loss']).toEqual(Float64Array.of(2));
    expect([...run.metricColumns(3).steps]).toEqual([]);
    expect([...run.metricColumns(99).steps]).toEqual([]);
  });

  test('of a run without a step are empty', () => {
    writeFileSync(file(), '');
    expect(run.metricColumns()).toEqual({ steps: new Int32Array(), times: new Float64Array(), values: {} });
  });

  test('pass over a torn last line, and over all that follows a spoilt one', () => {
    appendFileSync(file(), '{"step":4,"time":1,"lo');
    expect([...run.metricColumns().steps]).toEqual([1, 2, 3]);
    const [first, , third] = readFileSync(file(), 'utf8').split('\n');
    writeFileSync(file(), `${first}\n\0\0\0\n${third}\n`);
    expect([...run.metricColumns().steps]).toEqual([1]);
  });
});

test('one step is found without reading the others', () => {
  expect(run.metricsAt(3)).toMatchObject({ step: 3, loss: 1.5, kl: -Infinity });
  expect(run.metricsAt(4)).toBeUndefined();
  expect(run.lastMetrics()).toEqual(run.metricsAt(3));
});
