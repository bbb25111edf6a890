import { describe, expect, test } from 'vitest';
import { isExercise } from '../../../core/starter/preference.ts';
import { useCaseShares, type PromptKind, type Split } from '../../../core/contract/entities.ts';
import { MOST_PER_AUTHOR, prompts, type Prompt } from '../../../core/starter/prompts.ts';
import { sentencesOf, wordsOf } from '../../../core/starter/text.ts';

const all = prompts(1);

function counts<K extends string>(key: (prompt: Prompt) => K): Map<K, number> {
  const counted = new Map<K, number>();
  for (const prompt of all) counted.set(key(prompt), (counted.get(key(prompt)) ?? 0) + 1);
  return counted;
}

describe('the prompts', () => {
  test('are the same for the same seed', () => {
    expect(prompts(1)).toEqual(all);
    expect(prompts(2)[0]!.text).not.toBe(all[0]!.text);
  });

  test('are all different, across splits too', () => {
    expect(all.length).toBeGreaterThanOrEqual(2400);
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
    expect(new Set(all.map(({ task }) => task.request)).size).toBe(all.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test('show no prompt as an example in another', () => {
    const requests = new Set(all.map(({ task }) => task.request));
    const shown = all
      .filter(({ kind }) => kind === 'few-shot')
      .flatMap(({ text, task }) =>
        text.split('\n').filter((line) => line !== task.request && requests.has(line)),
      );
    expect(shown).toEqual([]);
  });

  test('have the use cases of InstructGPT in its proportions', () => {
    for (const [useCase, count] of counts(({ useCase }) => useCase)) {
      expect((100 * count) / all.length).toBeCloseTo(useCaseShares[useCase], 0);
    }
  });

  test('are plain, few-shot and user-based', () => {
    const share = (kind: PromptKind): number => counts((prompt) => prompt.kind).get(kind)! / all.length;
    expect(share('plain')).toBeCloseTo(0.8, 1);
    expect(share('few-shot')).toBeGreaterThan(0.08);
    expect(share('user-based')).toBeGreaterThan(0.08);
  });

  test('are split by author, with enough in every split', () => {
    const splits = new Map<string, Set<Split>>();
    for (const { author, split } of all) splits.set(author, (splits.get(author) ?? new Set()).add(split));
    expect([...splits.values()].every(({ size }) => size === 1)).toBe(true);
    expect(Math.max(...counts(({ author }) => author).values())).toBeLessThanOrEqual(MOST_PER_AUTHOR);
    expect(counts(({ split }) => split).get('test')).toBeGreaterThanOrEqual(250);
    expect(counts(({ split }) => split).get('validation')).toBeGreaterThanOrEqual(250);
  });

  test('end with a line break and fit the context', () => {
    for (const { text } of all) {
      expect(text).toMatch(/[^\s]\n$/);
      expect(wordsOf(text).length).toBeLessThanOrEqual(110);
    }
  });

  test('carry tasks that survive JSON', () => {
    expect(JSON.parse(JSON.stringify(all.map(({ task }) => task)))).toEqual(all.map(({ task }) => task));
  });

  test('are recognised as exercises when a model writes them as answers', () => {
    const unseen = all.filter(({ task }) => !sentencesOf(task.request).some(isExercise));
    expect(unseen.map(({ task }) => task.request)).toEqual([]);
  });

  test('often carry constraints', () => {
    const constrained = all.filter(({ task }) => task.constraints.length > 0);
    expect(constrained.length / all.length).toBeGreaterThan(0.4);
  });
});
