import { expect, test } from 'vitest';
import { createFrameBatch } from '../../../renderer/views/play/frame-batch.ts';

function batchOfPairs() {
  const frames: (() => void)[] = [];
  const applied: (readonly [string, number])[][] = [];
  const batch = createFrameBatch<readonly [string, number]>(
    ([key]) => key,
    (values) => applied.push([...values]),
    (task) => frames.push(task),
  );
  return { batch, frames, applied };
}

test('hands on the latest of each key, once a frame', () => {
  const { batch, frames, applied } = batchOfPairs();
  for (let i = 0; i < 100; i++) batch.add(['a', i]);
  batch.add(['b', 7]);
  expect(applied).toEqual([]);
  expect(frames).toHaveLength(1);
  frames[0]!();
  expect(applied).toEqual([
    [
      ['a', 99],
      ['b', 7],
    ],
  ]);
});

test('hands on at once when asked, and nothing twice', () => {
  const { batch, frames, applied } = batchOfPairs();
  batch.add(['a', 1]);
  batch.flush();
  frames[0]!();
  expect(applied).toEqual([[['a', 1]]]);
  batch.add(['a', 2]);
  expect(frames).toHaveLength(2);
});
