/**
 * The closed world of the starter project: one village, its people, animals, places, foods, things, days and
 * seasons. Everything anyone in the starter data says about this world comes from the tables below, so a program
 * can tell a true sentence from a false one (`claims.ts`).
 *
 * A `Relation` owns the sentence patterns that state it and the questions that ask for it. The corpus, the
 * prompts, the demonstrations and the hidden preference all read the same patterns.
 */
import type { RandomStream } from '../data/random.ts';
import { render } from './text.ts';

export type Kind = 'villager' | 'animal' | 'place' | 'food' | 'thing' | 'day' | 'season';

/** Something the village knows. `one` is how a sentence names it ("a cow", "bread"), `many` its plural. */
export interface Entity {
  readonly kind: Kind;
  readonly name: string;
  readonly one: string;
  readonly many: string;
  readonly facts: Readonly<Record<string, readonly string[]>>;
}

/** In patterns, `{s}` is the subject, `{p}` its plural and `{v}` the value. */
export interface Relation {
  readonly of: Kind;
  readonly name: string;
  readonly patterns: readonly string[];
  readonly questions: readonly string[];
  /** Questions from the value to the subject, where only one subject has the value. */
  readonly reverse: readonly string[];
}

export interface Fact {
  readonly subject: Entity;
  readonly relation: Relation;
  readonly value: string;
}

const he = { he: 'he', him: 'him', his: 'his' };
const she = { he: 'she', him: 'her', his: 'her' };

/** name, pronouns, job, pet, favourite food, favourite colour, nearest place */
const VILLAGERS = [
  ['Mia', she, 'baker', 'cat', 'cherries', 'red', 'bakery'],
  ['Tom', he, 'farmer', 'dog', 'potatoes', 'green', 'farm'],
  ['Anna', she, 'teacher', 'owl', 'apples', 'blue', 'school'],
  ['Ben', he, 'fisher', 'duck', 'bread', 'blue', 'river'],
  ['Lucy', she, 'gardener', 'rabbit', 'carrots', 'yellow', 'garden'],
  ['Sam', he, 'miller', 'horse', 'cake', 'white', 'mill'],
  ['Nora', she, 'doctor', 'hen', 'soup', 'white', 'park'],
  ['Max', he, 'sailor', 'crab', 'lemons', 'red', 'harbor'],
  ['Rosa', she, 'singer', 'crow', 'honey', 'pink', 'hill'],
  ['Leo', he, 'cook', 'pig', 'beans', 'orange', 'market'],
  ['Ida', she, 'writer', 'frog', 'plums', 'purple', 'library'],
  ['Finn', he, 'hunter', 'fox', 'pie', 'brown', 'forest'],
] as const;

/** name, plural, kind, home, food, sound, legs */
const ANIMALS = [
  ['dog', 'dogs', 'pet', 'in a house', 'meat', 'woof', 'four'],
  ['cat', 'cats', 'pet', 'in a basket', 'fish', 'meow', 'four'],
  ['rabbit', 'rabbits', 'pet', 'in a hole', 'carrots', 'nothing', 'four'],
  ['cow', 'cows', 'farm animal', 'in a barn', 'grass', 'moo', 'four'],
  ['horse', 'horses', 'farm animal', 'in a barn', 'hay', 'neigh', 'four'],
  ['pig', 'pigs', 'farm animal', 'in the mud', 'potatoes', 'oink', 'four'],
  ['sheep', 'sheep', 'farm animal', 'in the field', 'grass', 'baa', 'four'],
  ['goat', 'goats', 'farm animal', 'on the hill', 'leaves', 'baa', 'four'],
  ['hen', 'hens', 'bird', 'in a nest', 'corn', 'cluck', 'two'],
  ['duck', 'ducks', 'bird', 'on the pond', 'bread', 'quack', 'two'],
  ['owl', 'owls', 'bird', 'in a tree', 'frogs', 'hoo', 'two'],
  ['crow', 'crows', 'bird', 'in a tree', 'corn', 'caw', 'two'],
  ['bee', 'bees', 'insect', 'in a hive', 'honey', 'buzz', 'six'],
  ['ant', 'ants', 'insect', 'under a stone', 'sugar', 'nothing', 'six'],
  ['fly', 'flies', 'insect', 'in a house', 'jam', 'buzz', 'six'],
  ['fox', 'foxes', 'wild animal', 'in a hole', 'eggs', 'yip', 'four'],
  ['bear', 'bears', 'wild animal', 'in a cave', 'honey', 'grr', 'four'],
  ['wolf', 'wolves', 'wild animal', 'in a cave', 'meat', 'howl', 'four'],
  ['fish', 'fish', 'water animal', 'in the river', 'flies', 'nothing', 'no'],
  ['frog', 'frogs', 'water animal', 'on the pond', 'flies', 'ribbit', 'four'],
  ['crab', 'crabs', 'water animal', 'in the sea', 'fish', 'click', 'ten'],
] as const;

