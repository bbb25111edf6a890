import { expect, it } from 'vitest';
import {
  addItems,
  addPrompts,
  alone,
  byId,
  demonstration,
  evaluated,
  firstItem,
  newProject,
  submission,
} from './projects.ts';

/** Every item is asked of everybody. */
const shared = { ...alone, overlap: 1 };

it('counts what each labeler has in a snapshot, whatever came later', () => {
  const project = newProject();
  const [ann, bob, held] = ['Ann', 'Bob', 'Held'].map((name) => project.labelers.add({ name }).id);
  project.labelers.change({ id: held!, heldOut: true });
  const [first, second] = addPrompts(project, 'one', 'two');
  project.demonstrations.submit(demonstration(ann!, first!, 'a'));
  project.demonstrations.submit(demonstration(bob!, second!, 'b'));
  addItems(project, 3, 3);
  const rank = (labeler: number, ranks: number[]) => {
    const item = firstItem(project, labeler, shared)!;
    project.rankings.submit(submission(labeler, item, byId(item, ranks)), shared);
  };
  rank(ann!, [1, 2, 3]);
  rank(ann!, [1, 2, 2]);
  rank(held!, [3, 2, 1]);
  evaluated(project, 2, [{ labeler: 'Simulated', ranks: [3, 2, 1] }]);
  const { id, counts } = project.snapshots.create({ name: 'now' });

  rank(bob!, [1, 1, 2]);
  project.labelers.change({ id: ann!, name: 'Anna' });
  const later = project.snapshots.create({ name: 'later' });

  expect(project.labelsOf(id)).toEqual([
    { labeler: 'Ann', demonstrations: 1, rankings: 2 },
    { labeler: 'Bob', demonstrations: 1, rankings: 0 },
  ]);
  expect(counts).toMatchObject({ demonstrations: 2, rankings: 2 });
  expect(project.labelsOf(later.id)).toEqual([
    { labeler: 'Anna', demonstrations: 1, rankings: 2 },
    { labeler: 'Bob', demonstrations: 1, rankings: 1 },
  ]);
  expect(project.labelsOf(99)).toEqual([]);
});
