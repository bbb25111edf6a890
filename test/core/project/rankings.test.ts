import { describe, expect, it } from 'vitest';
import { ProjectError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import type { Project } from '../../../core/project/project.ts';
import {
  addItems,
  addPrompts,
  alone,
  byId,
  effort,
  firstItem,
  newProject,
  reopened,
  submission,
  type Item,
} from './projects.ts';

function withLabelers(items: number, completions = 4): { project: Project; ann: number; bob: number } {
  const project = newProject();
  addItems(project, items, completions);
  return {
    project,
    ann: project.labelers.add({ name: 'Ann' }).id,
    bob: project.labelers.add({ name: 'Bob' }).id,
  };
}

/** Ranks what comes until nothing waits; the items in their order. */
function rankAll(
  project: Project,
  labeler: number,
  { overlap = 0, reask = 0, order = 'random' as const } = {},
): Item[] {
  const ranked: Item[] = [];
  for (let item; (item = firstItem(project, labeler, { overlap, order })) !== null; ranked.push(item))
    project.rankings.submit(submission(labeler, item), { reask });
  return ranked;
}

describe('the order shown', () => {
  it('differs between items and labelers, and is the same whenever it is asked', () => {
    const { project, ann, bob } = withLabelers(12);
    const orders = (labeler: number, now: Project) =>
      now.rankings.waiting().map(({ id }) => {
        const item = now.rankings.item({ labeler, item: id, move: 'stay' }, alone)!;
        const ids = item.candidates.map((candidate) => candidate.id);
        return ids.map((candidate) => candidate - Math.min(...ids)).join();
      });
    const before = orders(ann, project);
    expect(new Set(before).size).toBeGreaterThan(4);
    expect(orders(bob, project)).not.toEqual(before);
    expect(orders(ann, reopened(project))).toEqual(before);
  });

  it('follows from the seed that is stored with the label', () => {
    const { project, ann } = withLabelers(1);
    const item = firstItem(project, ann)!;
    const ids = item.candidates.map(({ id }) => id);
    expect(randomStream(item.seed, 'candidates').shuffle(ids.toSorted((a, b) => a - b))).toEqual(ids);
    const wrong = { ...submission(ann, item), shownOrder: ids.toReversed() };
    expect(() => project.rankings.submit(wrong, alone)).toThrow(ProjectError);
    expect(() => project.rankings.submit({ ...submission(ann, item), seed: item.seed + 1 }, alone)).toThrow(
      ProjectError,
    );
  });

  it('tells nothing of whose they are by their ids', () => {
    const { project, ann } = withLabelers(0);
    const origin = { kind: 'sampled', name: 'models/sft', settings: {} } as const;
    const [one, other] = addPrompts(project, 'one', 'other');
    const completions = ['good', 'bad'].map((text) => ({ text, origin }));
    project.rankings.add([
      { prompt: one!, completions },
      { prompt: other!, completions: completions.toReversed() },
    ]);
    const places = project.rankings.waiting().map(({ id }) => {
      const item = project.rankings.item({ labeler: ann, item: id, move: 'stay' }, alone)!;
      return item.candidates.toSorted((a, b) => a.id - b.id).map(({ text }) => text);
    });
    expect(places[0]).toEqual(places[1]);
  });

  it('tells where completions come from only after they are ranked', () => {
    const { project, ann, bob } = withLabelers(1);
    const item = firstItem(project, ann)!;
    expect(JSON.stringify(item)).not.toContain('sft');
    expect(() => project.rankings.reveal({ item: item.id, labeler: ann })).toThrow(/ranked blind/);
    project.rankings.submit(submission(ann, item), alone);
    expect(project.rankings.reveal({ item: item.id, labeler: ann })[0]!.origin.name).toBe('models/sft');
    expect(() => project.rankings.reveal({ item: item.id, labeler: bob })).toThrow(/ranked blind/);
  });
});

describe('answers', () => {
  it('keep ties, partial ranks and ratings', () => {
    const { project, ann } = withLabelers(1);
    const item = firstItem(project, ann)!;
    const ranks = byId(item, [2, 1, 2]);
    const [best] = Object.keys(ranks);
    const answer = { ranks, ratings: { [best!]: { overall: 7, labels: { hallucination: false } } } };
    project.rankings.submit({ ...submission(ann, item), answer }, alone);
    const again = reopened(project);
    expect(again.rankings.item({ labeler: ann, item: item.id, move: 'stay' }, alone)!.submitted).toEqual(
      answer,
    );
    expect(again.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: false })).toEqual([
      {
        prompt: 'prompt 0',
        completions: ['completion 0', 'completion 1', 'completion 2'],
        ranks: [2, 1, 2],
        labeler: 'Ann',
      },
    ]);
  });

  it('make a tie of two that are both bad', () => {
    const { project, ann } = withLabelers(1, 2);
    const item = firstItem(project, ann)!;
    project.rankings.submit({ ...submission(ann, item, {}), verdict: 'bothBad' }, alone);
    expect(project.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: false })[0]!.ranks).toEqual([
      1, 1,
    ]);
    expect(project.exports.rows({ layout: 'preference', filter: {}, includeHeldOut: false })).toEqual([]);
  });

  it('stay both bad in what is shown again and in the draft that an undo leaves', () => {
    const { project, ann } = withLabelers(1, 2);
    const item = firstItem(project, ann)!;
    const bad = { ratings: {}, ranks: byId(item, [1, 1]), verdict: 'bothBad' } as const;
    const shown = () => project.rankings.item({ labeler: ann, item: item.id, move: 'stay' }, alone)!;
    project.rankings.saveDraft({ labeler: ann, item: item.id, draft: bad });
    expect(shown().draft).toEqual(bad);
    const { change } = project.rankings.submit({ ...submission(ann, item, {}), verdict: 'bothBad' }, alone);
    expect(shown().submitted).toEqual(bad);
    project.changes.undo(change);
    expect(shown().draft).toEqual(bad);
  });

  it('are refused where they rank a stranger, fewer than two, or more than two as both bad', () => {
    const { project, ann } = withLabelers(1);
    const item = firstItem(project, ann)!;
    const submit = (more: object) => () =>
      project.rankings.submit({ ...submission(ann, item), ...more }, alone);
    expect(submit({ answer: { ratings: {}, ranks: { 999: 1 } } })).toThrow('has no completion 999');
    expect(submit({ answer: { ratings: {}, ranks: byId(item, [1]) } })).toThrow('fewer than two ranks');
    expect(submit({ verdict: 'bothBad' })).toThrow('"both bad" is for two');
    expect(project.rankings.counts({ labeler: ann }, alone).submitted).toBe(0);
  });

  it('are not touched by a later draft', () => {
    const { project, ann } = withLabelers(1);
    const item = firstItem(project, ann)!;
    project.rankings.submit(submission(ann, item), alone);
    const draft = { ratings: {}, ranks: byId(item, [4, 3, 2, 1]) };
    project.rankings.saveDraft({ labeler: ann, item: item.id, draft });
    expect(project.rankings.item({ labeler: ann, item: item.id, move: 'stay' }, alone)).toMatchObject({
      status: 'submitted',
      submitted: submission(ann, item).answer,
      draft,
    });
  });
});

