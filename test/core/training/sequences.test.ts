import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import {
  feedLastRows,
  feedPredictions,
  feedSequences,
  flatten,
  join,
  longest,
  longestCompletion,
  microBatches,
  perSequence,
  predictedTokens,
  type Sequence,
} from '../../../core/training/sequences.ts';
import { floats, integers } from '../../support/engine.ts';

const sequence = (ids: readonly number[], start: number): Sequence => ({ ids: Int32Array.from(ids), start });
const ofLength = (length: number): Sequence => sequence(new Array<number>(length).fill(1), 1);

describe('a prompt and its completion', () => {
  it('join into a text of which the completion is predicted', () => {
    const joined = join(Int32Array.of(1, 2), Int32Array.of(3, 4, 5));
    expect(joined).toEqual(sequence([1, 2, 3, 4, 5], 2));
    expect(predictedTokens(joined)).toBe(3);
  });

  it('are measured among more than one call could take as arguments', () => {
    const many = Array.from({ length: 300_000 }, (_, i) =>
      i === 7 ? sequence([1, 2, 3, 4], 3) : ofLength(2),
    );
    expect(longest(many)).toBe(4);
    expect(longestCompletion(many)).toBe(1);
  });

  it('without a prompt leave the first token given', () => {
    expect(join(new Int32Array(), Int32Array.of(3, 4))).toEqual(sequence([3, 4], 1));
  });
});

describe('feeds', () => {
  const batch = [sequence([1, 2, 3], 1), sequence([4, 5], 1), sequence([6, 7, 8, 9], 3)];

  it('are padded on the right to the longest sequence', () => {
    expect(feedSequences(batch)).toEqual({
      ids: integers([1, 2, 3, 0, 4, 5, 0, 0, 6, 7, 8, 9]),
      positions: integers([0, 1, 2, 3]),
    });
  });

  it('name the row before every predicted token, and the token', () => {
    expect(feedPredictions(batch)).toEqual({
      rows: integers([0, 1, 4, 10]),
      targets: integers([2, 3, 5, 9]),
    });
  });

  it('name the row of every last token', () => {
    expect(feedLastRows(batch)).toEqual({ rows: integers([2, 5, 11]) });
  });
});

describe('micro-batches', () => {
  const stream = randomStream(2, 'lengths');
  const cases = [1, 7, 64, 200].flatMap((limit) =>
    [0, 1, 5, 100].map(
      (count) =>
        [limit, count, Array.from({ length: count }, () => ofLength(1 + stream.integer(50)))] as const,
    ),
  );

  it.each(cases)('of at most %i tokens cover all of %i sequences once', (limit, count, sequences) => {
    const groups = microBatches(sequences, limit);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    for (const group of groups) {
      const longest = Math.max(...group.map((i) => sequences[i]!.ids.length));
      if (group.length > 1) expect(group.length * longest).toBeLessThanOrEqual(limit);
    }
  });

  it('put sequences of like length together, the longest first', () => {
    expect(microBatches([2, 5, 3, 5].map(ofLength), 10)).toEqual([
      [1, 3],
      [2, 0],
    ]);
  });

  it('leave a sequence that is longer than the limit alone', () => {
    expect(microBatches([3, 20, 3].map(ofLength), 6)).toEqual([[1], [0, 2]]);
  });

  it('are one where all fits', () => {
    expect(microBatches([4, 4, 4].map(ofLength), 12)).toEqual([[0, 1, 2]]);
    expect(microBatches([4, 4, 4].map(ofLength), 11)).toEqual([[0, 1], [2]]);
  });
});

describe('values of one number a predicted token', () => {
  const sequences = [sequence([1, 2, 3], 1), sequence([4, 5], 2), sequence([6, 7, 8, 9], 3)];
  const flat = Float32Array.of(1, 2, 3);

  it('are cut into one array a sequence and joined again', () => {
    const parts = perSequence(flat, sequences);
    expect(parts).toEqual([Float32Array.of(1, 2), new Float32Array(), Float32Array.of(3)]);
    expect(flatten(parts)).toEqual(flat);
  });

  it('are copies', () => {
    const parts = perSequence(flat, sequences);
    parts[0]![0] = 100;
    expect(flat[0]).toBe(1);
    expect(flatten([])).toEqual(floats([], [0]).data);
  });
});
