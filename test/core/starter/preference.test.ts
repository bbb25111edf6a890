import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { corpusDocument } from '../../../core/starter/corpus.ts';
import { demonstrations } from '../../../core/starter/demonstrations.ts';
import type { Completion, Flaw } from '../../../core/starter/flaws.ts';
import { spoil } from '../../../core/starter/flaws.ts';
import type { Judgement, Part } from '../../../core/starter/preference.ts';
import { goldScore } from '../../../core/starter/preference.ts';
import { prompts } from '../../../core/starter/prompts.ts';
import type { Task } from '../../../core/starter/task.ts';
import { goodAnswer } from '../../../core/starter/tasks/tasks.ts';
import { wordsOf } from '../../../core/starter/text.ts';

const all = prompts(1);
const tasks = all.slice(0, 500).map(({ task }) => task);
const stream = randomStream(3, 'preference test');
const good = tasks.map((task): Completion => ({ text: goodAnswer(stream, task), ended: true }));

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const score = (task: Task, completion: Completion): Judgement => goldScore(task, completion.text, completion);
const judged = (completions: Completion[]): Judgement[] =>
  tasks.map((task, i) => score(task, completions[i]!));
const meanScore = (completions: Completion[]): number => mean(judged(completions).map(({ score }) => score));
const meanPart = (completions: Completion[], part: Part): number =>
  mean(judged(completions).map(({ parts }) => parts[part]));
const spoiled = (flaw: Flaw): Completion[] => tasks.map((task, i) => spoil(stream, flaw, task, good[i]!));
const ended = (write: (i: number) => string): Completion[] =>
  tasks.map((_, i) => ({ text: write(i), ended: true }));

describe('good answers', () => {
  test('score near one on every part, for every kind of task', () => {
    const byKind = Map.groupBy(
      tasks.map((task, i) => ({ kind: task.kind, ...score(task, good[i]!) })),
      (j) => j.kind,
    );
    for (const [kind, judgements] of byKind)
      expect(mean(judgements.map((j) => j.score)), kind).toBeGreaterThan(0.9);
    expect(meanScore(good)).toBeGreaterThan(0.97);
  });

  test('are short', () => {
    const lengths = good.map(({ text }) => wordsOf(text).length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(40);
    expect(mean(lengths)).toBeLessThan(20);
  });

  test('start with a capital', () => {
    expect(good.filter(({ text }) => !/^"?[A-Z]/.test(text))).toEqual([]);
  });
});

describe('a flaw lowers its own part', () => {
  const rows: [Flaw, Part, number][] = [
    ['padding', 'concise', 0.4],
    ['repeated', 'concise', 0.3],
    ['rude', 'polite', 0.6],
    ['unfinished', 'ends', 0.8],
    ['unfinished', 'follows', 0.2],
    ['wrong fact', 'truthful', 0.15],
    ['wrong fact', 'follows', 0.2],
    ['off topic', 'follows', 0.7],
    ['echo', 'follows', 0.8],
    ['exercises', 'follows', 0.8],
    ['bare', 'follows', 0.8],
  ];
  test.each(rows)('%s: %s', (flaw, part, drop) => {
    expect(meanPart(good, part) - meanPart(spoiled(flaw), part)).toBeGreaterThan(drop);
    expect(meanScore(good) - meanScore(spoiled(flaw))).toBeGreaterThan(0.08);
  });

  test('missing constraint: constraints', () => {
    const careless = spoiled('missing constraint');
    expect(meanPart(good, 'constraints') - meanPart(careless, 'constraints')).toBeGreaterThan(0.05);
  });
});

describe('text without substance', () => {
  const rows: [string, (i: number) => string, number][] = [
    ['empty text', () => '', 0.001],
    ['one word', () => 'Mia.', 0.3],
    ['a polite phrase', () => 'Thank you. I am happy to help.', 0.3],
    ['the prompt', (i) => tasks[i]!.request, 0.3],
    ['symbols', () => '))) ... {{ 1 2 3 }} ?!', 0.3],
    ['shuffled words', (i) => stream.shuffle(wordsOf(corpusDocument(4, i))).join(' '), 0.3],
    ['a page of the corpus', (i) => corpusDocument(5, i).split('\n')[0]!, 0.35],
  ];
  test.each(rows)('%s scores low', (_, write, most) => {
    expect(meanScore(ended(write))).toBeLessThan(most);
  });
});

describe('demonstrations', () => {
  const made = demonstrations(1, all);
  const taskOf = new Map(all.map(({ id, task }) => [id, task]));
  const scores = made.map((d) => goldScore(taskOf.get(d.promptId)!, d.completion, { ended: true }).score);

  test('are the same for the same seed', () => {
    expect(demonstrations(1, all)).toEqual(made);
  });

  test('answer training and validation prompts only', () => {
    const splits = made.map(({ split }) => split);
    expect(splits.filter((split) => split === 'train')).toHaveLength(540);
    expect(splits.filter((split) => split === 'validation')).toHaveLength(60);
  });

  test('are good but not perfect', () => {
    expect(mean(scores)).toBeGreaterThan(0.88);
    expect(mean(scores)).toBeLessThan(0.97);
    expect(scores.filter((s) => s < 0.9).length / scores.length).toBeGreaterThan(0.1);
  });

  test('beat a page of exercises nearly always', () => {
    const wins = made.filter((d, i) => {
      const task = taskOf.get(d.promptId)!;
      const exercises = spoil(stream, 'exercises', task, { text: '', ended: false });
      return scores[i]! > score(task, exercises).score;
    });
    expect(wins.length / made.length).toBeGreaterThan(0.99);
  });
});
