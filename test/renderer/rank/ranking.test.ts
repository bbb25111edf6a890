import { describe, expect, test } from 'vitest';
import {
  assignRank,
  choose,
  chosen,
  clearRanks,
  compactRanks,
  contradictions,
  describePlace,
  describeRank,
  draftOf,
  focus,
  focusBy,
  focusNextUnrated,
  isRanked,
  label,
  letterOf,
  place,
  rankOf,
  rate,
  ratingOf,
  redo,
  shiftRank,
  slotsOf,
  startRanking,
  submission,
  submitProblem,
  turned,
  undo,
  unranked,
  type Choice,
  type Ranking,
} from '../../../renderer/views/rank/ranking.ts';

const ids = [40, 10, 30, 20];
const empty = startRanking(ids, null);
const ranked = (ranks: Record<string, number>): Ranking => startRanking(ids, { ratings: {}, ranks });

describe('ranking by number keys', () => {
  test('letters follow the shown order, not the ids', () => {
    expect(ids.map((id) => letterOf(empty, id))).toEqual(['A', 'B', 'C', 'D']);
  });

  test('ranks the focused completion and moves the focus to the next unranked one', () => {
    const next = assignRank(empty, 2);
    expect(rankOf(next, 40)).toBe(2);
    expect(next.focused).toBe(10);
  });

  test('passes over completions that are ranked, around the end', () => {
    const next = assignRank(focus(ranked({ 20: 1, 40: 2 }), 30), 3);
    expect(next.focused).toBe(10);
  });

  test('the focus stays on the last one ranked', () => {
    const next = assignRank(focus(ranked({ 40: 1, 10: 1, 30: 2 }), 20), 4);
    expect(next.focused).toBe(20);
    expect(isRanked(next)).toBe(true);
  });

  test('the same slot twice is a tie', () => {
    const tied = [1, 2, 2, 1].reduce(assignRank, empty);
    expect(slotsOf(tied)).toEqual([[40, 20], [10, 30], [], []]);
    expect(describeRank(tied, 40)).toBe('rank 1, tied with D');
  });

  test('a rank beyond the number of completions is ignored', () => {
    expect(assignRank(empty, 5).answer).toEqual(empty.answer);
  });

  test('starts at the first completion that a draft leaves unranked', () => {
    expect(ranked({ 40: 1, 30: 2 }).focused).toBe(10);
  });
});

describe('moving between slots', () => {
  test('drops into a slot and takes out of all slots', () => {
    const dropped = place(empty, 30, 3);
    expect(rankOf(dropped, 30)).toBe(3);
    expect(unranked(place(dropped, 30, null))).toEqual(ids);
  });

  test('moves a slot at a time, and out below the last', () => {
    const start = ranked({ 10: 3 });
    expect(rankOf(shiftRank(start, 10, -1), 10)).toBe(2);
    const last = shiftRank(start, 10, 1);
    expect(rankOf(last, 10)).toBe(4);
    expect(rankOf(shiftRank(last, 10, 1), 10)).toBeUndefined();
  });

  test('an unranked completion comes in from below', () => {
    expect(rankOf(shiftRank(empty, 20, -1), 20)).toBe(4);
    expect(shiftRank(empty, 20, 1).answer).toEqual(empty.answer);
  });

  test('the best slot is the end', () => {
    expect(shiftRank(ranked({ 40: 1 }), 40, -1).past).toEqual([]);
  });

  test('clears every rank and keeps the ratings', () => {
    const cleared = clearRanks(rate(ranked({ 40: 1, 10: 2 }), 40, 6));
    expect(cleared.answer.ranks).toEqual({});
    expect(ratingOf(cleared, 40).overall).toBe(6);
  });

  test('the focus wraps both ways', () => {
    expect(focusBy(empty, -1).focused).toBe(20);
    expect(focusBy(focus(empty, 20), 1).focused).toBe(40);
  });
});

describe('rating', () => {
  test('rates and takes the rating back', () => {
    const rated = rate(empty, 10, 5);
    expect(ratingOf(rated, 10)).toEqual({ overall: 5, labels: {} });
    expect(ratingOf(rate(rated, 10, undefined), 10)).toEqual({ labels: {} });
  });

  test('a label is yes, no or not said', () => {
    const yes = label(empty, 10, 'hallucination', true);
    const no = label(yes, 10, 'hallucination', false);
    expect(ratingOf(no, 10).labels).toEqual({ hallucination: false });
    expect(ratingOf(label(no, 10, 'hallucination', undefined), 10).labels).toEqual({});
  });

  test('a key turns a label from not said to yes, to no, and back', () => {
    expect([undefined, true, false].map(turned)).toEqual([true, false, undefined]);
  });

  test('moves on to the next completion without a rating', () => {
    const rated = rate(rate(empty, 10, 4), 40, 3);
    expect(focusNextUnrated(rated).focused).toBe(30);
  });
});

