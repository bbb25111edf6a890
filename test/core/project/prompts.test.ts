import { describe, expect, it } from 'vitest';
import { ConfigurationError, ProjectError } from '../../../core/contract/errors.ts';
import { addItems, addPrompts, demonstration, newProject, prompt, textsOf } from './projects.ts';

describe('pages', () => {
  it('narrow by every field of a filter together', () => {
    const project = newProject();
    addPrompts(
      project,
      prompt('a', { kind: 'few-shot', useCase: 'chat', author: 'Ann' }),
      prompt('b', { kind: 'few-shot', useCase: 'chat', author: 'Ann', split: 'test' }),
      prompt('c', { kind: 'few-shot', author: 'Ann' }),
      prompt('d', { kind: 'plain', useCase: 'chat' }),
    );
    expect(textsOf(project, { filter: { kinds: ['few-shot'] } })).toEqual(['a', 'b', 'c']);
    expect(textsOf(project, { filter: { useCases: ['chat'] } })).toEqual(['a', 'b', 'd']);
    expect(textsOf(project, { filter: { useCases: [null] } })).toEqual(['c']);
    expect(textsOf(project, { filter: { authors: ['Ann', null] } })).toEqual(['a', 'b', 'c', 'd']);
    expect(
      textsOf(project, { filter: { kinds: ['few-shot'], useCases: ['chat'], splits: ['train'] } }),
    ).toEqual(['a']);
    expect(textsOf(project, { filter: { splits: [] } })).toEqual([]);
  });

  it('find words anywhere in a text, in any script and case', () => {
    const project = newProject();
    addPrompts(
      project,
      'Why is the Café closed?',
      'cafeteria menu',
      'the menu',
      '今日は良い天気ですね',
      'C++ or C?',
    );
    const search = (text: string) => textsOf(project, { filter: { search: text } });
    expect(search('cafe')).toEqual(['Why is the Café closed?', 'cafeteria menu']);
    expect(search('MENU the')).toEqual(['the menu']);
    expect(search('天気')).toEqual(['今日は良い天気ですね']);
    expect(search('++')).toEqual(['C++ or C?']);
    expect(search('"menu" OR NOT (')).toEqual([]);
    expect(search('  ')).toHaveLength(5);
  });

  it('sort by every column in both directions, equal ones in the order they came', () => {
    const project = newProject();
    addPrompts(project, prompt('beta', { split: 'test' }), prompt('Alpha'), prompt('gamma'));
    const sorted = (by: 'text' | 'split' | 'createdAt', descending: boolean) =>
      textsOf(project, { sort: { by, descending } });
    expect(sorted('text', false)).toEqual(['Alpha', 'beta', 'gamma']);
    expect(sorted('text', true)).toEqual(['gamma', 'beta', 'Alpha']);
    expect(sorted('split', true)).toEqual(['gamma', 'Alpha', 'beta']);
    expect(sorted('createdAt', true)).toEqual(['gamma', 'Alpha', 'beta']);
  });

  it('are of one list, whatever changes between them', () => {
    const project = newProject();
    const ids = addPrompts(project, 'a', 'b', 'c');
    expect(textsOf(project, { offset: 1, limit: 1 })).toEqual(['b']);
    project.prompts.edit({ id: ids[1]!, fields: { text: 'B' } });
    expect(textsOf(project, { offset: 1, limit: 1 })).toEqual(['B']);
    project.prompts.remove({ ids: [ids[0]!] });
    expect(textsOf(project)).toEqual(['B', 'c']);
  });
});

it('facets count what the filter leaves, over every author there is', () => {
  const project = newProject();
  addPrompts(
    project,
    prompt('a', { author: 'Ann', useCase: 'chat' }),
    prompt('b', { author: 'Bob', split: 'test' }),
  );
  expect(project.prompts.facets({ splits: ['train'] })).toEqual({
    total: 1,
    kinds: { plain: 1 },
    useCases: { chat: 1 },
    splits: { train: 1 },
    authors: [
      { name: 'Ann', count: 1 },
      { name: 'Bob', count: 0 },
    ],
    sources: [{ name: 'added by hand', count: 1 }],
  });
});

it('an edit changes only what is given', () => {
  const project = newProject();
  const [id] = addPrompts(project, prompt('a', { author: 'Ann', useCase: 'chat' }));
  const before = project.prompts.get(id!);
  project.prompts.edit({ id: id!, fields: { useCase: null } });
  expect(project.prompts.get(id!)).toEqual({ ...before, useCase: null });
});

