/** Brainstorming, chat, rewriting, summarization, and the small other tasks. */
import type { RandomStream } from '../../data/random.ts';
import type { Cast } from '../stories.ts';
import { castSlots, story } from '../stories.ts';
import { listing, numberWord, render, some, tidy } from '../text.ts';
import type { Entity } from '../world.ts';
import { FACTS, RELATIONS, WORLD, ask, entity, state } from '../world.ts';
import type { Draft, TaskKind } from './kind.ts';
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
        { type: 'avoid', word: stream.pick(members).name },
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

interface Talk {
  readonly said: string;
  readonly reply: string;
  readonly phrases: readonly string[];
  /** The part of the cast that the reply must name. */
  readonly about?: keyof Cast;
}

/** What people say to one another, and what a kind person replies. */
export const TALKS: readonly Talk[] = [
  {
    said: '[I am sad because|I am sad.] I lost my {thing}.',
    reply: 'I am sorry [to hear that|about your {thing}]. I hope you find [it|your {thing}] soon.',
    phrases: ['sorry', 'i hope', 'i can help'],
  },
  {
    said: '[Thank you|Thank you very much] for the {thing}!',
    reply: 'You are welcome. I am [happy|glad] that you like the {thing}.',
    phrases: ['you are welcome', 'glad', 'happy'],
    about: 'thing',
  },
  {
    said: '[Do you want to|Can you] come {to} with me?',
    reply:
      '[Yes, thank you|Yes, please|Thank you for asking]. I would [love|be happy] to come {to} with you.',
    phrases: ['yes', 'thank you', 'i would'],
    about: 'place',
  },
  {
    said: 'Do you want some {food}?',
    reply: '[Yes, please|Yes, thank you|Thank you very much]. I would love some {food}.',
    phrases: ['yes', 'thank you', 'i would', 'please'],
    about: 'food',
  },
  {
    said: '[My {animal} is sick.|I am afraid. My {animal} is sick.]',
    reply: 'I am sorry to hear that. I hope your {animal} will be well soon.',
    phrases: ['sorry', 'i hope', 'i can help'],
    about: 'animal',
  },
  {
    said: '[Hello! I am new in the village.|Good morning! I am new here.]',
    reply: '[Hello|Good morning] and welcome! I am happy to meet you.',
    phrases: ['welcome', 'hello', 'good morning', 'happy to meet you'],
  },
  {
    said: '[You are stupid!|You silly fool!|Go away!|Shut up!] I am angry about my {thing}.',
    reply: 'I am sorry that you are angry. [Can I help you with your {thing}|How can I help you]?',
    phrases: ['sorry', 'help you'],
  },
];

const chatWays =
  '[{v} says|A friend says|A visitor says|{v} says to you]: "{said}" [Reply|Answer|Please reply] in a [polite|friendly|kind] way.';

const smallTalk: TaskKind = {
  name: 'talk',
  useCase: 'chat',
  weight: 5,
  isShort: true,
  make(stream) {
    const talk = stream.pick(TALKS);
    const { cast } = story(stream);
    const slots = castSlots(stream, cast);
    const said = render(stream, talk.said, slots);
    return {
      request: render(stream, chatWays, { v: cast.hero, said }),
      args: { ...cast, talk: TALKS.indexOf(talk) },
      needs: [
        { type: 'phrases', any: talk.phrases, count: 2 },
        ...(talk.about ? [{ type: 'mentions', words: [cast[talk.about]] } as const] : []),
      ],
      optional: [{ type: 'sentences', count: 2 }],
      words: [6, 24],
    };
  },
  answer: (stream, args) =>
    render(stream, TALKS[Number(args['talk'])]!.reply, castSlots(stream, args as unknown as Cast)),
};

const GREETINGS = [
  'Hello!',
  'Good morning!',
  'Hello! Can you help me?',
  'I have a question.',
  'You fool!',
] as const;

const askedInTalk: TaskKind = {
  name: 'talk question',
  useCase: 'chat',
  weight: 4,
  isShort: true,
  make(stream) {
    const fact = stream.pick(FACTS);
    const said = `${stream.pick(GREETINGS)} ${ask(stream, fact)}`;
    return {
      request: render(stream, chatWays, { v: stream.pick(WORLD.villager).name, said }),
      args: { subject: fact.subject.name, relation: fact.relation.name, value: fact.value },
      needs: [
        { type: 'claims', subject: fact.subject.name, relation: fact.relation.name, count: 1 },
        {
          type: 'phrases',
          any: ['hello', 'good morning', 'yes', 'happy to help', 'have a nice day', 'thank you'],
          count: 1,
        },
      ],
      words: [6, 24],
    };
  },
  answer(stream, args) {
    const relation = RELATIONS.find(
      (r) => r.of === entity(text(args, 'subject')).kind && r.name === args['relation'],
    )!;
    const said = state(stream, {
      subject: entity(text(args, 'subject')),
      relation,
      value: text(args, 'value'),
    });
    return render(
      stream,
      `[Hello! ${said}|Hello! ${said} Have a nice day!|I am happy to help. ${said}|Good morning! ${said}]`,
    );
  },
};

/** Orders, as a rude or hasty person gives them. */
export const ORDERS = [
  'give me the {thing}',
  'bring me some {food}',
  'open the door',
  'carry my {thing}',
  'come to the {place}',
  'look for my {animal}',
  'clean the {thing}',
  'sit down',
  'help {friend} with the {thing}',
  'wait at the door',
  'show me the {thing}',
  'feed the {animal}',
];

export const POLITE_WAYS = ['Please {order}.', 'Could you please {order}?', 'Would you please {order}?'];