/** name, where it is, what is found there */
const PLACES = [
  ['farm', 'at the farm', ['cows', 'hay', 'eggs', 'pigs']],
  ['forest', 'in the forest', ['trees', 'foxes', 'leaves', 'bears']],
  ['river', 'at the river', ['fish', 'boats', 'stones', 'water']],
  ['market', 'at the market', ['apples', 'baskets', 'carrots', 'eggs']],
  ['school', 'at the school', ['books', 'pens', 'children', 'maps']],
  ['bakery', 'at the bakery', ['bread', 'cake', 'pie', 'sugar']],
  ['garden', 'in the garden', ['flowers', 'bees', 'carrots', 'grass']],
  ['library', 'in the library', ['books', 'maps', 'chairs', 'lamps']],
  ['mill', 'at the mill', ['corn', 'bags', 'stones', 'ropes']],
  ['harbor', 'at the harbor', ['boats', 'ropes', 'crabs', 'bells']],
  ['hill', 'on the hill', ['goats', 'kites', 'grass', 'stones']],
  ['park', 'in the park', ['children', 'flowers', 'balls', 'trees']],
] as const;

/** name, how one is named, plural, kind, colour */
const FOODS = [
  ['apple', 'a apple', 'apples', 'fruit', 'red'],
  ['banana', 'a banana', 'bananas', 'fruit', 'yellow'],
  ['plum', 'a plum', 'plums', 'fruit', 'purple'],
  ['pear', 'a pear', 'pears', 'fruit', 'green'],
  ['cherry', 'a cherry', 'cherries', 'fruit', 'red'],
  ['lemon', 'a lemon', 'lemons', 'fruit', 'yellow'],
  ['carrot', 'a carrot', 'carrots', 'vegetable', 'orange'],
  ['potato', 'a potato', 'potatoes', 'vegetable', 'brown'],
  ['bean', 'a bean', 'beans', 'vegetable', 'green'],
  ['onion', 'a onion', 'onions', 'vegetable', 'white'],
  ['milk', 'milk', 'milk', 'drink', 'white'],
  ['tea', 'tea', 'tea', 'drink', 'brown'],
  ['juice', 'juice', 'juice', 'drink', 'orange'],
  ['honey', 'honey', 'honey', 'sweet food', 'yellow'],
  ['jam', 'jam', 'jam', 'sweet food', 'red'],
  ['sugar', 'sugar', 'sugar', 'sweet food', 'white'],
  ['cake', 'cake', 'cake', 'sweet food', 'pink'],
  ['bread', 'bread', 'bread', 'warm food', 'brown'],
  ['pie', 'pie', 'pie', 'warm food', 'yellow'],
  ['soup', 'soup', 'soup', 'warm food', 'green'],
] as const;

