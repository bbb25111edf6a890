import { expect, it } from 'vitest';
import { Cancelled } from '../../../core/contract/errors.ts';
import { addPrompts, alone, firstItem, newProject, prompt, textsOf } from './projects.ts';

it('brings prompts, demonstrations and rankings by their labelers, ties and gaps kept', () => {
  const project = newProject();
  const [held] = addPrompts(project, 'held');
  project.labelers.add({ name: 'Ann' });
  const { count } = project.imports.apply({
    source: 'rows.jsonl',
    prompts: [prompt('new', { author: 'Bob' }), { id: held! }],
    demonstrations: [
      { prompt: 0, text: 'one', labeler: 'ann' },
      { prompt: 0, text: 'two', labeler: 'ann' },
      { prompt: 1, text: 'three' },
    ],
    rankings: [
      { prompt: 1, completions: ['x', 'y', 'z'], ranks: [1, 1, 2], labeler: 'Robot' },
      { prompt: 1, completions: ['x', 'y', 'z'], ranks: [2, null, 1], labeler: 'Aside' },
    ],
    labelers: [
      { name: 'Robot', simulated: true },
      { name: 'Aside', simulated: true, heldOut: true },
    ],
  });
  expect(count).toBe(6);
  expect(project.labelers.list().map(({ name, heldOut, simulated }) => [name, heldOut, simulated])).toEqual([
    ['Ann', false, false],
    ['rows.jsonl', false, false],
    ['Robot', false, true],
    ['Aside', true, true],
  ]);
  expect(project.prompts.facets({}).sources).toEqual([
    { name: 'added by hand', count: 1 },
    { name: 'rows.jsonl', count: 1 },
  ]);
  expect(project.exports.rows({ layout: 'prompt-completion', filter: {}, includeHeldOut: false })).toEqual([
    { prompt: 'held', completion: 'three' },
    { prompt: 'new', completion: 'one' },
    { prompt: 'new', completion: 'two' },
  ]);
  expect(project.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: true })).toMatchObject([
    { completions: ['x', 'y', 'z'], ranks: [1, 1, 2], labeler: 'Robot' },
    { completions: ['x', 'z'], ranks: [2, 1], labeler: 'Aside' },
  ]);
  expect(project.summary().counts).toMatchObject({ completions: 3, rankings: 2 });
});

it('queues completions without ranks, and two rankings by one labeler apart', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  project.imports.apply({
    source: 'rows.jsonl',
    prompts: [prompt('p')],
    rankings: [
      { prompt: 0, completions: ['a', 'b'] },
      { prompt: 0, completions: ['c', 'd'], ranks: [1, 2] },
      { prompt: 0, completions: ['c', 'd'], ranks: [2, 1] },
    ],
  });
  expect(project.rankings.counts({ labeler }, alone).pending).toBe(1);
  expect(
    firstItem(project, labeler)!
      .candidates.map(({ text }) => text)
      .toSorted(),
  ).toEqual(['a', 'b']);
  expect(project.summary().counts).toMatchObject({ completions: 6, rankings: 2 });
});

it('keeps nothing where it is cancelled in its midst', () => {
  const project = newProject();
  const before = project.changes.latest();
  const told: number[] = [];
  const rows = Array.from({ length: 5000 }, (_, i) => i);
  const bundle = {
    source: 'rows.jsonl',
    prompts: rows.map((i) => prompt(`prompt ${i}`)),
    demonstrations: rows.map((i) => ({ prompt: i, text: 'x', labeler: 'New' })),
  };
  expect(() =>
    project.imports.apply(bundle, (done) => {
      told.push(done);
      if (done >= 7000) throw new Cancelled();
    }),
  ).toThrow(Cancelled);
  expect(told).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000]);
  expect(textsOf(project)).toEqual([]);
  expect(project.labelers.list()).toEqual([]);
  expect(project.changes.latest()).toBe(before);
  expect(project.imports.apply(bundle).count).toBe(10_000);
  expect(textsOf(project, { filter: { search: '4999' } })).toEqual(['prompt 4999']);
});

it('refuses a prompt that the project does not hold', () => {
  const project = newProject();
  expect(() => project.imports.apply({ source: 'x', prompts: [prompt('a'), { id: 99 }] })).toThrow(
    'the project holds no prompt 99',
  );
  expect(textsOf(project)).toEqual([]);
});
