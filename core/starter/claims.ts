/**
 * Finds what a text claims about the starter world and whether it is true.
 *
 * Every sentence pattern of every relation becomes one regular expression over the known subjects and values.
 * Text that fits no pattern claims nothing, so stories and garbage are neither true nor false.
 */
import type { Entity, Kind, Relation } from './world.ts';
import { ENTITIES, RELATIONS, WORLD, isTrue, valuesOf } from './world.ts';

export interface Claim {
  readonly subject: string;
  readonly kind: Kind;
  readonly relation: string;
  readonly value: string;
  readonly isTrue: boolean;
  /** Where the value stands in the text. */
  readonly start: number;
  readonly end: number;
}

interface Reader {
  readonly relation: Relation;
  readonly expression: RegExp;
  readonly subjects: ReadonlyMap<string, Entity>;
}

const plurals = (kinds: Kind[]): string[] => kinds.flatMap((kind) => WORLD[kind].map(({ many }) => many));
const COLORS = [...new Set(ENTITIES.flatMap(({ facts }) => facts['color'] ?? []))];

/** Values nobody has but a wrong answer may name, by relation. */
const WRONG_VALUES: Readonly<Record<string, readonly string[]>> = {
  'villager.pet': WORLD.animal.map(({ name }) => name),
  'villager.food': plurals(['food', 'animal']),
  'villager.color': COLORS,
  'animal.food': plurals(['food', 'animal']),
  'animal.legs': ['one', 'three', 'five', 'seven', 'eight'],
  'animal.kind': ['fruit', 'vegetable', 'drink'],
  'food.kind': ['bird', 'insect', 'pet'],
  'food.color': COLORS,
  'thing.color': COLORS,
  'place.things': plurals(['animal', 'food', 'thing']),
};

/** The values a text may claim for a relation, true of someone or not. */
export function domainOf(relation: Relation): string[] {
  return [...new Set([...valuesOf(relation), ...(WRONG_VALUES[`${relation.of}.${relation.name}`] ?? [])])];
}

const longestFirst = (a: string, b: string): number => b.length - a.length;
const anyOf = (phrases: readonly string[]): string => [...phrases].sort(longestFirst).join('|');
const bare = (phrase: string): string => phrase.replace(/^(an?|the) /, '');

/** The names by which a pattern may call its subject: with `{p}` plurals, else singulars without article. */
function subjectsOf(relation: Relation, pattern: string): Map<string, Entity> {
  const name = pattern.includes('{p}') ? (e: Entity) => e.many : (e: Entity) => bare(e.one);
  return new Map(WORLD[relation.of].map((e) => [name(e).toLowerCase(), e]));
}

function readerOf(relation: Relation, pattern: string): Reader {
  const subjects = subjectsOf(relation, pattern);
  const article = '(?:(?:an?|the) )?';
  const values = `(?:${anyOf(domainOf(relation))})`;
  const source = pattern
    .replace(/^(a|the) (?=\{s\})/, '')
    .replaceAll(' a {', ' {')
    .replaceAll(' the {', ' {')
    .replace(/\{s\}|\{p\}/, `${article}(?<subject>${anyOf([...subjects.keys()])})`)
    .replace('{v}', `${article}(?<value>${values}(?:(?:, ${values})* and ${values})?)`);
  return { relation, subjects, expression: new RegExp(`\\b${source}\\b`, 'dgi') };
}

const READERS: readonly Reader[] = RELATIONS.flatMap((relation) =>
  relation.patterns.map((pattern) => readerOf(relation, pattern)),
);

/** The claims of one match: one for each value of a list. */
function claimsOf({ relation, subjects }: Reader, match: RegExpExecArray): Claim[] {
  const subject = subjects.get(match.groups!['subject']!.toLowerCase())!;
  const [from] = match.indices!.groups!['value']!;
  return [...match.groups!['value']!.matchAll(/.+?(?=, | and |$)/g)].map((part) => {
    const value = part[0].replace(/^(, | and )/, '');
    const start = from + part.index + part[0].length - value.length;
    return {
      subject: subject.name,
      kind: subject.kind,
      relation: relation.name,
      value: value.toLowerCase(),
      isTrue: isTrueAnyCase(relation, subject, value),
      start,
      end: start + value.length,
    };
  });
}

function isTrueAnyCase(relation: Relation, subject: Entity, value: string): boolean {
  const lower = value.toLowerCase();
  return valuesOf(relation).some(
    (known) => known.toLowerCase() === lower && isTrue(relation, subject, known),
  );
}

/** What a text claims, in the order of the text, each place counted once. */
export function claims(text: string): Claim[] {
  const found = READERS.flatMap((reader) =>
    [...text.matchAll(reader.expression)].flatMap((match) => claimsOf(reader, match)),
  );
  const byPlace = new Map(found.map((claim) => [`${claim.start}/${claim.relation}`, claim]));
  return [...byPlace.values()].sort((a, b) => a.start - b.start);
}

/** Names in a text that are members of a set, as `[name, ...]` without repeats; plurals count. */
export function mentioned(text: string, members: readonly Entity[]): Entity[] {
  const words = ` ${text.toLowerCase().replace(/[^a-z]+/g, ' ')} `;
  return members.filter(({ name, many }) =>
    [name, many].some((form) => words.includes(` ${form.toLowerCase()} `)),
  );
}
