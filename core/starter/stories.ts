/**
 * Little stories about the village, told in the past tense, so that they never claim a fact of the world.
 *
 * A story follows a plot: an opening, some middle sentences in order, an ending, and a one-sentence summary. The
 * corpus, the prompts about texts and the demonstrations all tell stories through this file.
 */
import type { RandomStream } from '../data/random.ts';
import type { Slots } from './text.ts';
import { render } from './text.ts';
import { WORLD, entity, pronouns } from './world.ts';

/** What a story is about. All of them may appear; those that are asked for must. */
export interface Cast {
  readonly hero: string;
  readonly friend: string;
  readonly animal: string;
  readonly place: string;
  readonly thing: string;
  readonly food: string;
}

export interface Story {
  readonly cast: Cast;
  readonly plot: string;
  readonly sentences: readonly string[];
  readonly summary: string;
  /** The words its own templates used, for questions about it. */
  readonly slots: Slots;
}

export interface Wishes {
  readonly wanted?: Partial<Cast>;
  readonly plot?: string;
  readonly sentences?: number;
  /** How the story must begin, such as "One day". */
  readonly start?: string;
}

interface Plot {
  readonly name: string;
  readonly opening: string;
  readonly middle: readonly string[];
  readonly ending: string;
  readonly summary: string;
}

/** How a story may begin. */
export const STORY_STARTS = ['One day', 'Last week', 'In the morning', 'After school', 'Long ago'] as const;

export const PLOTS: readonly Plot[] = [
  {
    name: 'lost',
    opening: '{hero} lost {his} {thing} {at}.',
    middle: [
      '{He} looked [under the table|behind the door|under every stone|all day], but {he} could not find it.',
      '[A {animal} ran past and {he} followed it|{He} asked a {animal}, but the {animal} only looked at {him}].',
      '{Friend} came to help, and they looked [together|again].',
    ],
    ending:
      '[At last|In the end] {friend} found the {thing} [under a tree|near the road], and {hero} was very happy.',
    summary: '{hero} lost {his} {thing} and {friend} found it.',
  },
  {
    name: 'care',
    opening: '{hero} saw a {sick} {animal} {at}.',
    middle: [
      '{He} sat down and gave it [some water|some food|a warm bed].',
      '{Friend} brought a {thing} and some {food} to help.',
      'The {animal} slept [all night|for a long time].',
    ],
    ending: 'The next day the {animal} was well again and [went home|played with {hero}].',
    summary: '{hero} found a {sick} {animal} and helped it.',
  },
  {
    name: 'gift',
    opening: '{hero} wanted to give {friend} a {thing}.',
    middle: [
      '{He} [looked for a good one|made it with {his} own hands] {at}.',
      'On the way a {animal} stopped {him}, but {he} walked on.',
      '{Friend} was at home and ate some {food}.',
    ],
    ending: '{Friend} took the {thing}, smiled and said thank you.',
    summary: '{hero} gave {friend} a {thing}.',
  },
  {
    name: 'meal',
    opening: '{hero} made some {food} for {friend} {at}.',
    middle: [
      'It took [all morning|a long time], and it smelled very good.',
      'Then a {animal} came and wanted some {food} too.',
      '{Hero} put the {food} next to a {thing}.',
    ],
    ending: 'They all ate together, and {friend} was [happy|very happy].',
    summary: '{hero} made some {food} and ate it with {friend}.',
  },
  {
    name: 'trip',
    opening: '{hero} and {friend} walked {to}.',
    middle: [
      'On the way they saw a [big|small|friendly] {animal}.',
      'They sat under a tree and ate some {food}.',
      '{Hero} found an old {thing} and took it home.',
    ],
    ending: 'In the evening they came home, tired but [happy|full of joy].',
    summary: '{hero} and {friend} walked {to} and came home happy.',
  },
  {
    name: 'quarrel',
    opening: '{hero} and {friend} both wanted the same {thing} {at}.',
    middle: [
      'They were angry and did not talk [all day|for a long time].',
      'A {animal} looked at them and [ran away|was afraid].',
      'Then {hero} brought some {food} and said sorry.',
    ],
    ending: 'In the end they shared the {thing} and were friends again.',
    summary: '{hero} and {friend} both wanted a {thing}, and in the end they shared it.',
  },
  {
    name: 'night',
    opening: '{hero} heard a strange sound {at}.',
    middle: [
      '{He} was afraid and called {friend}.',
      'They took a {thing} and went out to look.',
      'They saw that some {food} was gone.',
    ],
    ending: 'It was only a [small|hungry|funny] {animal}, and they laughed.',
    summary: '{hero} heard a strange sound, but it was only a {animal}.',
  },
  {
    name: 'work',
    opening: '{hero} worked [hard|all day] {at}.',
    middle: [
      'The sun was hot and {he} was very tired.',
      'A {animal} slept next to {his} {thing}.',
      '{Friend} brought {him} some {food}.',
    ],
    ending: 'Then {friend} helped {him}, and the work was soon done.',
    summary: '{hero} worked hard and {friend} helped {him}.',
  },
  {
    name: 'rain',
    opening: '{hero} and {friend} were {at} when the rain came.',
    middle: [
      'They ran under a big tree, and a wet {animal} ran with them.',
      '{Hero} had a {thing}, and {friend} had some {food}.',
      'They sang songs and waited [for the sun|a long time].',
    ],
    ending: 'When the sun came out, they [walked home|ran home] and laughed.',
    summary: '{hero} and {friend} waited under a tree when the rain came.',
  },
  {
    name: 'lesson',
    opening: '{hero} wanted to learn to [sing|swim|dance|write] {at}.',
    middle: [
      '{Friend} [showed {him} how|helped {him} every day].',
      'At first it was hard, and a {animal} laughed at {him}.',
      '{He} ate some {food}, put down {his} {thing} and tried again.',
    ],
    ending: 'In the end {hero} was very good at it and thanked {friend}.',
    summary: '{hero} learned something new and thanked {friend}.',
  },
];

