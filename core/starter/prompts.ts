/**
 * The prompts of the starter project: what forty villagers and visitors asked, in the ten use cases of InstructGPT
 * in its proportions, as plain, few-shot and user-based prompts.
 *
 * Splits are by author, as in the paper, and no text occurs twice. A prompt ends with a line break; its completion
 * starts on the next line with a capital.
 */
import { useCaseShares, type PromptKind, type Split, type UseCase } from '../contract/entities.ts';
import type { RandomStream } from '../data/random.ts';
import { randomStream } from '../data/random.ts';
import type { Task } from './task.ts';
import { anyTask, goodAnswer, isShort, similarTask } from './tasks/tasks.ts';
import { wordsOf } from './text.ts';
import { WORLD } from './world.ts';

export interface Prompt {
  readonly id: string;
  /** Ends with a line break. */
  readonly text: string;
  readonly useCase: UseCase;
  readonly kind: PromptKind;
  readonly author: string;
  readonly split: Split;
  /** Hidden: for labelers only. */
  readonly task: Task;
}

export const PROMPT_COUNT = 3000;
const AUTHOR_COUNT = 40;
export const MOST_PER_AUTHOR = 200;

const KIND_SHARE = 0.1;
/** Few-shot prompts need short tasks, which are about this share of all. */
const SHORT_SHARE = 0.62;
const FEW_SHOT_WORDS = 110;

/** Exactly `PROMPT_COUNT` use cases in their proportions, in random order. */
function useCases(stream: RandomStream): UseCase[] {
  const rows = Object.entries(useCaseShares) as [UseCase, number][];
  const counted = rows.flatMap(([useCase, percent]) =>
    Array.from({ length: Math.round((percent / 100) * PROMPT_COUNT) }, () => useCase),
  );
  const filled = Array.from({ length: PROMPT_COUNT }, (_, i) => counted[i] ?? 'generation');
  return stream.shuffle(filled);
}

interface Wording {
  readonly text: string;
  readonly kind: PromptKind;
}

const plain = (task: Task): Wording => ({ text: `${task.request}\n`, kind: 'plain' });

/** Examples of the same kind of task with good answers, then the task. No example is a prompt anywhere. */
function fewShot(stream: RandomStream, task: Task, seen: Set<string>): Wording {
  const shown = Array.from({ length: 2 + stream.integer(2) }, () => similarTask(stream, task)).filter(
    ({ request }) => request !== task.request && !seen.has(request),
  );
  for (const { request } of shown) seen.add(request);
  const examples = shown.map((example) => `${example.request}\n${goodAnswer(stream, example)}\n\n`);
  while (wordsOf(examples.join(' ') + task.request).length > FEW_SHOT_WORDS) examples.pop();
  return { text: `${examples.join('')}${task.request}\n`, kind: examples.length > 0 ? 'few-shot' : 'plain' };
}

/** Who may say what they are, before they ask. */
const INTRODUCTIONS = [
  'I am a visitor in the village.',
  'I am new in the village.',
  'I work at the school.',
  'I want to learn about the village.',
  'I am a friend of {v}.',
  'I live near the {p}.',
  'I like the {p}.',
  'I have a question for you.',
  'Can you help me?',
];

function userBased(stream: RandomStream, task: Task): Wording {
  const introduction = stream
    .pick(INTRODUCTIONS)
    .replace('{v}', stream.pick(WORLD.villager).name)
    .replace('{p}', stream.pick(WORLD.place).name);
  return { text: `${introduction} ${task.request}\n`, kind: 'user-based' };
}

function wording(stream: RandomStream, task: Task, seen: Set<string>): Wording {
  const draw = stream.uniform();
  if (draw < KIND_SHARE) return userBased(stream, task);
  if (isShort(task) && draw < KIND_SHARE + KIND_SHARE / SHORT_SHARE) return fewShot(stream, task, seen);
  return plain(task);
}

/** Authors with their splits: a tenth for validation and a tenth for test. */
function authors(): { author: string; split: Split }[] {
  return Array.from({ length: AUTHOR_COUNT }, (_, i) => ({
    author: `author-${String(i + 1).padStart(2, '0')}`,
    split: i % 10 === 4 ? 'validation' : i % 10 === 9 ? 'test' : 'train',
  }));
}

/** Authors of the prompts, in order; some ask more than others, none too much. */
function authorship(stream: RandomStream): { author: string; split: Split }[] {
  const all = authors();
  const each = PROMPT_COUNT / AUTHOR_COUNT;
  const base = all.flatMap((author) => Array.from({ length: Math.floor(each * 0.9) }, () => author));
  const rest = Array.from({ length: PROMPT_COUNT - base.length }, () => stream.pick(all));
  return stream.shuffle([...base, ...rest]);
}

/** All prompts of a starter project. */
export function prompts(seed: number): Prompt[] {
  const stream = randomStream(seed, 'prompts');
  const who = authorship(stream);
  const seen = new Set<string>();
  return useCases(stream).map((useCase, i) => {
    const { task, text, kind } = unseen(stream, useCase, seen);
    seen.add(text).add(task.request);
    return { id: `prompt-${String(i + 1).padStart(4, '0')}`, text, useCase, kind, ...who[i]!, task };
  });
}

/** A task whose request, in any wording, nobody has made before, nor shown as an example. */
function unseen(stream: RandomStream, useCase: UseCase, seen: Set<string>): Wording & { task: Task } {
  for (;;) {
    const task = anyTask(stream, useCase);
    if (!seen.has(task.request)) return { task, ...wording(stream, task, seen) };
  }
}