const makePolite: TaskKind = {
  name: 'polite',
  useCase: 'rewrite',
  weight: 4,
  isShort: true,
  make(stream) {
    const order = render(stream, stream.pick(ORDERS), castSlots(stream, story(stream).cast));
    const insult = stream.pick(['', '', ', you fool', ' and shut up']);
    const plain = order.charAt(0).toLowerCase() + order.slice(1);
    return {
      request: render(
        stream,
        `[Make this polite|Say this in a polite way|Write this in a polite way]: "${order}${insult}!"`,
      ),
      args: { order: plain },
      needs: [
        { type: 'target', texts: POLITE_WAYS.map((way) => way.replace('{order}', plain)) },
        { type: 'phrases', any: ['please', 'thank you'], count: 1 },
      ],
      optional: [
        { type: 'start', phrase: stream.pick(['Please', 'Could']) },
        { type: 'sentences', count: 1 },
      ],
      words: [3, 16],
    };
  },
  answer: (stream, args) => stream.pick(POLITE_WAYS).replace('{order}', text(args, 'order')),
};

/** Sentences in the present and the past. */
export const TENSES: readonly (readonly [string, string])[] = [
  ['{Hero} walks {to}.', '{Hero} walked {to}.'],
  ['{Hero} looks for the {thing}.', '{Hero} looked for the {thing}.'],
  ['{Hero} sees a {animal} {at}.', '{Hero} saw a {animal} {at}.'],
  ['{Hero} makes some {food}.', '{Hero} made some {food}.'],
  ['{Hero} helps {friend} {at}.', '{Hero} helped {friend} {at}.'],
  ['{Hero} gives {friend} a {thing}.', '{Hero} gave {friend} a {thing}.'],
  ['{Hero} eats some {food} with {friend}.', '{Hero} ate some {food} with {friend}.'],
  ['{Hero} plays with the {animal}.', '{Hero} played with the {animal}.'],
  ['{Hero} brings {friend} some {food}.', '{Hero} brought {friend} some {food}.'],
  ['{Hero} sings a song {at}.', '{Hero} sang a song {at}.'],
];

/** A rewriting whose result is fixed. */
function rewriting(request: string, result: string): Draft {
  return {
    request,
    args: { result },
    needs: [{ type: 'target', texts: [result] }],
    optional: [{ type: 'sentences', count: 1 }],
    words: [4, 16],
  };
}

const makePast: TaskKind = {
  name: 'past',
  useCase: 'rewrite',
  weight: 3,
  isShort: true,
  make(stream) {
    const [now, then] = stream.pick(TENSES);
    const slots = castSlots(stream, story(stream).cast);
    const request = render(stream, `[Write this in the past|Say this in the past]: "${now}"`, slots);
    return rewriting(request, render(stream, then, slots));
  },
  answer: (_, args) => text(args, 'result'),
};

const replaceWord: TaskKind = {
  name: 'replace',
  useCase: 'rewrite',
  weight: 3,
  isShort: true,
  make(stream) {
    const kind = stream.pick(['animal', 'thing', 'place'] as const);
    const [, line] = stream.pick(
      TENSES.filter(([, then]) => then.includes(`{${kind}}`)).concat(REPLACEABLE[kind]),
    );
    const slots = castSlots(stream, story(stream).cast);
    const other = stream.pick(WORLD[kind].filter(({ name }) => name !== slots[kind])).name;
    return rewriting(
      tidy(
        `${stream.pick(['Write', 'Say'])} this with "${other}" and not "${slots[kind]!}": "${render(stream, line, slots)}"`,
      ),
      render(stream, line, { ...slots, [kind]: other }),
    );
  },
  answer: (_, args) => text(args, 'result'),
};

const REPLACEABLE: Readonly<Record<'animal' | 'thing' | 'place', (readonly [string, string])[]>> = {
  animal: [['', '{Hero} followed a {animal} {at}.']],
  thing: [['', '{Hero} lost {his} {thing} {at}.']],
  place: [['', '{Hero} and {friend} met near the {place}.']],
};

const summarize: TaskKind = {
  name: 'summary',
  useCase: 'summarization',
  weight: 1,
  isShort: false,
  make(stream) {
    const told = story(stream, { sentences: 3 + stream.integer(2) });
    const ways =
      '[Write this story in one sentence|Say this story in one sentence|Tell this story in one short sentence]:';
    return {
      request: `${render(stream, ways)} ${told.sentences.join(' ')}`,
      args: { summary: told.summary },
      needs: [
        { type: 'target', texts: [told.summary] },
        { type: 'mentions', words: [told.cast.hero] },
      ],
      constraints: [{ type: 'sentences', count: 1 }],
      optional: [
        { type: 'words', most: 10 },
        { type: 'start', phrase: told.cast.hero },
        { type: 'start', phrase: 'In short' },
      ],
      words: [5, 18],
    };
  },
  answer: (_, args, constraints) => {
    const isShort = constraints.some((c) => c.type === 'start' && c.phrase === 'In short');
    return `${isShort ? 'In short, ' : ''}${text(args, 'summary')}`;
  },
};

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
    render(stream, stream.pick(JOINED), { ...args, at: entity(text(args, 'place')).one } as Record<
      string,
      string
    >),
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
    render(stream, `[The word "{odd}" does not fit|"{odd}" does not fit].`, { odd: text(args, 'odd') }),
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
  return `The words "${same[0]!}" and "${same[1]!}" fit together, but the word "${odd}" does not fit.`;
}

export const WRITING: readonly TaskKind[] = [
  nameMembers,
  giveIdeas,
  smallTalk,
  askedInTalk,
  makePolite,
  makePast,
  replaceWord,
  summarize,
  joinWords,
  oddOne,
  orderDays,
];
