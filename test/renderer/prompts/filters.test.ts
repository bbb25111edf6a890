import { describe, expect, it } from 'vitest';
import {
  chosenIn,
  facetLabel,
  facetTable,
  isNarrowed,
  withSearch,
  withToggled,
  type Facets,
} from '../../../renderer/views/prompts/filters.ts';
import { proportionsOf } from '../../../renderer/views/prompts/proportions.ts';

const facets = (useCases: Record<string, number>, total: number): Facets => ({
  total,
  kinds: { plain: 3 },
  useCases,
  splits: {},
  authors: [
    { name: 'Ada', count: 2 },
    { name: null, count: 1 },
  ],
  sources: [],
});

describe('filters', () => {
  it('adds and takes away one value of a facet', () => {
    const once = withToggled({}, 'authors', 'Ada');
    expect(withToggled(once, 'authors', null)).toEqual({ authors: ['Ada', null] });
    expect(withToggled(once, 'authors', 'Ada')).toEqual({});
  });

  it('leaves other facets and the search alone', () => {
    const filter = withSearch(withToggled({}, 'kinds', 'plain'), 'poem');
    expect(withToggled(filter, 'kinds', 'plain')).toEqual({ search: 'poem' });
    expect(chosenIn(filter, 'kinds')).toEqual(['plain']);
  });

  it('is not narrowed by a search for white space', () => {
    expect(isNarrowed(withSearch({ search: 'poem' }, '  '))).toBe(false);
  });

  it('offers every kind, and authors as they come', () => {
    const counts = facetTable.kinds.options(facets({}, 3)).map(({ value, count }) => [value, count]);
    expect(counts).toEqual([
      ['plain', 3],
      ['few-shot', 0],
      ['user-based', 0],
    ]);
    expect(facetTable.authors.options(facets({}, 3)).at(-1)).toEqual({
      value: null,
      label: 'No author',
      count: 1,
    });
  });

  it('counts prompts without a use case', () => {
    const options = facetTable.useCases.options(facets({ chat: 2 }, 3));
    expect(options.at(-1)).toEqual({ value: null, label: 'No use case', count: 1 });
  });

  it('says on the button what is chosen', () => {
    expect(facetLabel({}, 'authors')).toBe('Author');
    expect(facetLabel({ kinds: ['few-shot'] }, 'kinds')).toBe('Kind: Few-shot');
    expect(facetLabel({ authors: ['Ada'] }, 'authors')).toBe('Author: Ada');
    expect(facetLabel({ useCases: [null] }, 'useCases')).toBe('Use case: none');
    expect(facetLabel({ authors: ['Ada', null] }, 'authors')).toBe('Author: 2');
  });
});

describe('proportions', () => {
  it('are shares of the prompts that have a use case', () => {
    const { rows, counted, without } = proportionsOf(facets({ generation: 3, chat: 1 }, 10));
    expect([counted, without]).toEqual([4, 6]);
    expect(rows.find(({ useCase }) => useCase === 'generation')?.share).toBe(0.75);
  });

  it('expect shares that add up to one', () => {
    const sum = proportionsOf(facets({}, 0)).rows.reduce((total, { expected }) => total + expected, 0);
    expect(sum).toBeCloseTo(1, 12);
  });

  it('are no distance from InstructGPT when they are its own', () => {
    const own = {
      generation: 456,
      'open qa': 124,
      brainstorming: 112,
      chat: 84,
      rewrite: 66,
      summarization: 42,
      classification: 35,
      other: 35,
      'closed qa': 26,
      extract: 19,
    };
    expect(proportionsOf(facets(own, 999)).distance).toBeCloseTo(0, 12);
  });

  it('are as far as the share that would have to change', () => {
    expect(proportionsOf(facets({ generation: 10 }, 10)).distance).toBeCloseTo(1 - 45.6 / 99.9, 12);
    expect(proportionsOf(facets({}, 10)).distance).toBe(0);
  });
});
