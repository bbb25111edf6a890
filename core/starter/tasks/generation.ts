/** Generation: stories, descriptions, notes, signs, and stories to continue. */
import type { RandomStream } from '../../data/random.ts';
import type { Cast } from '../stories.ts';
import { PLOTS, STORY_STARTS, castSlots, story } from '../stories.ts';
import type { Constraint } from '../task.ts';
import { contains, listing, numberWord, render, some } from '../text.ts';
import type { Entity } from '../world.ts';
import { ENTITIES, WORLD, entity, factsOf, pronouns, state } from '../world.ts';
import type { TaskKind } from './kind.ts';
import { sentenceCount, text } from './kind.ts';

const name = (stream: RandomStream, kind: Entity['kind']): string => stream.pick(WORLD[kind]).name;

/** What a story is asked to be about, and how to ask. */
const STORY_TOPICS: readonly (readonly [readonly (keyof Cast)[], string])[] = [
  [['hero', 'animal'], 'about {hero} and a {animal}'],
  [['hero', 'place'], 'about {hero} {at}'],
  [['hero', 'thing'], 'about {hero} and a {thing}'],
  [['hero', 'friend'], 'about {hero} and {friend}'],
  [['hero', 'animal', 'place'], 'about {hero} and a {animal} {at}'],
  [['animal', 'thing'], 'about a {animal} and a {thing}'],
  [['animal', 'place'], 'about a {animal} {at}'],
];

function storyConstraints(stream: RandomStream, wanted: Partial<Cast>): Constraint[] {
  return [
    { type: 'sentences', count: wanted.hero && Object.keys(wanted).length < 3 ? stream.pick([2, 3]) : 3 },
    { type: 'start', phrase: stream.pick(STORY_STARTS) },
    {
      type: 'avoid',
      word: stream.pick(WORLD.villager.filter((v) => v.name !== wanted.hero && v.name !== wanted.friend))
        .name,
    },
    ...(wanted.thing ? [] : [{ type: 'use', word: name(stream, 'thing') } as const]),
  ];
}

const tellStory: TaskKind = {
  name: 'story',
  useCase: 'generation',
  weight: 40,
  isShort: false,
  make(stream) {
    const [keys, about] = stream.pick(STORY_TOPICS);
    const { cast } = story(stream);
    const wanted: Partial<Cast> = Object.fromEntries(keys.map((key) => [key, cast[key]]));
    return {
      request: render(
        stream,
        `[Write|Tell me|Please write|Make up] a [short |little |]story ${about}.`,
        castSlots(stream, cast),
      ),
      args: { ...wanted },
      needs: [
        { type: 'mentions', words: Object.values(wanted) },
        { type: 'narrative', sentences: 2 },
      ],
      optional: storyConstraints(stream, wanted),
      words: [14, 45],
    };
  },
  answer(stream, args, constraints) {
    const used = constraints.find(({ type }) => type === 'use') as { word: string } | undefined;
    const start = constraints.find(({ type }) => type === 'start') as { phrase: string } | undefined;
    return story(stream, {
      wanted: { ...(args as Partial<Cast>), ...(used && { thing: used.word }) },
      sentences: sentenceCount(constraints) ?? 3,
      ...(start && { start: start.phrase }),
    }).sentences.join(' ');
  },
};

const described = ENTITIES.filter(({ kind }) => kind !== 'day');

const nameOf = ({ kind, name, one }: Entity): string =>
  kind === 'animal' || kind === 'place' ? `the ${name}` : one.replace(/^an? /, 'the ');

