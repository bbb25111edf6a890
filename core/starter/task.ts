/**
 * What a prompt asks for, as data. A task is JSON and hidden: only the labelers and the preference read it, never
 * a model in training.
 */
import type { UseCase } from '../contract/entities.ts';
import { sentencesOf, contains, wordsOf, choose, numberWord } from './text.ts';
import type { RandomStream } from '../data/random.ts';
import { mentioned } from './claims.ts';
import { findEntity } from './world.ts';

/** What an answer must do to follow the instruction. Each is met in part or in full. */
export type Need =
  | { readonly type: 'mentions'; readonly words: readonly string[] }
  /** True statements about one subject, of one relation if given. */
  | { readonly type: 'claims'; readonly subject: string; readonly relation?: string; readonly count: number }
  /** So many different members of a set, and nothing else of its kind. */
  | {
      readonly type: 'members';
      readonly of: readonly string[];
      readonly not: readonly string[];
      readonly count: number;
    }
  /** So many different phrases. */
  | { readonly type: 'phrases'; readonly any: readonly string[]; readonly count: number }
  | { readonly type: 'choice'; readonly accept: readonly string[]; readonly reject: readonly string[] }
  /** Close to one of some texts, word for word. */
  | { readonly type: 'target'; readonly texts: readonly string[] }
  /** Told in the past, in at least so many sentences. */
  | { readonly type: 'narrative'; readonly sentences: number };

/** What the prompt explicitly demands of the form of the answer. */
export type Constraint =
  | { readonly type: 'sentences'; readonly count: number }
  | { readonly type: 'items'; readonly count: number; readonly of: readonly string[] }
  | { readonly type: 'use'; readonly word: string }
  | { readonly type: 'avoid'; readonly word: string }
  | { readonly type: 'start'; readonly phrase: string }
  | { readonly type: 'words'; readonly most: number };

export type Arguments = Readonly<Record<string, string | number | readonly string[]>>;

export interface Task {
  /** Names the `TaskKind` that made it. */
  readonly kind: string;
  readonly useCase: UseCase;
  /** What the contractor who answers needs to know. */
  readonly args: Arguments;
  readonly needs: readonly Need[];
  readonly constraints: readonly Constraint[];
  /** The fewest and the most words of a reasonable answer. */
  readonly words: readonly [number, number];
  /** The prompt, without the examples of a few-shot prompt: an answer must not copy it. */
  readonly request: string;
}

type ConstraintOf<T extends Constraint['type']> = Extract<Constraint, { type: T }>;

interface ConstraintRule<C extends Constraint> {
  /** How far a text meets the constraint, in 0..1. */
  met(constraint: C, text: string): number;
  /** How a prompt asks for it; empty if the request already does. */
  phrase(constraint: C): string;
}

/** 1 when equal, less the farther away. */
const near = (found: number, wanted: number): number =>
  found === 0 ? 0 : 1 / (1 + Math.abs(found - wanted));

const sentencePhrase = (count: number): string =>
  count === 1
    ? '[Use only one sentence.|Use one sentence.|One sentence is enough.]'
    : `[Use|Write] ${numberWord(count)} sentences.`;

const CONSTRAINTS: { readonly [T in Constraint['type']]: ConstraintRule<ConstraintOf<T>> } = {
  sentences: {
    met: ({ count }, text) => near(sentencesOf(text).length, count),
    phrase: ({ count }) => sentencePhrase(count),
  },
  items: {
    met: ({ count, of }, text) => near(countItems(of, text), count),
    phrase: () => '',
  },
  use: {
    met: ({ word }, text) => +contains(text, word),
    phrase: ({ word }) => `[Use the word "${word}".|The word "${word}" must be in it.]`,
  },
  avoid: {
    met: ({ word }, text) => +(wordsOf(text).length > 2 && !contains(text, word)),
    phrase: ({ word }) => `[Do not use the word "${word}".|The word "${word}" must not be in it.]`,
  },
  start: {
    met: ({ phrase }, text) => +(text.startsWith(phrase) && text.length > phrase.length),
    phrase: ({ phrase }) => `[Start|Begin] with "${phrase}".`,
  },
  words: {
    met: ({ most }, text) => {
      const { length } = wordsOf(text);
      return length < 3 ? 0 : Math.min(1, (most / length) ** 2);
    },
    phrase: ({ most }) => `Use at most ${numberWord(most)} words.`,
  },
};

function countItems(of: readonly string[], text: string): number {
  return of.filter((item) => isNamed(item, text)).length;
}

/** Whether a text names an entity (in either number) or has a phrase. */
export function isNamed(item: string, text: string): boolean {
  const found = findEntity(item);
  return found ? mentioned(text, [found]).length > 0 : contains(text, item);
}

/** How far a text meets one constraint, in 0..1. */
export function metBy(constraint: Constraint, text: string): number {
  const rule = CONSTRAINTS[constraint.type] as ConstraintRule<Constraint>;
  return rule.met(constraint, text);
}

/** The sentence by which a prompt asks for a constraint. */
export function phraseOf(stream: RandomStream, constraint: Constraint): string {
  const rule = CONSTRAINTS[constraint.type] as ConstraintRule<Constraint>;
  return choose(stream, rule.phrase(constraint));
}