/** name, plural, colour, material, use */
const THINGS = [
  ['cup', 'cups', 'white', 'clay', 'drink tea'],
  ['lamp', 'lamps', 'yellow', 'glass', 'see at night'],
  ['book', 'books', 'blue', 'paper', 'read stories'],
  ['spoon', 'spoons', 'gray', 'iron', 'eat soup'],
  ['chair', 'chairs', 'brown', 'wood', 'sit down'],
  ['hat', 'hats', 'black', 'wool', 'keep warm'],
  ['coat', 'coats', 'red', 'wool', 'keep warm'],
  ['ball', 'balls', 'orange', 'leather', 'play games'],
  ['hammer', 'hammers', 'gray', 'iron', 'build a house'],
  ['key', 'keys', 'yellow', 'iron', 'open the door'],
  ['bell', 'bells', 'yellow', 'iron', 'call people'],
  ['rope', 'ropes', 'brown', 'wool', 'pull a boat'],
  ['box', 'boxes', 'brown', 'wood', 'keep things'],
  ['boat', 'boats', 'green', 'wood', 'cross the river'],
  ['kite', 'kites', 'red', 'paper', 'play in the wind'],
  ['basket', 'baskets', 'brown', 'wood', 'carry eggs'],
  ['bag', 'bags', 'black', 'leather', 'carry things'],
  ['drum', 'drums', 'red', 'leather', 'make music'],
  ['pen', 'pens', 'blue', 'wood', 'write letters'],
  ['map', 'maps', 'green', 'paper', 'find the way'],
] as const;

/** name, the day before, what the day is for */
const DAYS = [
  ['Monday', 'Sunday', 'school'],
  ['Tuesday', 'Monday', 'garden'],
  ['Wednesday', 'Tuesday', 'story'],
  ['Thursday', 'Wednesday', 'cake'],
  ['Friday', 'Thursday', 'fish'],
  ['Saturday', 'Friday', 'market'],
  ['Sunday', 'Saturday', 'music'],
] as const;

/** name, the season before, weather, what is seen, what people do */
const SEASONS = [
  ['spring', 'winter', 'wet', 'flowers', 'work in the garden'],
  ['summer', 'spring', 'hot', 'bees', 'swim in the river'],
  ['autumn', 'summer', 'windy', 'brown leaves', 'play with kites'],
  ['winter', 'autumn', 'cold', 'snow', 'drink hot tea'],
] as const;

const villagers: Entity[] = VILLAGERS.map(([name, , job, pet, food, color, home]) => ({
  kind: 'villager',
  name,
  one: name,
  many: name,
  facts: { job: [job], pet: [pet], food: [food], color: [color], home: [home] },
}));

const animals: Entity[] = ANIMALS.map(([name, many, kind, home, food, sound, legs]) => ({
  kind: 'animal',
  name,
  one: `a ${name}`,
  many,
  facts: { kind: [kind], home: [home], food: [food], sound: [sound], legs: [legs] },
}));

const places: Entity[] = PLACES.map(([name, at, things]) => ({
  kind: 'place',
  name,
  one: at,
  many: at,
  facts: { things },
}));

const foods: Entity[] = FOODS.map(([name, one, many, kind, color]) => ({
  kind: 'food',
  name,
  one,
  many,
  facts: { kind: [kind], color: [color] },
}));

const things: Entity[] = THINGS.map(([name, many, color, material, use]) => ({
  kind: 'thing',
  name,
  one: `the ${name}`,
  many,
  facts: { color: [color], material: [material], use: [use] },
}));

const days: Entity[] = DAYS.map(([name, before, event]) => ({
  kind: 'day',
  name,
  one: name,
  many: name,
  facts: { before: [before], event: [event] },
}));

const seasons: Entity[] = SEASONS.map(([name, before, weather, sight, doing]) => ({
  kind: 'season',
  name,
  one: name,
  many: name,
  facts: { before: [before], weather: [weather], sight: [sight], doing: [doing] },
}));

