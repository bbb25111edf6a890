/** Brainstorming: members of a set, and ideas for an occasion. */
import type { RandomStream } from '../../data/random.ts';
import { listing, numberWord, render, some } from '../text.ts';
import type { Entity } from '../world.ts';
import { WORLD } from '../world.ts';
import type { TaskKind } from './kind.ts';
import { text } from './kind.ts';

/** A set with a name, such as birds or things made of wood, and everything of the same kind outside it. */
export interface Class {
  readonly name: string;
  readonly members: readonly Entity[];
  readonly others: readonly Entity[];
}

function classesBy(kind: Entity['kind'], relation: string, nameOf: (value: string) => string): Class[] {
  const values = new Set(WORLD[kind].flatMap(({ facts }) => facts[relation]!));
  return [...values].map((value) => ({
    name: nameOf(value),
    members: WORLD[kind].filter(({ facts }) => facts[relation]!.includes(value)),
    others: WORLD[kind].filter(({ facts }) => !facts[relation]!.includes(value)),
  }));
}

const plural = (kind: string): string => `${kind}s`;

/** The sets with enough members to be asked for. */
export const CLASSES: readonly Class[] = [
  ...classesBy('animal', 'kind', plural),
  ...classesBy('food', 'kind', plural),
  ...classesBy('thing', 'material', (value) => `things made of ${value}`),
  ...classesBy('thing', 'color', (value) => `${value} things`),
  ...classesBy('food', 'color', (value) => `${value} foods`),
  ...classesBy('animal', 'legs', (value) => `animals with ${value} legs`),
].filter(({ members }) => members.length >= 3);

/** "Three birds are a hen, a duck and an owl." */
export function listMembers(stream: RandomStream, name: string, members: readonly Entity[]): string {
  const singular = listing(members.map(({ one }) => one.replace(/^the /, 'a ')));
  const slots = {
    n: numberWord(members.length),
    name,
    singular,
    plural: listing(members.map(({ many }) => many)),
  };
  return render(
    stream,
    '[{n} {name} are {singular}|{n} {name} are {plural}|here are {n} {name}: {plural}].',
    slots,
  );
}

const nameMembers: TaskKind = {
  name: 'members',
  useCase: 'brainstorming',
  weight: 5,
  isShort: true,
  make(stream) {
    const { name, members, others } = stream.pick(CLASSES);
    const count = Math.min(members.length, stream.pick([2, 3, 3, 4]));
    const of = members.map((e) => e.name);
    return {
      request: render(stream, `[Name|List|Give me|Please name|Tell me] ${numberWord(count)} ${name}.`),
      args: { name, count },
      needs: [{ type: 'members', of, not: others.map((e) => e.name), count }],
      constraints: [{ type: 'items', count, of }],
      optional: [
        ...(count < members.length ? [{ type: 'avoid', word: stream.pick(members).name } as const] : []),
        { type: 'start', phrase: 'Here are' },
        { type: 'sentences', count: 1 },
      ],
      words: [4, 18],
    };
  },
  answer(stream, args) {
    const { members } = CLASSES.find(({ name }) => name === args['name'])!;
    return listMembers(stream, text(args, 'name'), some(stream, members, Number(args['count'])));
  },
};

/** Ideas, by occasion. */
export const IDEAS: Readonly<Record<string, readonly string[]>> = {
  'a rainy day': [
    'read a book',
    'drink hot tea',
    'write a letter',
    'bake a cake',
    'play a game',
    'sing songs',
  ],
  'a sunny day': [
    'swim in the river',
    'walk in the park',
    'play with a ball',
    'climb the hill',
    'sit in the garden',
  ],
  'a windy day': ['play with a kite', 'climb the hill', 'read a book', 'visit a friend', 'bake bread'],
  'a winter evening': ['drink hot tea', 'read a book', 'sing songs', 'tell stories', 'make soup'],
  'a party': ['bake a cake', 'sing songs', 'dance together', 'play a game', 'make music', 'tell stories'],
  'a day with a friend': [
    'walk in the park',
    'play a game',
    'tell stories',
    'bake a cake',
    'visit the market',
  ],
  'a day at the farm': [
    'feed the hens',
    'see the cows',
    'carry the eggs',
    'clean the barn',
    'help the farmer',
  ],
  'a day at the harbor': [
    'look at the boats',
    'catch a crab',
    'talk to the sailor',
    'pull a rope',
    'sit by the sea',
  ],
  'a day in the forest': [
    'climb a tree',
    'look for leaves',
    'follow a fox',
    'walk with a friend',
    'sing with the birds',
  ],
  'a day at the river': [
    'swim in the river',
    'catch a fish',
    'play with stones',
    'cross the river',
    'sit in the sun',
  ],
  'a free morning': [
    'walk in the park',
    'visit the market',
    'write a letter',
    'work in the garden',
    'clean the house',
  ],
  'a gift': ['a new hat', 'a warm coat', 'a good book', 'a red kite', 'a small bell', 'a basket of apples'],
};

/** "You can read a book, sing songs and bake a cake." */
export function listIdeas(stream: RandomStream, occasion: string, ideas: readonly string[]): string {
  const slots = { n: numberWord(ideas.length), occasion, ideas: listing(ideas) };
  const ways =
    occasion === 'a gift'
      ? '[You can give {ideas}|Here are {n} ideas for {occasion}: {ideas}]'
      : '[You can {ideas}|For {occasion} you can {ideas}|Here are {n} ideas for {occasion}: {ideas}]';
  return render(stream, `${ways}.`, slots);
}

const giveIdeas: TaskKind = {
  name: 'ideas',
  useCase: 'brainstorming',
  weight: 4,
  isShort: true,
  make(stream) {
    const occasion = stream.pick(Object.keys(IDEAS));
    const count = stream.pick([2, 3, 3, 4]);
    const any = IDEAS[occasion]!;
    return {
      request: render(
        stream,
        `[Give me|Think of|List|I need|Please give me] ${numberWord(count)} ideas for ${occasion}.`,
      ),
      args: { occasion, count },
      needs: [{ type: 'phrases', any, count }],
      constraints: [{ type: 'items', count, of: any }],
      optional: [
        { type: 'start', phrase: 'Here are' },
        { type: 'sentences', count: 1 },
        { type: 'use', word: stream.pick(any).split(' ').at(-1)! },
        { type: 'avoid', word: stream.pick(any).split(' ').at(-1)! },
      ],
      words: [5, 26],
    };
  },
  answer(stream, args) {
    const occasion = text(args, 'occasion');
    return listIdeas(stream, occasion, some(stream, IDEAS[occasion]!, Number(args['count'])));
  },
};

export const BRAINSTORMING: readonly TaskKind[] = [nameMembers, giveIdeas];
