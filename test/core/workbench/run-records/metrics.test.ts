/** Metrics that are read again and again while a run goes on, is taken back, or is spoilt. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunFolder } from '../../../../core/project/run-folder.ts';
import { metricsOf } from '../../../../core/workbench/run-records/metrics.ts';
import { runManifest } from '../../project/runs.ts';

let run: RunFolder;
beforeEach(() => {
  run = RunFolder.create(join(mkdtempSync(join(tmpdir(), 'metrics-')), 'run'), runManifest());
});
afterEach(() => run.unlock());

const file = () => join(run.path, 'metrics.jsonl');
const steps = (after?: number) => [...metricsOf(run, after).steps];

test('a run that goes on is the same whether it was read at every step or at the end', () => {
  expect(metricsOf(run)).toEqual(run.metricColumns());
  run.appendMetrics(1, { loss: 3, kl: NaN });
  expect(metricsOf(run)).toEqual(run.metricColumns());
  run.appendMetrics(2, { loss: Infinity, eval_loss: 2 });
  run.appendMetrics(3, { loss: 1, kl: 0.5 });
  expect(metricsOf(run)).toEqual(run.metricColumns());
  expect(metricsOf(run)).toEqual(run.metricColumns());
  expect(metricsOf(run).values['eval_loss']).toEqual(Float64Array.of(NaN, 2, NaN));
});

test('only steps after one are told, of the whole and of what is new', () => {
  for (const step of [1, 2, 3]) run.appendMetrics(step, { loss: step });
  expect(steps(2)).toEqual([3]);
  run.appendMetrics(4, { loss: 4 });
  expect(metricsOf(run, 2).values['loss']).toEqual(Float64Array.of(3, 4));
  expect(steps(4)).toEqual([]);
});

test('what is read is read once', () => {
  for (const step of [1, 2, 3]) run.appendMetrics(step, { loss: step });
  steps();
  // Nobody writes so; that it is not seen shows that what was read before is not read again.
  writeFileSync(file(), readFileSync(file(), 'utf8').replace('"loss":1', '"loss":9'));
  run.appendMetrics(4, { loss: 4 });
  expect(metricsOf(run).values['loss']).toEqual(Float64Array.of(1, 2, 3, 4));
});

test('a run that is taken back and goes on otherwise, longer than it was, is read anew', () => {
  for (const step of [1, 2, 3]) run.appendMetrics(step, { loss: step });
  steps();
  run.rewindTo(1);
  expect(steps()).toEqual([1]);
  for (const step of [2, 3, 4, 5]) run.appendMetrics(step, { loss: 10 * step });
  expect(metricsOf(run).values['loss']).toEqual(Float64Array.of(1, 20, 30, 40, 50));
});

test('a torn line is read once it is whole', () => {
  run.appendMetrics(1, { loss: 1 });
  appendFileSync(file(), '{"step":2,"time":5,"lo');
  expect(steps()).toEqual([1]);
  appendFileSync(file(), 'ss":2}\n');
  expect(metricsOf(run)).toEqual(run.metricColumns());
  expect(steps()).toEqual([1, 2]);
});

test('nothing after a spoilt line is told, however often it is read', () => {
  run.appendMetrics(1, { loss: 1 });
  appendFileSync(file(), '\0\0\0\n{"step":3,"time":5}\n');
  expect(steps()).toEqual([1]);
  run.appendMetrics(4, { loss: 1 });
  expect(steps()).toEqual([1]);
  run.rewindTo(1);
  run.appendMetrics(2, { loss: 1 });
  expect(steps()).toEqual([1, 2]);
});

test('a run whose metrics are gone has none', () => {
  run.appendMetrics(1, { loss: 1 });
  steps();
  rmSync(file());
  expect(steps()).toEqual([]);
});
