import { describe, expect, it } from 'vitest';
import {
  composeFewShot,
  emptyFewShot,
  fewShotProblem,
  withPair,
  withPairAdded,
  withPairRemoved,
} from '../../../renderer/views/prompts/few-shot.ts';
import { changedFields, emptyDraft, rebased } from '../../../renderer/views/prompts/prompt-draft.ts';
import { idsAt } from '../../../renderer/views/prompts/selected-ids.ts';

const written = {
  instruction: 'Name the sentiment of the tweet. ',
  pairs: [
    { input: 'What a day!', output: 'Positive' },
    { input: 'My train is late again.', output: 'Negative' },
  ],
  query: 'Lunch was fine.',
};

describe('few-shot prompts', () => {
  it('are the instruction, the examples and the query that is left open', () => {
    expect(composeFewShot(written)).toMatchInlineSnapshot(`
      "Name the sentiment of the tweet.

      Input: What a day!
      Output: Positive

      Input: My train is late again.
      Output: Negative

      Input: Lunch was fine.
      Output:"
    `);
  });

  it('leave out examples that are empty', () => {
    expect(composeFewShot(withPairAdded(written))).toBe(composeFewShot(written));
  });

  it('say what is missing, in the order in which it is written', () => {
    expect(fewShotProblem(emptyFewShot)).toMatch(/instruction/);
    expect(fewShotProblem({ ...written, pairs: [] })).toMatch(/at least one example/);
    expect(fewShotProblem(withPair(written, 1, { output: ' ' }))).toMatch(/both an input and an output/);
    expect(fewShotProblem({ ...written, query: '' })).toMatch(/query/);
    expect(fewShotProblem(written)).toBeNull();
  });

  it('lose the example that is taken out', () => {
    expect(withPairRemoved(written, 0).pairs).toEqual([written.pairs[1]]);
  });
});

describe('a prompt draft', () => {
  it('sends the fields that changed alone', () => {
    const stored = { ...emptyDraft, text: 'Write a poem.', author: 'Ada' };
    expect(changedFields({ ...stored, split: 'test' }, stored)).toEqual({ split: 'test' });
  });

  it('takes an author of white space for none', () => {
    const stored = { ...emptyDraft, author: 'Ada' };
    expect(changedFields({ ...stored, author: '  ' }, stored)).toEqual({ author: null });
    expect(changedFields({ ...emptyDraft, author: '' }, emptyDraft)).toEqual({});
  });

  it('keeps what is written and follows what is stored otherwise', () => {
    const before = { ...emptyDraft, text: 'Write a poem.' };
    const now = { ...before, text: 'Write two poems.', split: 'test' as const };
    expect(rebased({ ...before, text: 'Write ten.' }, before, now)).toEqual({ ...now, text: 'Write ten.' });
    expect(rebased(before, before, now)).toEqual(now);
  });
});

describe('selected ids', () => {
  it('are read page after page, no more than asked for', async () => {
    const pages: [number, number][] = [];
    const load = (offset: number, limit: number) => {
      pages.push([offset, limit]);
      return Promise.resolve(Array.from({ length: limit }, (_, i) => ({ id: offset + i + 1 })));
    };
    const ids = await idsAt(
      [
        { from: 3, to: 3 },
        { from: 100, to: 1299 },
      ],
      load,
    );
    expect(pages).toEqual([
      [3, 1],
      [100, 500],
      [600, 500],
      [1100, 200],
    ]);
    expect(ids).toHaveLength(1201);
    expect([ids[0], ids.at(-1)]).toEqual([4, 1300]);
  });
});