it('removing a prompt takes it and its work out of every queue and count', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  addItems(project, 2);
  const [first] = project.prompts.ids({});
  project.demonstrations.submit(demonstration(labeler, first!, 'yes'));
  expect(project.prompts.remove({ filter: { search: 'prompt' } }).count).toBe(2);
  expect(project.summary().counts).toEqual({
    prompts: 0,
    demonstrations: 0,
    completions: 0,
    rankings: 0,
    runs: 0,
  });
  expect(project.demonstrations.counts({ labeler })).toMatchObject({ pending: 0, submitted: 0 });
  expect(() => project.prompts.remove({ ids: [first!] })).toThrow(ProjectError);
});

describe('redaction', () => {
  const finding = (promptId: number, text: string, found: string) => ({
    promptId,
    kind: 'e-mail' as const,
    start: text.indexOf(found),
    end: text.indexOf(found) + found.length,
    text: found,
  });

  it('puts the kind in the place of each finding', () => {
    const project = newProject();
    const text = 'write to a@b.org or c@d.org';
    const [id] = addPrompts(project, text);
    project.prompts.redact([
      finding(id!, text, 'c@d.org'),
      finding(id!, text, 'a@b.org'),
      finding(id!, text, 'b.org'),
    ]);
    expect(textsOf(project)).toEqual(['write to [e-mail] or [e-mail]']);
    expect(textsOf(project, { filter: { search: 'org' } })).toEqual([]);
  });

  it('refuses findings in a text that has changed since, and redacts nothing', () => {
    const project = newProject();
    const [a, b] = addPrompts(project, 'a@b.org', 'changed');
    expect(() =>
      project.prompts.redact([finding(a!, 'a@b.org', 'a@b.org'), finding(b!, 'a@b.org', 'a@b.org')]),
    ).toThrow(`prompt ${b} has changed and no longer holds "a@b.org" there: search again`);
    expect(textsOf(project)).toEqual(['a@b.org', 'changed']);
  });
});

describe('splitting by author', () => {
  const many = (project: ReturnType<typeof newProject>) =>
    addPrompts(
      project,
      ...Array.from({ length: 200 }, (_, i) =>
        prompt(`p${i}`, { author: i % 5 === 0 ? null : `author ${i % 17}` }),
      ),
    );

  it('parts no author and comes close to the shares', () => {
    const project = newProject();
    many(project);
    project.prompts.splitByAuthor({ validation: 0.2, test: 0.1, seed: 1 });
    const { rows } = project.prompts.page({
      filter: {},
      sort: { by: 'id', descending: false },
      offset: 0,
      limit: 500,
    });
    const named = Map.groupBy(
      rows.filter(({ author }) => author !== null),
      ({ author }) => author,
    );
    for (const group of named.values()) expect(new Set(group.map(({ split }) => split)).size).toBe(1);
    const share = (split: string) => rows.filter((row) => row.split === split).length / rows.length;
    expect(share('validation')).toBeGreaterThan(0.12);
    expect(share('validation')).toBeLessThan(0.28);
    expect(share('test')).toBeGreaterThan(0.02);
    expect(share('test')).toBeLessThan(0.18);
  });

  it('is the same for the same seed, so that a second time moves nothing', () => {
    const project = newProject();
    many(project);
    expect(project.prompts.splitByAuthor({ validation: 0.2, test: 0.1, seed: 3 }).count).toBeGreaterThan(0);
    expect(project.prompts.splitByAuthor({ validation: 0.2, test: 0.1, seed: 3 }).count).toBe(0);
  });

  it('refuses more than all', () => {
    const project = newProject();
    expect(() => project.prompts.splitByAuthor({ validation: 0.7, test: 0.7, seed: 0 })).toThrow(
      ConfigurationError,
    );
  });
});

it('beyond the limit of an author are their newest prompts', () => {
  const project = newProject();
  const ids = addPrompts(
    project,
    ...['a', 'b', 'c'].map((text) => prompt(text, { author: 'Ann' })),
    prompt('d', { author: 'Bob' }),
    prompt('e'),
    prompt('f'),
    prompt('g'),
  );
  expect(project.prompts.beyondAuthorLimit({ most: 2 })).toEqual({
    authors: [{ name: 'Ann', count: 3 }],
    ids: [ids[2]],
  });
});

it('samples prompts that have no completions before the others', () => {
  const project = newProject();
  addItems(project, 3);
  const fresh = addPrompts(project, 'x', 'y');
  const chosen = project.prompts.choose({}, 3, 5).map(({ id }) => id);
  expect(chosen.slice(0, 2).toSorted()).toEqual(fresh);
  expect(project.prompts.choose({}, 3, 5).map(({ id }) => id)).toEqual(chosen);
});