describe('undo', () => {
  test('goes back and forth through what was said, with the focus', () => {
    const done = [1, 2, 3].reduce(assignRank, empty);
    const back = undo(undo(done));
    expect(back.answer.ranks).toEqual({ 40: 1 });
    expect(back.focused).toBe(10);
    expect(redo(redo(back)).answer).toEqual(done.answer);
  });

  test('something new drops what was undone', () => {
    const changed = assignRank(undo(assignRank(empty, 1)), 2);
    expect(redo(changed)).toBe(changed);
  });

  test('does nothing at the beginning', () => {
    expect(undo(empty)).toBe(empty);
  });

  test('saying the same again is no step', () => {
    const once = place(empty, 40, 1);
    expect(place(once, 40, 1).past).toHaveLength(1);
    expect(rate(rate(once, 40, 2), 40, 2).past).toHaveLength(2);
  });
});

describe('contradictions', () => {
  test('names pairs whose higher rating has the worse rank', () => {
    const state = rate(rate(ranked({ 40: 1, 10: 2 }), 40, 3), 10, 6);
    expect(contradictions(state)).toEqual([{ higher: 10, lower: 40 }]);
  });

  test('ties, equal ratings and missing ones are none', () => {
    const tied = rate(rate(ranked({ 40: 1, 10: 1 }), 40, 3), 10, 6);
    const equal = rate(rate(ranked({ 40: 1, 10: 2 }), 40, 6), 10, 6);
    expect(contradictions(tied)).toEqual([]);
    expect(contradictions(equal)).toEqual([]);
    expect(contradictions(rate(ranked({ 40: 1, 10: 2 }), 10, 6))).toEqual([]);
  });
});

describe('submitting', () => {
  test('needs two ranked completions, not all', () => {
    expect(submitProblem(empty)).toBe('Rank at least two completions.');
    expect(submitProblem(ranked({ 40: 1 }))).toMatch('Rank one more completion');
    expect(submitProblem(ranked({ 40: 1, 20: 4 }))).toBeNull();
  });

  test('closes empty slots and keeps ties', () => {
    expect(compactRanks({ 40: 2, 10: 4, 30: 2, 20: 9 })).toEqual({ 40: 1, 10: 2, 30: 1, 20: 3 });
    expect(submission(ranked({ 40: 3, 20: 3 })).answer.ranks).toEqual({ 40: 1, 20: 1 });
  });
});

describe('a pair', () => {
  const pair = startRanking([7, 3], null);

  test.each([
    ['left', { 7: 1, 3: 2 }, 'ranked'],
    ['right', { 7: 2, 3: 1 }, 'ranked'],
    ['tie', { 7: 1, 3: 1 }, 'ranked'],
    ['bothBad', { 7: 1, 3: 1 }, 'bothBad'],
  ] as const)('%s is said in ranks and a verdict', (choice, ranks, verdict) => {
    const said = choose(pair, choice);
    expect(submission(said)).toEqual({ verdict, answer: { ratings: {}, ranks } });
    expect(chosen(said)).toBe(choice);
  });

  test('what it says of each of the two', () => {
    const words = (choice: Choice) => [7, 3].map((id) => describePlace(choose(pair, choice), id));
    expect(words('right')).toEqual(['', 'Better']);
    expect(words('bothBad')).toEqual(['Bad', 'Bad']);
    expect(describePlace(pair, 7)).toBe('');
  });

  test('a rank given later takes "both bad" back', () => {
    expect(chosen(place(choose(pair, 'bothBad'), 3, 2))).toBe('left');
  });

  test('a draft keeps that both are bad', () => {
    const bad = choose(pair, 'bothBad');
    expect(chosen(startRanking([7, 3], draftOf(bad.answer)))).toBe('bothBad');
  });

  test('says nothing until both are ranked', () => {
    expect(chosen(pair)).toBeNull();
    expect(submitProblem(pair)).toMatch('which of the two');
  });
});
