import { expect, test } from 'vitest';
import { difference } from '../../../renderer/views/rank/difference.ts';

const fox = 'The fox sat down by the river and asked why the water never stops.';

test('says what is added and what is lacking, between what is the same', () => {
  const parts = difference(fox, fox.replace('never stops', 'always moves'));
  expect(parts).toEqual([
    { kind: 'same', text: 'The fox sat down by the river and asked why the water ' },
    { kind: 'lacking', text: 'never stops' },
    { kind: 'added', text: 'always moves' },
    { kind: 'same', text: '.' },
  ]);
});

test('a word or two between changes belong to the change', () => {
  const parts = difference(fox, fox.replace('sat down by the river', 'lay down near the lake'));
  const of = (kind: string) => parts?.filter((part) => part.kind === kind).map(({ text }) => text);
  expect(of('lacking')).toEqual(['sat down by the river']);
  expect(of('added')).toEqual(['lay down near the lake']);
});

test('both texts can be read out of the parts', () => {
  const other = 'A fox sat down by the river, and asked the hen why the water never ends.';
  const parts = difference(fox, other) ?? [];
  const without = (kind: string) => parts.flatMap((part) => (part.kind === kind ? [] : [part.text])).join('');
  expect(without('added')).toBe(fox);
  expect(without('lacking')).toBe(other);
});

test('texts with hardly anything in common have no differences to show', () => {
  expect(difference(fox, 'Foxes are small mammals of the family Canidae.')).toBeNull();
});

test('equal texts are one part', () => {
  expect(difference(fox, fox)).toEqual([{ kind: 'same', text: fox }]);
});