describe('the queue', () => {
  it('counts what waits, is begun, done, skipped and flagged', () => {
    const { project, ann, bob } = withLabelers(5);
    project.rankings.submit(submission(ann, firstItem(project, ann)!), alone);
    const skipped = firstItem(project, ann)!;
    project.rankings.skip({ labeler: ann, item: skipped.id, reason: 'unclear', effort });
    const begun = firstItem(project, ann)!;
    project.rankings.saveDraft({
      labeler: ann,
      item: begun.id,
      draft: { ratings: {}, ranks: byId(begun, [1]) },
    });
    project.rankings.flag({ labeler: ann, item: begun.id, reason: 'odd' });
    project.rankings.flag({ labeler: ann, item: begun.id, reason: 'very odd' });
    expect(project.rankings.counts({ labeler: ann }, alone)).toEqual({
      pending: 2,
      draft: 1,
      submitted: 1,
      skipped: 1,
      flagged: 1,
    });
    expect(firstItem(project, ann)).toMatchObject({ id: begun.id, status: 'draft', flag: 'very odd' });
    expect(project.rankings.counts({ labeler: bob }, alone)).toMatchObject({ pending: 4, submitted: 0 });
  });

  it('leads back to what was begun or flagged, though another has answered it', () => {
    const { project, ann, bob } = withLabelers(4);
    const ids = project.rankings.waiting().map(({ id }) => id);
    const draft = { ratings: {}, ranks: byId(firstItem(project, ann)!, [1]) };
    project.rankings.saveDraft({ labeler: ann, item: ids[0]!, draft });
    project.rankings.flag({ labeler: ann, item: ids[1]!, reason: 'odd' });
    rankAll(project, bob);
    expect(project.rankings.counts({ labeler: ann }, alone)).toMatchObject({ pending: 0, draft: 1 });
    const reached = ids.flatMap((item) =>
      (['previous', 'next'] as const).map(
        (move) => project.rankings.item({ labeler: ann, item, move }, alone)?.id,
      ),
    );
    expect(new Set(reached.filter((id) => id !== undefined))).toEqual(new Set(ids.slice(0, 2)));
  });

  it('goes back over what was done and forth again, to both ends', () => {
    const { project, ann } = withLabelers(4);
    const ids = rankAll(project, ann).map(({ id }) => id);
    const walk = (from: number, move: 'next' | 'previous') => {
      const passed: number[] = [];
      for (let id = from; ;) {
        const item = project.rankings.item({ labeler: ann, item: id, move }, alone);
        if (item === null) return passed;
        passed.push((id = item.id));
      }
    };
    expect(walk(ids[0]!, 'next')).toEqual(ids.slice(1));
    expect(walk(ids[3]!, 'previous')).toEqual(ids.slice(0, 3).toReversed());
  });

  it('comes in a random order that stays', () => {
    const { project, ann } = withLabelers(20);
    const ids = rankAll(project, ann).map(({ id }) => id);
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
    const second = withLabelers(20);
    expect(rankAll(second.project, second.ann).map(({ id }) => id)).toEqual(ids);
  });

  it('comes by the uncertainty of a reward model where asked', () => {
    const { project, ann } = withLabelers(6);
    const waiting = project.rankings.waiting();
    expect(waiting[0]).toEqual({
      id: 1,
      prompt: 'prompt 0',
      completions: ['completion 0', 'completion 1', 'completion 2', 'completion 3'],
    });
    project.rankings.setUncertainty([
      { item: 3, uncertainty: 0.2 },
      { item: 5, uncertainty: 0.9 },
    ]);
    const first = () => {
      const item = firstItem(project, ann, { overlap: 0, order: 'uncertainty' })!;
      project.rankings.submit(submission(ann, item), alone);
      return item.id;
    };
    expect([first(), first()]).toEqual([5, 3]);
  });

  it('asks another labeler only the share of overlap', () => {
    const { project, ann, bob } = withLabelers(200, 2);
    rankAll(project, ann);
    expect(firstItem(project, bob)).toBeNull();
    const waiting = project.rankings.counts({ labeler: bob }, { overlap: 0.25 }).pending;
    const asked = rankAll(project, bob, { overlap: 0.25 });
    expect(asked).toHaveLength(waiting);
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.length).toBeLessThan(70);
    expect(rankAll(project, bob, { overlap: 1 })).toHaveLength(200 - asked.length);
  });
});

