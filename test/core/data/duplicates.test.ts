import { describe, expect, test } from 'vitest';
import { exactGroups, prefixGroups } from '../../../core/data/duplicates.ts';

const items = (...texts: string[]) => texts.map((text, i) => ({ id: i + 1, text }));

describe('duplicates', () => {
  test('case, white space and variants of a character do not count', () => {
    expect(exactGroups(items('Say hi.', 'other', ' say\n\tHI. ', 'Say hi', 'ｓay hi.'))).toEqual([[1, 3, 5]]);
    expect(exactGroups(items('Straße', 'STRASSE', 'ΟΔΟΣ', 'οδοσ', 'é', 'e\u0301', 'ﬁn', 'fin'))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
  });

  test('different texts are in no group', () => {
    expect(exactGroups(items('a b', 'ab', 'a c', ''))).toEqual([]);
  });

  test('texts that begin alike for a length are a group', () => {
    const groups = prefixGroups(
      items('Write a poem about cats', 'write  a POEM about dogs', 'Write a poe', 'Write'),
      11,
    );
    expect(groups).toEqual([[1, 2, 3]]);
  });

  test('a text shorter than the length begins like none', () => {
    expect(prefixGroups(items('short', 'short'), 10)).toEqual([]);
  });

  test('white space before and inside long texts does not shorten what is compared', () => {
    const start = `x${' '.repeat(500)}0123456789`;
    expect(
      prefixGroups(items(`${start}abc`, `\n\nX 0123456789abc${'y'.repeat(500)}`, `${start}zzz`), 15),
    ).toEqual([[1, 2]]);
  });

  test('a hundred thousand texts that all begin alike are one group', () => {
    const texts = Array.from({ length: 100_000 }, (_, id) => ({
      id,
      text: `${'the same start '.repeat(10)}${id}`,
    }));
    expect(prefixGroups(texts, 60)).toHaveLength(1);
    expect(exactGroups(texts)).toEqual([]);
  });
});
