/**
 * The hidden preference of the starter project: what its labelers value, as an explicit function.
 *
 * Six parts, each in 0..1 and each graded, so that several answers to one prompt rarely tie:
 *
 * | part        | weight | full marks for                                                          |
 * |-------------|--------|-------------------------------------------------------------------------|
 * | follows     | 0.34   | doing the task, in English, without giving further exercises            |
 * | truthful    | 0.22   | no false statement about the village                                    |
 * | constraints | 0.12   | every explicit constraint (left out where the prompt has none)          |
 * | polite      | 0.12   | no rude words                                                           |
 * | ends        | 0.10   | stopping by itself, after a final mark                                  |
 * | concise     | 0.10   | no filling phrases, no repeated sentences, no excess length             |
 *
 * Virtue without substance is worth little: all parts but the first count in proportion to 0.3 + 0.7 · follows, so
 * an empty, copied or rambling answer cannot score by being short, true and polite.
 */
import { claims } from './claims.ts';
import { corpusDocument } from './corpus.ts';
import { padding, rudeness } from './lexicon.ts';
import { metNeed } from './needs.ts';
import type { Task } from './task.ts';
import { metBy } from './task.ts';
import { sentencesOf, wordsOf } from './text.ts';

export const PARTS = ['follows', 'truthful', 'constraints', 'polite', 'ends', 'concise'] as const;
export type Part = (typeof PARTS)[number];
export type Parts = Readonly<Record<Part, number>>;
export type Weights = Readonly<Record<Part, number>>;

export const WEIGHTS: Weights = {
  follows: 0.34,
  truthful: 0.22,
  constraints: 0.12,
  polite: 0.12,
  ends: 0.1,
  concise: 0.1,
};

export interface Judgement {
  /** 0..1. */
  readonly score: number;
  readonly parts: Parts;
}

export interface Ending {
  /** Whether the completion stopped by itself (end-of-sequence token) and not at the length limit. */
  readonly ended: boolean;
}

/** What the parts other than `follows` are worth when the task is not done at all. */
const EMPTY_VIRTUE = 0.3;

/** The share of neighbouring words that must be known for text to count as English, and for it to be perfect. */
const [BROKEN, FLUENT] = [0.4, 0.88];

/** Documents that teach the preference which words stand together. */
const ENGLISH_DOCUMENTS = 6000;

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Neighbouring words within sentences, their starts and ends included. */
function neighbours(text: string): string[] {
  return sentencesOf(text).flatMap((sentence) => {
    const words = ['^', ...wordsOf(sentence), '$'];
    return words.slice(1).map((word, i) => `${words[i]!} ${word}`);
  });
}

let known: Set<string> | undefined;

function english(): ReadonlySet<string> {
  known ??= new Set(
    Array.from({ length: ENGLISH_DOCUMENTS }, (_, i) => neighbours(corpusDocument(0, i))).flat(),
  );
  return known;
}

/** The share of neighbouring words that occur in the language of the village, scaled to 0..1. */
function fluency(text: string): number {
  const pairs = neighbours(text);
  if (pairs.length === 0) return 0;
  const share = pairs.filter((pair) => english().has(pair)).length / pairs.length;
  return clamp((share - BROKEN) / (FLUENT - BROKEN));
}

const NUMBER = '(one|two|three|four|five)';
const EXERCISE = new RegExp(
  [
    `^(please )?(write (this|these|down|the end|a|${NUMBER})|tell (me|this)|list|name|think of|make (up|this|a|one)|put these)\\b`,
    '^(please )?(continue|finish|what happens next|go on with|read the text|text:|question:|answer (this|the|in)|say (this|thank|sorry)|find the)',
    `^(please )?(give me|i need) ${NUMBER}\\b`,
    '^(please )?(use|start|begin|reply|do not use|one sentence is|the word ".*" must)\\b',
    '^(what|which|who|where|when|is|how (is|many))\\b.*\\?$',
  ].join('|'),
  'i',
);

