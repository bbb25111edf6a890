/**
 * What can be wrong with an answer, each flaw as a function from a good answer to a worse one. Imperfect
 * contractors make these mistakes, and `variants` makes several completions for a prompt without any model.
 */
import type { RandomStream } from '../data/random.ts';
import type { Claim } from './claims.ts';
import { claims, domainOf, mentioned } from './claims.ts';
import { FILLERS, RUDE_SENTENCES } from './lexicon.ts';
import type { Task } from './task.ts';
import { anyTask, carelessAnswer, goodAnswer } from './tasks/tasks.ts';
import { sentencesOf, some, tidy, wordsOf } from './text.ts';
import { ENTITIES, RELATIONS, WORLD, isTrue, entity } from './world.ts';

/** A completion and whether it stopped by itself. */
export interface Completion {
  readonly text: string;
  readonly ended: boolean;
}

type Spoil = (stream: RandomStream, task: Task, text: string) => string;

/** Replaces a true value by another of the same relation. */
function falsify(stream: RandomStream, text: string, claim: Claim): string {
  const relation = RELATIONS.find((r) => r.of === claim.kind && r.name === claim.relation)!;
  const subject = entity(claim.subject);
  const wrong = stream.pick(domainOf(relation).filter((value) => !isTrue(relation, subject, value)));
  return tidy(text.slice(0, claim.start) + wrong + text.slice(claim.end));
}

/** Confuses one name with another of its kind. */
function confuse(stream: RandomStream, text: string): string {
  const names = mentioned(text, ENTITIES);
  if (names.length === 0) return text;
  const { name, kind } = stream.pick(names);
  const other = stream.pick(WORLD[kind].filter((e) => e.name !== name)).name;
  return tidy(text.replace(new RegExp(`\\b${name}(?=s?\\b)`, 'gi'), other));
}

const wrongFact: Spoil = (stream, _, text) => {
  const right = claims(text).filter((claim) => claim.isTrue);
  return right.length > 0 ? falsify(stream, text, stream.pick(right)) : confuse(stream, text);
};

const padded: Spoil = (stream, _, text) => {
  const fillers = some(stream, FILLERS, 1 + stream.integer(2));
  const isBefore = stream.uniform() < 0.25;
  return isBefore ? `${fillers.join(' ')} ${text}` : `${text} ${fillers.join(' ')}`;
};

const rude: Spoil = (stream, _, text) => {
  const insult = stream.pick(RUDE_SENTENCES);
  return stream.uniform() < 0.5 ? `${insult} ${text}` : `${text} ${insult}`;
};

const unfinished: Spoil = (stream, _, text) => {
  const words = text.split(' ');
  return words.slice(0, Math.max(2, Math.ceil(words.length * (0.3 + 0.5 * stream.uniform())))).join(' ');
};

const repeated: Spoil = (stream, _, text) => `${text} ${stream.pick(sentencesOf(text))}`;

const offTopic: Spoil = (stream) => goodAnswer(stream, anyTask(stream));

const echo: Spoil = (_, task) => task.request;

const exercises: Spoil = (stream) =>
  Array.from({ length: 1 + stream.integer(2) }, () => anyTask(stream).request).join('\n');

const bare: Spoil = (_, __, text) => `${wordsOf(text).at(-1) ?? ''}.`;

const careless: Spoil = (stream, task) => carelessAnswer(stream, task);

/** Every flaw, by name. */
export const FLAWS = {
  'wrong fact': wrongFact,
  'missing constraint': careless,
  padding: padded,
  rude,
  unfinished,
  repeated,
  'off topic': offTopic,
  echo,
  exercises,
  bare,
} satisfies Readonly<Record<string, Spoil>>;

export type Flaw = keyof typeof FLAWS;

/** An answer with a flaw. Only an unfinished one does not stop by itself. */
export function spoil(stream: RandomStream, flaw: Flaw, task: Task, completion: Completion): Completion {
  const text = FLAWS[flaw](stream, task, completion.text);
  return { text, ended: completion.ended && flaw !== 'unfinished' };
}

const ALL = Object.keys(FLAWS) as Flaw[];

/** How often a variant is simply another good answer, and how often a flawed one has a second flaw. */
const [GOOD_SHARE, SECOND_FLAW] = [0.25, 0.25];

function variant(stream: RandomStream, task: Task): Completion {
  const good = { text: goodAnswer(stream, task), ended: true };
  if (stream.uniform() < GOOD_SHARE) return good;
  const once = spoil(stream, stream.pick(ALL), task, good);
  return stream.uniform() < SECOND_FLAW ? spoil(stream, stream.pick(ALL), task, once) : once;
}

/** Different completions for a task, as several models of different quality would write them. */
export function variants(stream: RandomStream, task: Task, count: number): Completion[] {
  const found = new Map<string, Completion>();
  const good = goodAnswer(stream, task);
  found.set(good, { text: good, ended: true });
  while (found.size < count) {
    const next = variant(stream, task);
    found.set(next.text, next);
  }
  return stream.shuffle([...found.values()]);
}