/** Everything in the world, by kind. */
export const WORLD: Readonly<Record<Kind, readonly Entity[]>> = {
  villager: villagers,
  animal: animals,
  place: places,
  food: foods,
  thing: things,
  day: days,
  season: seasons,
};

export const ENTITIES: readonly Entity[] = Object.values(WORLD).flat();

const byName = new Map(ENTITIES.map((entity) => [entity.name, entity]));

/** The entity of a name, if it is one. Names are unique over the whole world. */
export function findEntity(name: string): Entity | undefined {
  return byName.get(name);
}

export function entity(name: string): Entity {
  const found = findEntity(name);
  if (!found) throw new Error(`The starter world has no "${name}".`);
  return found;
}

const PRONOUNS = new Map(VILLAGERS.map(([name, pronouns]) => [name as string, pronouns]));

/** `he`, `him` and `his` of a villager, as slots. */
export function pronouns(name: string): Readonly<Record<'he' | 'him' | 'his', string>> {
  return PRONOUNS.get(name) ?? he;
}

function relation(
  of: Kind,
  name: string,
  patterns: string[],
  questions: string[],
  reverse: string[] = [],
): Relation {
  return { of, name, patterns, questions, reverse };
}

export const RELATIONS: readonly Relation[] = [
  relation(
    'villager',
    'job',
    ['{s} is the {v}', '{s} works as the {v}', 'the {v} of the village is {s}', 'the name of the {v} is {s}'],
    ['what is the job of {s}?', 'what work does {s} do?', 'what does {s} work as?'],
    ['who is the {v}?', 'what is the name of the {v}?', 'who works as the {v}?'],
  ),
  relation(
    'villager',
    'pet',
    ['{s} has a {v}', '{s} has a pet {v}', 'the pet of {s} is a {v}'],
    ['what pet does {s} have?', 'which animal is the pet of {s}?', 'what is the pet of {s}?'],
    ['who has a pet {v}?', 'who has a {v}?'],
  ),
  relation(
    'villager',
    'food',
    ['{s} likes to eat {v}', 'the favorite food of {s} is {v}', '{s} loves {v}'],
    ['what does {s} like to eat?', 'what is the favorite food of {s}?', 'which food does {s} love?'],
    ['who likes to eat {v}?', 'who loves {v}?'],
  ),
  relation(
    'villager',
    'color',
    ['{s} likes the color {v}', 'the favorite color of {s} is {v}'],
    ['which color does {s} like?', 'what is the favorite color of {s}?'],
  ),
  relation(
    'villager',
    'home',
    ['{s} lives near the {v}', 'the house of {s} is near the {v}', 'the home of {s} is near the {v}'],
    ['where does {s} live?', 'where is the house of {s}?', 'where is the home of {s}?'],
    ['who lives near the {v}?', 'who has a house near the {v}?'],
  ),
  relation(
    'animal',
    'kind',
    ['a {s} is a {v}', '{p} are {v}s', 'the {s} is a {v}'],
    ['what kind of animal is a {s}?', 'what is a {s}?'],
  ),
  relation(
    'animal',
    'home',
    ['a {s} lives {v}', '{p} live {v}', 'a {s} sleeps {v}'],
    ['where does a {s} live?', 'where do {p} live?', 'where does a {s} sleep?'],
  ),
  relation(
    'animal',
    'food',
    ['a {s} eats {v}', '{p} eat {v}', 'the food of a {s} is {v}'],
    ['what does a {s} eat?', 'what do {p} eat?', 'what is the food of a {s}?'],
  ),
  relation(
    'animal',
    'sound',
    ['a {s} says {v}', '{p} say {v}', 'the sound of a {s} is {v}'],
    ['what does a {s} say?', 'what do {p} say?', 'what is the sound of a {s}?'],
  ),
  relation(
    'animal',
    'legs',
    ['a {s} has {v} legs', '{p} have {v} legs'],
    ['how many legs does a {s} have?', 'how many legs do {p} have?'],
  ),
  relation(
    'place',
    'things',
    ['you can find {v} {s}', 'you can see {v} {s}', 'people find {v} {s}'],
    ['what can you find {s}?', 'what can you see {s}?'],
  ),
  relation('food', 'kind', ['{s} is a {v}'], ['what kind of food is {s}?', 'what is {s}?']),
  relation(
    'food',
    'color',
    ['{s} is {v}', 'the color of {s} is {v}'],
    ['what color is {s}?', 'which color does {s} have?'],
  ),
  relation(
    'thing',
    'color',
    ['{s} is {v}', 'the color of {s} is {v}'],
    ['what color is {s}?', 'which color does {s} have?'],
  ),
  relation(
    'thing',
    'material',
    ['{s} is made of {v}', '{p} are made of {v}'],
    ['what is {s} made of?', 'what are {p} made of?'],
  ),
  relation(
    'thing',
    'use',
    ['you use {s} to {v}', 'people use {s} to {v}', '{p} help you to {v}'],
    ['what do you use {s} for?', 'what do people use {s} for?', 'what is {s} for?'],
  ),
  relation(
    'day',
    'before',
    ['{s} comes after {v}', 'the day after {v} is {s}'],
    ['which day comes before {s}?'],
    ['which day comes after {v}?', 'what is the day after {v}?'],
  ),
  relation(
    'day',
    'event',
    ['{s} is {v} day', '{v} day is on {s}'],
    ['what kind of day is {s}?'],
    ['when is {v} day?', 'which day is {v} day?'],
  ),
  relation(
    'season',
    'before',
    ['{s} comes after {v}', 'the season after {v} is {s}'],
    ['which season comes before {s}?'],
    ['which season comes after {v}?', 'what is the season after {v}?'],
  ),
  relation(
    'season',
    'weather',
    ['{s} is {v}', 'the weather in {s} is {v}'],
    ['how is the weather in {s}?', 'what is the weather like in {s}?'],
  ),
  relation(
    'season',
    'sight',
    ['in {s} you can see {v}', 'you can see {v} in {s}'],
    ['what can you see in {s}?'],
  ),
  relation('season', 'doing', ['in {s} people {v}', 'people {v} in {s}'], ['what do people do in {s}?']),
];