const describe: TaskKind = {
  name: 'describe',
  useCase: 'generation',
  weight: 24,
  isShort: true,
  make(stream) {
    const subject = stream.pick(described);
    const count = Math.min(factsOf(subject).length, stream.pick([1, 2, 2, 3]));
    const sentences = count === 1 ? 'one sentence' : `${numberWord(count)} sentences`;
    return {
      request: render(stream, `[Write|Please write|Give me] ${sentences} [about|on] ${nameOf(subject)}.`),
      args: { subject: subject.name, count },
      needs: [
        { type: 'claims', subject: subject.name, count },
        { type: 'mentions', words: [subject.name] },
      ],
      constraints: [{ type: 'sentences', count }],
      words: [3 * count, 10 * count + 5],
    };
  },
  answer(stream, args) {
    const facts = some(stream, factsOf(entity(text(args, 'subject'))), Number(args['count']));
    return facts.map((fact) => state(stream, fact)).join(' ');
  },
};

interface Reason {
  readonly name: string;
  readonly request: string;
  readonly answer: string;
  readonly phrases: readonly string[];
  readonly about: 'thing' | 'place' | 'food';
}

const NOTE_REASONS: readonly Reason[] = [
  {
    name: 'thanks',
    request: '[Thank {fhim} for the {thing}|Say thank you for the {thing}].',
    answer:
      '[thank you for the {thing}|thank you very much for the {thing}]. [It is very nice|I like it very much|It made me happy].',
    phrases: ['thank you', 'thanks'],
    about: 'thing',
  },
  {
    name: 'invitation',
    request: '[Ask {fhim} to come {to}|Invite {fhim} to come {to}].',
    answer:
      '[please come {to} with me|can you come {to} with me? I would be happy|I want you to come {to}]. [We can play there|We will have a good time].',
    phrases: ['come'],
    about: 'place',
  },
  {
    name: 'sorry',
    request: '[Say sorry for the lost {thing}|Say sorry because the {thing} is lost].',
    answer:
      'I am [very |so |]sorry. I lost your {thing}. [I will look for it again|I will find you a new one].',
    phrases: ['sorry'],
    about: 'thing',
  },
  {
    name: 'sharing',
    request: '[Tell {fhim} that there is {food}|Say that you made some {food}].',
    answer:
      '[I made some {food} for you|there is some {food} for you]. [Come and eat with me|Please come soon].',
    phrases: ['made', 'there is', 'come'],
    about: 'food',
  },
];

const note: TaskKind = {
  name: 'note',
  useCase: 'generation',
  weight: 18,
  isShort: false,
  make(stream) {
    const reason = stream.pick(NOTE_REASONS);
    const { cast } = story(stream);
    const slots = { ...castSlots(stream, cast), fhim: pronouns(cast.friend).him };
    return {
      request: render(
        stream,
        `Write a [short |little |]note from {hero} to {friend}. ${reason.request}`,
        slots,
      ),
      args: { ...cast, reason: reason.name },
      needs: [
        { type: 'mentions', words: [cast.hero, cast.friend, cast[reason.about]] },
        { type: 'phrases', any: reason.phrases, count: 1 },
        { type: 'phrases', any: ['dear', 'hello', 'your friend', 'love'], count: 2 },
      ],
      optional: [{ type: 'start', phrase: `Hello ${cast.friend}` }],
      words: [9, 32],
    };
  },
  answer(stream, args, constraints) {
    const reason = NOTE_REASONS.find((r) => r.name === args['reason'])!;
    const greeting = constraints.some(({ type }) => type === 'start') ? 'Hello' : '[Dear|Dear|Hello]';
    return renderNote(stream, greeting, reason, args as unknown as Cast);
  },
};

function renderNote(stream: RandomStream, greeting: string, reason: Reason, cast: Cast): string {
  const line = `${greeting} {friend}, ${reason.answer} [Your friend|Love], {hero}.`;
  return render(stream, line, castSlots(stream, cast));
}

/** A letter from one villager to another, for the corpus. */
export function anyNote(stream: RandomStream): string {
  return renderNote(stream, '[Dear|Dear|Hello]', stream.pick(NOTE_REASONS), story(stream).cast);
}

