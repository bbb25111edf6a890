/** Other small tasks: a sentence from words, the odd one out, days in order. */
import type { RandomStream } from '../../data/random.ts';
import { story } from '../stories.ts';
import { capitalise, listing, render, some } from '../text.ts';
import { WORLD, entity } from '../world.ts';
import type { TaskKind } from './kind.ts';
import { text } from './kind.ts';

/** One sentence with an animal, a thing and a place. */
export const JOINED = [
  'One day a {animal} found a {thing} {at}.',
  'A {animal} sat next to a {thing} {at}.',
  'The {animal} ran away with the {thing} {at}.',
  'There was a {animal} with a {thing} {at}.',
] as const;

const joinWords: TaskKind = {
  name: 'join',
  useCase: 'other',
  weight: 4,
  isShort: true,
  make(stream) {
    const { animal, thing, place } = story(stream).cast;
    const words = stream.shuffle([animal, thing, place]);
    return {
      request: render(stream, `[Make|Write] one sentence with [the words|these words:] ${listing(words)}.`),
      args: { animal, thing, place },
      needs: [{ type: 'mentions', words }],
      constraints: [{ type: 'sentences', count: 1 }],
      words: [6, 16],
    };
  },
  answer: (stream, args) =>
    render(stream, stream.pick(JOINED), { ...args, at: entity(text(args, 'place')).one }),
};

const oddOne: TaskKind = {
  name: 'odd one',
  useCase: 'other',
  weight: 4,
  isShort: true,
  make(stream) {
    const [home, away] = some(stream, ['animal', 'food', 'thing', 'villager'] as const, 2);
    const same = some(stream, WORLD[home!], 2).map(({ name }) => name);
    const odd = stream.pick(WORLD[away!]).name;
    return {
      request: `Which word does not fit: ${listing(stream.shuffle([...same, odd]))}?`,
      args: { odd },
      needs: [{ type: 'choice', accept: [odd], reject: same }],
      optional: [{ type: 'sentences', count: 1 }],
      words: [3, 12],
    };
  },
  answer: (stream, args) =>
    render(stream, `The word "{odd}" does not fit[| with the others].`, { odd: text(args, 'odd') }),
};

const orderDays: TaskKind = {
  name: 'order',
  useCase: 'other',
  weight: 2,
  isShort: true,
  make(stream) {
    const chosen = some(stream, WORLD.day, 3);
    const right = listing(WORLD.day.filter((day) => chosen.includes(day)).map(({ name }) => name));
    return {
      request: `${stream.pick(['Put these days in order', 'Write these days in order'])}: ${listing(chosen.map(({ name }) => name))}.`,
      args: { right },
      needs: [{ type: 'target', texts: [`The days are ${right}.`, `In order, the days are ${right}.`] }],
      words: [5, 12],
    };
  },
  answer: (stream, args) => render(stream, `[The days are|In order, the days are] ${text(args, 'right')}.`),
};

/** Things that belong together or do not, for the corpus. */
export function fitSentence(stream: RandomStream): string {
  const [home, away] = some(stream, ['animal', 'food', 'thing', 'villager'] as const, 2);
  const same = some(stream, WORLD[home!], 2).map(({ name }) => name);
  const odd = stream.pick(WORLD[away!]).name;
  const [a, b] = same;
  return stream.pick([
    `The words "${a!}" and "${b!}" fit together. The word "${odd}" does not fit with the others.`,
    `The words "${a!}" and "${b!}" fit together. The word "${odd}" does not fit.`,
    `"${capitalise(odd)}" does not fit with "${a!}" and "${b!}".`,
  ]);
}

export const OTHER: readonly TaskKind[] = [joinWords, oddOne, orderDays];