/** A sentence that brings something into any story. */
const EXTRAS: Readonly<Record<keyof Cast, string>> = {
  hero: '{Hero} smiled.',
  friend: '{Friend} was there too.',
  animal: '[A {animal} sat near them and looked|There was a {animal} near the road].',
  place: 'It all happened {at}.',
  thing: '[They saw an old {thing} on the road|There was a {thing} on the table].',
  food: 'They had some {food} with them.',
};

/** What can be eaten at a table. */
const MEALS = ['cake', 'bread', 'pie', 'soup', 'jam', 'honey'];

function newCast(stream: RandomStream, wanted: Partial<Cast>): Cast {
  const [hero, friend] = stream.shuffle(
    WORLD.villager.map(({ name }) => name).filter((name) => name !== wanted.hero && name !== wanted.friend),
  );
  return {
    hero: hero!,
    friend: friend!,
    animal: stream.pick(WORLD.animal).name,
    place: stream.pick(WORLD.place).name,
    thing: stream.pick(WORLD.thing).name,
    food: stream.pick(MEALS),
    ...wanted,
  };
}

const TO: Readonly<Record<string, string>> = { hill: 'up the hill', forest: 'into the forest' };

/** The words a template about a cast may use. */
export function castSlots(stream: RandomStream, cast: Cast): Slots {
  return {
    ...cast,
    ...pronouns(cast.hero),
    at: entity(cast.place).one,
    to: TO[cast.place] ?? `to the ${cast.place}`,
    sick: stream.pick(['sick', 'hungry', 'cold', 'sad']),
  };
}

/** The middle sentences to keep: those with wanted things first, then as many as there is room for. */
function chosenMiddle(stream: RandomStream, plot: Plot, room: number, wanted: Partial<Cast>): string[] {
  const serves = (line: string): boolean =>
    Object.keys(wanted).some((key) => line.toLowerCase().includes(`{${key}}`));
  const keep = new Set(
    [...stream.shuffle(plot.middle)].sort((a, b) => +serves(b) - +serves(a)).slice(0, room),
  );
  return plot.middle.filter((line) => keep.has(line));
}

/** Extra sentences for what was asked for and the story lacks. */
function missing(lines: readonly string[], wanted: Partial<Cast>): string[] {
  const text = lines.join(' ').toLowerCase();
  const has = (key: string): boolean =>
    text.includes(`{${key}}`) || (key === 'place' && /\{(at|to)\}/.test(text));
  return (Object.keys(wanted) as (keyof Cast)[]).filter((key) => !has(key)).map((key) => EXTRAS[key]);
}

function lines(stream: RandomStream, plot: Plot, wishes: Wishes): string[] {
  const wanted = wishes.wanted ?? {};
  const count = wishes.sentences ?? 3 + stream.integer(2);
  const told = [plot.opening, ...chosenMiddle(stream, plot, count - 2, wanted), plot.ending];
  const room = Math.max(0, count - 2);
  const extras = missing(told, wanted).slice(0, room);
  return [...told.slice(0, Math.max(1, count - 1 - extras.length)), ...extras, plot.ending].slice(0, count);
}

/** Tells a story. With fewer sentences than there are wishes, some wishes stay unfulfilled. */
export function story(stream: RandomStream, wishes: Wishes = {}): Story {
  const plot = PLOTS.find(({ name }) => name === wishes.plot) ?? stream.pick(PLOTS);
  const cast = newCast(stream, wishes.wanted ?? {});
  const slots = castSlots(stream, cast);
  const start = wishes.start ?? stream.pick(STORY_STARTS);
  const told = lines(stream, plot, wishes).map((line, i) => (i === 0 ? `${start} ${line}` : line));
  return {
    cast,
    plot: plot.name,
    sentences: told.map((line) => render(stream, line, slots)),
    summary: render(stream, plot.summary, slots),
    slots,
  };
}

const PAST =
  'was were lost looked ran followed asked came found saw sat gave brought slept played wanted made walked ate took ' +
  'smiled said smelled put heard called went laughed worked helped had sang waited learned showed tried thanked ' +
  'shared happened talked stopped liked lived did began felt got told knew';
const PAST_VERBS = new Set(PAST.split(' '));

/** The share of sentences that tell of the past. */
export function narrativeShare(sentences: readonly string[]): number {
  const told = sentences.filter((sentence) =>
    sentence
      .toLowerCase()
      .split(/[^a-z]+/)
      .some((w) => PAST_VERBS.has(w)),
  );
  return sentences.length === 0 ? 0 : told.length / sentences.length;
}
