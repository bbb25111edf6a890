import { describe, expect, it } from 'vitest';
import { ProjectError } from '../../../core/contract/errors.ts';
import {
  addItems,
  addPrompts,
  alone,
  byId,
  demonstration,
  firstItem,
  newProject,
  prompt,
  reopened,
  submission,
} from './projects.ts';

describe('labelers', () => {
  it('are added, renamed and chosen, each name once whatever its case', () => {
    const project = newProject();
    const ann = project.labelers.add({ name: 'Ann' });
    const bob = project.labelers.add({ name: 'Bob' });
    expect(() => project.labelers.add({ name: 'ann' })).toThrow('there is a labeler named ann already');
    expect(() => project.labelers.change({ id: bob.id, name: 'ANN' })).toThrow(ProjectError);
    expect(project.labelers.change({ id: ann.id, name: 'ANN', heldOut: true })).toEqual({
      ...ann,
      name: 'ANN',
      heldOut: true,
    });
    expect(project.labelers.current()).toBeNull();
    project.labelers.choose({ id: bob.id });
    expect(reopened(project).labelers.current()).toEqual(bob);
  });
});

describe('a held-out labeler', () => {
  const everything = { filter: {}, includeHeldOut: false };

  function labeledBy(names: readonly string[]) {
    const project = newProject();
    addItems(project, 1);
    const [id] = project.prompts.ids({});
    const labelers = names.map((name) => project.labelers.add({ name }));
    for (const { id: labeler, name } of labelers) {
      project.demonstrations.submit(demonstration(labeler, id!, `by ${name}`));
      project.rankings.submit(
        submission(labeler, project.rankings.item({ labeler, item: 1, move: 'stay' }, alone)!),
        alone,
      );
    }
    return { project, labelers };
  }

  it('reaches no export and no snapshot, unless an export asks for it', () => {
    const { project, labelers } = labeledBy(['Ann', 'Bob']);
    project.labelers.change({ id: labelers[1]!.id, heldOut: true });
    for (const layout of ['prompt-completion', 'messages', 'preference', 'ranking'] as const) {
      const rows = (includeHeldOut: boolean) =>
        project.exports.rows({ ...everything, layout, includeHeldOut });
      expect(rows(false).length * 2).toBe(rows(true).length);
      expect(JSON.stringify(rows(false))).not.toContain('Bob');
    }
    expect(project.snapshots.create({ name: 'one' }).counts).toEqual({
      prompts: 1,
      demonstrations: 1,
      rankings: 1,
    });
  });

  it('leaves a snapshot as it was where it is held out later', () => {
    const { project, labelers } = labeledBy(['Ann', 'Bob']);
    const { id, sha256, counts } = project.snapshots.create({ name: 'both' });
    expect(counts.rankings).toBe(2);
    project.labelers.change({ id: labelers[1]!.id, heldOut: true });
    expect(project.snapshots.rebuild({ id }).sha256).toBe(sha256);
  });
});

describe('the report', () => {
  const all = { overlap: 1, order: 'random' } as const;

  it('measures agreement with others, with oneself and with the screening answers', () => {
    const project = newProject();
    addItems(project, 10, 3);
    const [owner, alike, unlike] = ['Owner', 'Alike', 'Unlike'].map(
      (name) => project.labelers.add({ name }).id,
    );
    const rank = (labeler: number, ranks: (place: number) => number[], reask = 0) => {
      for (let item; (item = firstItem(project, labeler, all)) !== null;)
        project.rankings.submit(submission(labeler, item, byId(item, ranks(item.id))), { reask });
    };
    rank(owner!, () => [1, 2, 3], 1);
    rank(alike!, () => [1, 2, 3]);
    rank(unlike!, () => [3, 2, 1]);
    project.labelers.setScreening({ owner: owner!, items: [1, 2, 3, 4, 5] });
    const [first, second, third] = project.labelers.report();
    expect(first).toMatchObject({
      rankings: 20,
      demonstrations: 0,
      medianActiveMs: 1200,
      agreement: { mean: 0.5, n: 60 },
      selfAgreement: { mean: 1, n: 30 },
      screening: null,
    });
    expect(second).toMatchObject({
      agreement: { mean: 0.5 },
      selfAgreement: null,
      screening: { mean: 1, n: 15 },
    });
    expect(third).toMatchObject({ agreement: { mean: 0, n: 60 }, screening: { mean: 0, n: 15 } });
    expect(third!.screening!.high).toBeGreaterThan(0.3);
  });

  it('says nothing where nothing was labeled', () => {
    const project = newProject();
    project.labelers.add({ name: 'Ann' });
    expect(project.labelers.report()).toMatchObject([
      {
        rankings: 0,
        demonstrations: 0,
        medianActiveMs: null,
        agreement: null,
        selfAgreement: null,
        screening: null,
      },
    ]);
  });
});

describe('screening', () => {
  it('asks every labeler what its owner has answered', () => {
    const project = newProject();
    addItems(project, 3);
    const [owner, other] = ['Owner', 'Other'].map((name) => project.labelers.add({ name }).id);
    const items = project.rankings.waiting().map(({ id }) => id);
    expect(() => project.labelers.setScreening({ owner: owner!, items })).toThrow(
      'has no ranking by its owner',
    );
    for (let item; (item = firstItem(project, owner!)) !== null;)
      project.rankings.submit(submission(owner!, item), alone);
    expect(firstItem(project, other!)).toBeNull();
    const { change } = project.labelers.setScreening({ owner: owner!, items: items.slice(1) });
    expect(project.rankings.counts({ labeler: other! }, alone).pending).toBe(2);
    expect(items.slice(1)).toContain(firstItem(project, other!)!.id);
    project.changes.undo(change);
    expect(firstItem(project, other!)).toBeNull();
  });
});

it('prompts that are removed take no part in the report', () => {
  const project = newProject();
  const [id] = addPrompts(project, prompt('p'));
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  project.demonstrations.submit(demonstration(labeler, id!, 'x'));
  project.prompts.remove({ ids: [id!] });
  expect(project.labelers.report()[0]).toMatchObject({ demonstrations: 0, medianActiveMs: null });
});
