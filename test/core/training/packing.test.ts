import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { batchOf } from '../../../core/training/context.ts';
import { feedRows, packedBatches, packRows, rowLength } from '../../../core/training/packing.ts';
import type { Sequence } from '../../../core/training/sequences.ts';
import { floats, integers } from '../../support/engine.ts';

const ofLength = (length: number, start = 1): Sequence => ({
  ids: Int32Array.from({ length }, (_, i) => 10 * length + i),
  start,
});
const lengths = (rows: readonly (readonly Sequence[])[]) =>
  rows.map((row) => row.map(({ ids }) => ids.length));

describe('packing', () => {
  it('puts the longest first and each into the fullest row with room', () => {
    const sequences = [3, 7, 2, 5, 4, 1].map((length) => ofLength(length));
    expect(lengths(packRows(sequences, 8))).toEqual([
      [7, 1],
      [5, 3],
      [4, 2],
    ]);
  });

  it('keeps every sequence once, in rows that hold them, and needs fewer rows than sequences', () => {
    const stream = randomStream(1, 'lengths');
    const sequences = Array.from({ length: 200 }, () => ofLength(1 + stream.integer(60)));
    const rows = packRows(sequences, 60);
    expect(new Set(rows.flat())).toEqual(new Set(sequences));
    expect(rows.flat()).toHaveLength(200);
    const used = rows.map((row) => row.reduce((total, { ids }) => total + ids.length, 0));
    expect(Math.max(...used)).toBeLessThanOrEqual(60);
    const tokens = used.reduce((total, length) => total + length);
    expect(rows.length).toBeLessThan(1.1 * Math.ceil(tokens / 60));
  });

  it('cuts rows into batches that stay within the tokens allowed', () => {
    const batches = packedBatches(
      [5, 5, 5, 5, 5].map((length) => ofLength(length)),
      11,
    );
    expect(batches.map((rows) => rows.length)).toEqual([2, 2, 1]);
    expect(packedBatches([ofLength(5)], 2)).toHaveLength(1);
  });

  it('feeds positions that begin anew, segments that differ, and only what is predicted', () => {
    const rows = [[ofLength(3, 2), ofLength(2)], [ofLength(4, 1)]];
    expect(rowLength(rows)).toBe(5);
    expect(feedRows(rows)).toEqual({
      ids: integers([30, 31, 32, 20, 21, 40, 41, 42, 43, 0]),
      positions: integers([0, 1, 2, 0, 1, 0, 1, 2, 3, 0]),
      segments: floats([0, 0, 0, 1, 1, 0, 0, 0, 0, -1], [2, 5]),
      rows: integers([1, 3, 5, 6, 7]),
      targets: integers([32, 21, 41, 42, 43]),
    });
  });
});

describe('batches of about one length', () => {
  const stream = randomStream(2, 'lengths');
  const items = Array.from({ length: 230 }, (_, i) => ({ i, length: 1 + stream.integer(100) }));
  const batches = (epoch: number, bucketed: boolean) =>
    Array.from({ length: 23 }, (_, step) =>
      batchOf(items, 10, 23 * epoch + step, 7, bucketed && (({ length }) => length)),
    );
  const spread = (batch: readonly { length: number }[]) =>
    Math.max(...batch.map(({ length }) => length)) - Math.min(...batch.map(({ length }) => length));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

  it.each([0, 1])('hold every item once in epoch %d', (epoch) => {
    const numbers = batches(epoch, true)
      .flat()
      .map(({ i }) => i);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(items.map(({ i }) => i));
  });

  it('differ in length far less than batches at random', () => {
    expect(mean(batches(0, true).map(spread))).toBeLessThan(0.1 * mean(batches(0, false).map(spread)));
  });

  it('come in another order every epoch, and not by length', () => {
    const longest = (epoch: number) => batches(epoch, true).map((batch) => batch[0]!.length);
    expect(longest(0)).not.toEqual(longest(1));
    expect(longest(0)).not.toEqual(longest(0).toSorted((a, b) => b - a));
  });
});