/** Invites people to a place. */
export function signText(stream: RandomStream, place: Entity): string {
  const goods = some(stream, place.facts['things']!, 2 + stream.integer(2));
  const template = stream.pick([
    '[Come|Welcome] to the {name}! We have {goods}. [You are welcome every day|Please come in].',
    '[Come|Welcome] to the {name}! Here you can find {goods}.',
    '[Come and see|Come and visit] the {name}! You will find {goods} {at}. [Everyone is welcome|Please come soon].',
  ]);
  return render(stream, template, { name: place.name, at: place.one, goods: listing(goods) });
}

const sign: TaskKind = {
  name: 'sign',
  useCase: 'generation',
  weight: 9,
  isShort: true,
  make(stream) {
    const place = stream.pick(WORLD.place);
    return {
      request: render(stream, `[Write|Make|Please write] a [short |friendly |]sign for the {place}.`, {
        place: place.name,
      }),
      args: { place: place.name },
      needs: [
        { type: 'mentions', words: [place.name] },
        { type: 'phrases', any: place.facts['things']!, count: 2 },
        { type: 'phrases', any: ['come', 'welcome', 'we have', 'you can find', 'you will find'], count: 2 },
      ],
      optional: [
        { type: 'start', phrase: stream.pick(['Welcome', 'Come']) },
        { type: 'use', word: stream.pick(place.facts['things']!) },
        { type: 'sentences', count: stream.pick([2, 3]) },
      ],
      words: [8, 25],
    };
  },
  answer: (stream, args) => signText(stream, entity(text(args, 'place'))),
};

const carryOn: TaskKind = {
  name: 'continue',
  useCase: 'generation',
  weight: 16,
  isShort: false,
  make(stream) {
    const told = story(stream, { sentences: 3 });
    const { animal, thing, hero } = told.cast;
    const opening = told.sentences[0]!;
    return {
      request: render(
        stream,
        `[Continue this story|Finish this story|What happens next? Go on with the story|Write the end of this story]: ${told.sentences[0]!}`,
      ),
      args: { ...told.cast, plot: told.plot },
      needs: [
        { type: 'phrases', any: [hero, ...Object.values(pronouns(hero)), 'they'], count: 1 },
        { type: 'phrases', any: threads(told.cast, opening), count: 1 },
        { type: 'narrative', sentences: 2 },
      ],
      optional: [
        { type: 'sentences', count: 2 },
        { type: 'use', word: animal },
        { type: 'use', word: thing },
      ],
      words: [12, 40],
    };
  },
  answer(stream, args, constraints) {
    const used = constraints.find(({ type }) => type === 'use') as { word: string } | undefined;
    const { plot, ...cast } = args as unknown as Cast & { plot: string };
    const key = (Object.keys(cast) as (keyof Cast)[]).find((k) => cast[k] === used?.word);
    const count = sentenceCount(constraints) ?? 2;
    return continuation(stream, cast, plot, count, key);
  },
};

/** What a continuation can take up: those whom the opening names, or the two of them. */
const threads = (cast: Cast, opening: string): string[] => [
  ...Object.values<string>({ ...cast }).filter((word) => contains(opening, word)),
  ...(opening.includes(cast.friend) ? ['they'] : Object.values(pronouns(cast.hero))),
];

/** The middle and the end of a story; a wanted part of the cast chooses the middle. */
function continuation(
  stream: RandomStream,
  cast: Cast,
  plot: string,
  count: number,
  key?: keyof Cast,
): string {
  const { middle, ending } = PLOTS.find((p) => p.name === plot)!;
  const fitting = middle.filter((line) => !key || line.toLowerCase().includes(`{${key}}`));
  const lines = [...some(stream, fitting.length > 0 ? fitting : middle, count - 1), ending];
  return render(stream, lines.join(' '), castSlots(stream, cast));
}

export const GENERATION: readonly TaskKind[] = [tellStory, describe, note, sign, carryOn];
