import { expect, test } from 'vitest';
import { Project } from '../../../core/project/project.ts';
import {
  addItems,
  alone,
  byId,
  evaluated,
  firstItem,
  keep,
  newFolder,
  newProject,
  prompt,
  submission,
} from './projects.ts';

const completions = ['one', 'two', 'three'];

function project(): Project {
  const made = keep(Project.create(newFolder(), 'Test', { seed: 7 }));
  made.imports.apply({
    source: 'file.jsonl',
    prompts: [
      prompt('trains'),
      prompt('validates', { split: 'validation', useCase: 'chat' }),
      prompt('tests', { split: 'test' }),
    ],
    labelers: [{ name: 'Eve', heldOut: true }],
    rankings: [
      { prompt: 0, completions, ranks: [1, 2, 3], labeler: 'Ada' },
      { prompt: 0, completions, ranks: [2, 1, 3], labeler: 'Eve' },
      { prompt: 1, completions, ranks: [1, 2, null], labeler: 'Ada' },
      { prompt: 2, completions, ranks: [3, 2, 1], labeler: 'Bo' },
      { prompt: 2, completions, ranks: [3, 1, 1], labeler: 'Eve' },
    ],
  });
  return made;
}

test('are of prompts that train nothing, or of held-out labelers', () => {
  const { items } = project().heldOut();
  const brief = items.map(({ prompt: text, split, useCase, rankings }) => [
    ...[text, split, useCase],
    rankings.map(({ labeler, heldOut, ranks }) => [labeler, heldOut, Object.values(ranks)]),
  ]);
  expect(brief).toEqual([
    ['trains', 'train', null, [['Eve', true, expect.arrayContaining([1, 2, 3])]]],
    ['validates', 'validation', 'chat', [['Ada', false, [1, 2]]]],
    [
      'tests',
      'test',
      null,
      [
        ['Eve', true, expect.any(Array)],
        ['Bo', false, expect.any(Array)],
      ],
    ],
  ]);
  const [first] = items;
  const textOf = (id: string) => first!.completions.find((completion) => completion.id === id)!.text;
  const ranked = Object.entries(first!.rankings[0]!.ranks).map(([id, rank]) => [textOf(id), rank]);
  expect(Object.fromEntries(ranked)).toEqual({ one: 2, two: 1, three: 3 });
});

test('what labelers reach is over all items that two have ranked', () => {
  const { ceilings } = project().heldOut();
  // Ada and Eve differ in one of three pairs; Bo and Eve in what Eve ties, by half.
  expect(ceilings).toEqual({
    labelers: [
      { alike: 2, pairs: 3 },
      { alike: 2.5, pairs: 3 },
    ],
    selves: [],
  });
});

test('what is of an evaluation is not among them', () => {
  const made = project();
  evaluated(made, 3, [
    { labeler: 'Sim', ranks: [1, 2, 3] },
    { labeler: 'Sim two', ranks: [1, 2, 3] },
  ]);
  expect(made.heldOut().items).toHaveLength(3);
  expect(made.heldOut().ceilings.labelers).toHaveLength(2);
});

test('a labeler’s agreement with themselves comes from silent re-asks', () => {
  const made = newProject();
  const { id } = made.labelers.add({ name: 'Ada' });
  addItems(made, 1, 3);
  const item = firstItem(made, id)!;
  made.rankings.submit(submission(id, item), { reask: 1 });
  const again = firstItem(made, id)!;
  expect(again.id).not.toBe(item.id);
  made.rankings.submit(submission(id, again, byId(again, [2, 1, 3])), alone);
  expect(made.heldOut()).toEqual({ items: [], ceilings: { labelers: [], selves: [{ alike: 2, pairs: 3 }] } });
});