function relationsOf(kind: Kind): readonly Relation[] {
  return RELATIONS.filter((relation) => relation.of === kind);
}

/** All values anyone in the world has for a relation. */
export function valuesOf(relation: Relation): string[] {
  return [...new Set(WORLD[relation.of].flatMap((entity) => entity.facts[relation.name] ?? []))];
}

export function isTrue(relation: Relation, subject: Entity, value: string): boolean {
  return subject.facts[relation.name]?.includes(value) ?? false;
}

/** Every fact of the world, or of one entity. */
export function factsOf(subject: Entity): Fact[] {
  return relationsOf(subject.kind).flatMap((relation) =>
    subject.facts[relation.name]!.map((value) => ({ subject, relation, value })),
  );
}

export const FACTS: readonly Fact[] = ENTITIES.flatMap(factsOf);

/** The slots of a fact in the patterns of its relation. Animals take their article from the pattern. */
function slotsOf({ subject, value }: Fact): Record<'s' | 'p' | 'v', string> {
  return { s: subject.kind === 'animal' ? subject.name : subject.one, p: subject.many, v: value };
}

/** A sentence that says a fact, without the final period when `end` is empty. */
export function state(stream: RandomStream, fact: Fact, end = '.'): string {
  return render(stream, stream.pick(fact.relation.patterns) + end, slotsOf(fact));
}

/** A question whose answer is the fact. */
export function ask(stream: RandomStream, fact: Fact): string {
  const { questions, reverse } = fact.relation;
  return render(stream, stream.pick(isUnique(fact) ? [...questions, ...reverse] : questions), slotsOf(fact));
}

function isUnique({ relation, value, subject }: Fact): boolean {
  return WORLD[relation.of].every((other) => other === subject || !isTrue(relation, other, value));
}