describe('silent re-asks', () => {
  it('ask a share of items once more, in another order, and leave the first answer as it is', () => {
    const { project, ann } = withLabelers(100, 3);
    const ranked = rankAll(project, ann, { reask: 0.2 });
    expect(ranked.length).toBeGreaterThan(108);
    expect(ranked.length).toBeLessThan(135);
    const again = ranked.filter(({ id }) => id > 100);
    const orders = again.map((item) => {
      const texts = item.candidates.map(({ text }) => text).join();
      const first = ranked.find(({ prompt, id }) => prompt.id === item.prompt.id && id !== item.id)!;
      return texts === first.candidates.map(({ text }) => text).join();
    });
    expect(orders).toContain(false);
    expect(project.summary().counts.rankings).toBe(100);
    expect(project.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: false })).toHaveLength(100);
  });

  it('come after the item they repeat and only to the same labeler', () => {
    const { project, ann, bob } = withLabelers(30, 2);
    const order = rankAll(project, ann, { reask: 1 }).map(({ prompt }) => prompt.id);
    expect(order).toHaveLength(60);
    expect(new Set(order).size).toBe(30);
    expect(rankAll(project, bob, { overlap: 1 })).toHaveLength(30);
  });

  it('are not asked again for an answer that is given anew', () => {
    const { project, ann } = withLabelers(1, 2);
    const item = firstItem(project, ann)!;
    for (let i = 0; i < 3; i++) project.rankings.submit(submission(ann, item), { reask: 1 });
    expect(project.rankings.counts({ labeler: ann }, alone)).toMatchObject({ pending: 1, submitted: 1 });
  });
});
