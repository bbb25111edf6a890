import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { compare, comparedPair, type Pair } from '../../../renderer/views/rank/pairwise.ts';
import {
  compactRanks,
  focus,
  place,
  startRanking,
  undo,
  type Choice,
  type Ranking,
} from '../../../renderer/views/rank/ranking.ts';

/** What somebody says of a pair who holds the lower of two values for the better. */
function judged({ left, right }: Pair, values: ReadonlyMap<number, number>): Choice {
  const [a, b] = [values.get(left)!, values.get(right)!];
  return a === b ? 'tie' : a < b ? 'left' : 'right';
}

/** Compares until every completion has its rank. */
function judgedThrough(start: Ranking, values: ReadonlyMap<number, number>) {
  let ranking = start;
  let comparisons = 0;
  for (let pair = comparedPair(ranking, true); pair; pair = comparedPair(ranking, true), comparisons++)
    ranking = compare(ranking, judged(pair, values));
  return { ranking, comparisons };
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed);
const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Three to nine values, most of them more than once. */
const values = (seed: number) => {
  const random = randomStream(seed, 'values');
  return random.shuffle(nine.map((value) => Math.ceil(value / 2))).slice(0, 3 + (seed % 7));
};
const mapped = (list: readonly number[]) => new Map(list.map((value, at) => [at + 10, value]));

describe('comparing two at a time', () => {
  test('finds the order of whoever compares, ties among them', () => {
    for (const seed of seeds) {
      const known = mapped(values(seed));
      const { ranking } = judgedThrough(startRanking([...known.keys()], null), known);
      expect(ranking.answer.ranks).toEqual(compactRanks(Object.fromEntries(known)));
    }
  });

  test('asks less than all pairs: nine completions need at most twenty-one comparisons', () => {
    for (const seed of seeds) {
      const known = mapped(randomStream(seed, 'nine').shuffle(nine));
      const { comparisons } = judgedThrough(startRanking([...known.keys()], null), known);
      expect(comparisons).toBeLessThanOrEqual(21);
    }
  });

  test('begins with the first two, and each newcomer stands on either side', () => {
    const first = startRanking([1, 2, 3, 4], null);
    expect(new Set(Object.values(comparedPair(first, true)!))).toEqual(new Set([1, 2]));
    const sides = [2, 3, 4].map((newcomer) => {
      const ranks = Object.fromEntries([1, 2, 3].filter((id) => id < newcomer).map((id) => [id, 1]));
      return comparedPair(startRanking([1, 2, 3, 4], { ratings: {}, ranks }), true)!.left === newcomer;
    });
    expect(new Set(sides)).toEqual(new Set([true, false]));
  });

  test('an undo takes back one comparison, with what it led to', () => {
    const known = mapped([3, 1, 2, 4, 5]);
    const start = startRanking([...known.keys()], null);
    const { ranking, comparisons } = judgedThrough(start, known);
    const steps = Array.from({ length: comparisons });
    expect(steps.reduce<Ranking>(undo, ranking).answer).toEqual(start.answer);
    expect(comparedPair(undo(ranking), true)).not.toBeNull();
  });

  test('goes on from ranks that were given by hand, whatever is focused', () => {
    const given = place(place(startRanking([1, 2, 3], null), 3, 1), 1, 3);
    const { ranking } = judgedThrough(
      focus(given, 3),
      new Map([
        [1, 9],
        [2, 5],
        [3, 1],
      ]),
    );
    expect(ranking.answer.ranks).toEqual({ 3: 1, 2: 2, 1: 3 });
  });

  test('a rank given by hand ends the search for a place', () => {
    const ranks = { 1: 1, 2: 2, 3: 3 };
    const searching = compare(startRanking([1, 2, 3, 4, 5], { ratings: {}, ranks }), 'left');
    expect(searching.answer.search).not.toBeNull();
    expect(place(searching, 4, 1).answer.search).toBeNull();
  });

  test('of more than two, that both are bad says nothing of their order', () => {
    const start = startRanking([1, 2, 3], null);
    expect(compare(start, 'bothBad')).toBe(start);
  });

  test('two completions are always the pair; nothing is compared where ranks are given', () => {
    const two = startRanking([7, 3], { ratings: {}, ranks: { 7: 1, 3: 2 } });
    expect(comparedPair(two, true)).toEqual({ left: 7, right: 3 });
    expect(comparedPair(two, false)).toBeNull();
  });
});
