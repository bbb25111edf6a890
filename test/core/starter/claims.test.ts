import { expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { claims } from '../../../core/starter/claims.ts';
import { FACTS, state } from '../../../core/starter/world.ts';

test('every fact is read back as true from every way to say it', () => {
  const stream = randomStream(1, 'claims');
  for (const fact of FACTS) {
    for (let i = 0; i < 6; i++) {
      const text = state(stream, fact);
      const found = claims(text).map(({ subject, relation, value, isTrue }) => ({
        subject,
        relation,
        value,
        isTrue,
      }));
      const value = fact.value.toLowerCase();
      expect(found, text).toEqual([
        { subject: fact.subject.name, relation: fact.relation.name, value, isTrue: true },
      ]);
    }
  }
});

test('a wrong value is a false claim', () => {
  const read = (text: string): [string, boolean][] =>
    claims(text).map(({ value, isTrue }) => [value, isTrue]);
  expect(read('A cow is a bird.')).toEqual([['bird', false]]);
  expect(read('The baker of the village is Tom.')).toEqual([['baker', false]]);
  expect(read('You can find cows, apples and hay at the farm.')).toEqual([
    ['cows', true],
    ['apples', false],
    ['hay', true],
  ]);
});

test('stories and garbage claim nothing', () => {
  expect(claims('One day Mia saw a sick cow at the farm and gave it some water.')).toEqual([]);
  expect(claims('cow the the is Mia bird of')).toEqual([]);
});