/** Whether a sentence gives an exercise or asks a question about the village. */
export function isExercise(sentence: string): boolean {
  return EXERCISE.test(sentence);
}

/** The share of sentences that are answers and not further exercises. */
function answerShare(text: string): number {
  return mean(sentencesOf(text).map((sentence) => +!isExercise(sentence)));
}

/** Copying is counted in runs of so many words, and begins above this share. */
const [ECHO_WORDS, MAY_COPY] = [5, 0.6];

/** Whether the text is its own: it may share most words with the request, unless a fixed text is wanted. */
function ownShare(task: Task, text: string): number {
  if (task.needs.some(({ type }) => type === 'target')) return 1;
  const request = ` ${wordsOf(task.request).join(' ')} `;
  const words = wordsOf(text);
  const runs = words.slice(ECHO_WORDS - 1).map((_, i) => words.slice(i, i + ECHO_WORDS).join(' '));
  const copied = runs.filter((run) => request.includes(` ${run} `)).length / Math.max(1, runs.length);
  return clamp((1 - copied) / (1 - MAY_COPY));
}

function follows(task: Task, text: string): number {
  const done = mean(task.needs.map((need) => metNeed(need, text)));
  const enough = clamp(wordsOf(text).length / task.words[0]);
  return done * enough * fluency(text) * answerShare(text) ** 2 * ownShare(task, text);
}

/** No claims are true enough; one false claim costs more than its share. */
function truthful(text: string): number {
  const made = claims(text);
  const wrong = made.filter(({ isTrue }) => !isTrue).length;
  return wrong === 0 ? 1 : clamp(1 - wrong / made.length - 0.3);
}

const POLITENESS = [1, 0.3, 0];

function ends(text: string, { ended }: Ending): number {
  const hasMark = /[.!?]"?$/.test(text);
  return ended ? (hasMark ? 1 : 0.4) : hasMark ? 0.3 : 0;
}

function concise(task: Task, text: string): number {
  const sentences = sentencesOf(text).map((sentence) => wordsOf(sentence).join(' '));
  const repeated = 1 - new Set(sentences).size / Math.max(1, sentences.length);
  const excess = Math.max(0, wordsOf(text).length / task.words[1] - 1);
  return clamp(1 - 0.35 * padding(text) - repeated - 0.6 * excess);
}

const NOTHING: Parts = { follows: 0, truthful: 0, constraints: 0, polite: 0, ends: 0, concise: 0 };

/** The parts of the judgement on a completion. */
export function judge(task: Task, completion: string, ending: Ending): Parts {
  const text = completion.trim();
  if (wordsOf(text).length === 0) return NOTHING;
  return {
    follows: follows(task, text),
    truthful: truthful(text),
    constraints: mean(task.constraints.map((constraint) => metBy(constraint, text))),
    polite: POLITENESS[rudeness(text)] ?? 0,
    ends: ends(text, ending),
    concise: concise(task, text),
  };
}

/** Weighs the parts into one score in 0..1. */
export function weigh(task: Task, parts: Parts, weights: Weights): number {
  const counted = PARTS.filter((part) => part !== 'constraints' || task.constraints.length > 0);
  const substance = EMPTY_VIRTUE + (1 - EMPTY_VIRTUE) * parts.follows;
  const gain = (part: Part): number => weights[part] * parts[part] * (part === 'follows' ? 1 : substance);
  const sum = (value: (part: Part) => number): number =>
    counted.reduce((total, part) => total + value(part), 0);
  return sum(gain) / sum((part) => weights[part]);
}

/** The true preference score of a completion: what reinforcement learning should raise and never sees. */
export function goldScore(task: Task, completion: string, ending: Ending): Judgement {
  const parts = judge(task, completion, ending);
  return { score: weigh(task, parts, WEIGHTS), parts };
}
