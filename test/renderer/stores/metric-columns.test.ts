import { expect, it } from 'vitest';
import { MetricColumns } from '../../../renderer/stores/metric-columns.ts';

const step = (step: number, values: Readonly<Record<string, number>>, time = step * 10) => ({
  ...{ step, time, names: Object.keys(values) },
  values: Float64Array.from(Object.values(values)),
});

const valuesOf = (columns: MetricColumns, name: string) => [
  ...(columns.column(name)?.subarray(0, columns.length) ?? []),
];

it('grows with its steps, and has gaps where one does not report a metric', () => {
  const columns = new MetricColumns();
  for (let i = 1; i <= 2000; i++) columns.add(step(i, { loss: i / 2, ...(i % 500 === 0 && { eval: i }) }));
  expect(columns.length).toBe(2000);
  expect(valuesOf(columns, 'loss')).toEqual(Array.from({ length: 2000 }, (_, i) => (i + 1) / 2));
  expect(valuesOf(columns, 'eval').filter((value) => !Number.isNaN(value))).toEqual([500, 1000, 1500, 2000]);
  expect(columns.names).toEqual(['loss', 'eval']);
});

it('takes back the steps that a run makes again', () => {
  const columns = new MetricColumns();
  for (let i = 1; i <= 5; i++) columns.add(step(i, { loss: i }));
  expect(columns.add(step(3, { kl: 7 }, 99))).toBe(true);
  expect(valuesOf(columns, 'step')).toEqual([1, 2, 3]);
  expect(valuesOf(columns, 'loss')).toEqual([1, 2, NaN]);
  expect(valuesOf(columns, 'kl')).toEqual([NaN, NaN, 7]);
  expect(columns.rewinds).toBe(1);
});

it('passes over a step that it has already', () => {
  const columns = new MetricColumns();
  for (let i = 1; i <= 5; i++) columns.add(step(i, { loss: i }));
  expect(columns.add(step(3, { loss: 3 }))).toBe(false);
  expect([columns.length, columns.rewinds]).toEqual([5, 0]);
});

it('goes on from what it has with what was read', () => {
  const columns = new MetricColumns();
  columns.add(step(1, { loss: 1 }));
  columns.add(step(2, { loss: 2 }));
  const rows = {
    steps: Int32Array.of(2, 3),
    times: Float64Array.of(20, 30),
    values: { loss: Float64Array.of(2, 3) },
  };
  expect(columns.isLast(rows)).toBe(true);
  expect(columns.isLast({ ...rows, times: Float64Array.of(21, 30) })).toBe(false);
  columns.addAll(rows);
  expect(valuesOf(columns, 'loss')).toEqual([1, 2, 3]);
});
