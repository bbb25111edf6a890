import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Project } from '../../../core/project/project.ts';
import {
  addItems,
  addPrompts,
  alone,
  answers,
  byId,
  effort,
  evaluated,
  firstItem,
  newEvaluation,
  newProject,
  prompt,
  reopened,
  submission,
  walk,
} from './projects.ts';

/** A project with ordinary items, two labelers, and an evaluation that is answered. */
function withEvaluation({ prompts = 5, ordinary = 2 } = {}) {
  const project = newProject();
  addItems(project, ordinary);
  addPrompts(project, ...Array.from({ length: prompts - ordinary }, (_, i) => `other ${i}`));
  const ann = project.labelers.add({ name: 'Ann' }).id;
  const bob = project.labelers.add({ name: 'Bob' }).id;
  return { project, ann, bob, evaluation: evaluated(project, prompts) };
}

const toJudge = (project: Project, labeler: number, evaluation: number) =>
  project.rankings.item({ labeler, evaluation, move: 'stay' }, alone);

/** Judges all that is asked, though others have. */
function judgeAll(project: Project, labeler: number, evaluation: number): number[] {
  const judged: number[] = [];
  for (let item; (item = toJudge(project, labeler, evaluation)) !== null; judged.push(item.id))
    project.rankings.submit(submission(labeler, item), { reask: 1 });
  return judged;
}

describe('the queue of an evaluation', () => {
  it('asks every labeler every item once, in one order that stays', () => {
    const { project, ann, bob, evaluation } = withEvaluation({ prompts: 12 });
    const byAnn = judgeAll(project, ann, evaluation);
    expect(byAnn).toHaveLength(12);
    expect(byAnn).not.toEqual(byAnn.toSorted((a, b) => a - b));
    expect(judgeAll(reopened(project), bob, evaluation)).toEqual(byAnn);
  });

  it('leads from one end to the other and back', () => {
    const { project, ann, evaluation } = withEvaluation();
    const asked = { labeler: ann, evaluation };
    const forth = walk(project, asked, toJudge(project, ann, evaluation));
    expect(forth).toHaveLength(5);
    const back = walk(project, asked, forth.at(-1)!, 'previous');
    expect(back.map(({ id }) => id)).toEqual(forth.map(({ id }) => id).toReversed());
  });

  it('is apart from the queue that trains', () => {
    const { project, ann, evaluation } = withEvaluation();
    const ordinary = walk(project, { labeler: ann }, firstItem(project, ann));
    const judged = walk(project, { labeler: ann, evaluation }, toJudge(project, ann, evaluation));
    expect([ordinary.length, judged.length]).toEqual([2, 5]);
    expect(ordinary.every(({ candidates }) => candidates.length === 4)).toBe(true);
    const [own, other] = [judged[0]!.id, ordinary[0]!.id];
    const at = (item: number, of: object) =>
      project.rankings.item({ labeler: ann, item, move: 'stay', ...of }, alone)?.id;
    expect([at(own, { evaluation }), at(own, {}), at(other, { evaluation }), at(other, {})]).toEqual([
      ...[own, undefined, undefined, other],
    ]);
    const second = evaluated(project, 1);
    expect(at(own, { evaluation: second })).toBeUndefined();
  });

  it('counts what waits, is begun, done, skipped and flagged, apart from the other', () => {
    const { project, ann, bob, evaluation } = withEvaluation();
    const next = () => toJudge(project, ann, evaluation)!;
    project.rankings.submit(submission(ann, next()), alone);
    project.rankings.skip({ labeler: ann, item: next().id, reason: 'unclear', effort });
    const draft = { ratings: {}, ranks: byId(next(), [1]) };
    project.rankings.flag({ labeler: ann, item: next().id, reason: 'odd' });
    project.rankings.saveDraft({ labeler: ann, item: next().id, draft });
    const counts = (labeler: number, of: object) =>
      project.rankings.counts({ labeler, ...of }, { overlap: 1 });
    const none = { draft: 0, submitted: 0, skipped: 0, flagged: 0 };
    expect(counts(ann, { evaluation })).toEqual({
      ...{ pending: 2, draft: 1, submitted: 1, skipped: 1, flagged: 1 },
    });
    expect(counts(ann, {})).toEqual({ pending: 2, ...none });
    expect(counts(bob, { evaluation })).toEqual({ pending: 5, ...none });
    project.rankings.submit(submission(ann, firstItem(project, ann)!), alone);
    expect(counts(ann, {})).toEqual({ ...none, pending: 1, submitted: 1 });
    expect(counts(ann, { evaluation })).toMatchObject({ submitted: 1 });
  });

  it('has its own last label to take back', () => {
    const { project, ann, evaluation } = withEvaluation();
    const judged = project.rankings.submit(submission(ann, toJudge(project, ann, evaluation)!), alone);
    const ranked = project.rankings.submit(submission(ann, firstItem(project, ann)!), alone);
    const last = (of: object) => project.changes.lastLabel({ labeler: ann, queue: 'rank', ...of })?.change;
    expect([last({ evaluation }), last({})]).toEqual([judged.change, ranked.change]);
    project.changes.undo(judged.change);
    expect([last({ evaluation }), last({})]).toEqual([undefined, ranked.change]);
    expect(project.rankings.counts({ labeler: ann, evaluation }, alone)).toMatchObject({
      submitted: 0,
      draft: 1,
    });
  });

  it('is blind: neither ids nor the order tell whose an answer is, and no origin is told before', () => {
    const { project, ann, bob, evaluation } = withEvaluation({ prompts: 24 });
    const items = walk(project, { labeler: ann, evaluation }, toJudge(project, ann, evaluation));
    const orders = items.map(({ candidates }) => candidates.map(({ text }) => text).join());
    expect(new Set(orders).size).toBe(6);
    for (const { candidates, seed } of items) {
      const ids = candidates.map(({ id }) => id).toSorted((a, b) => a - b);
      expect(randomStream(seed, 'candidates').shuffle(ids)).toEqual(candidates.map(({ id }) => id));
      expect(candidates.toSorted((a, b) => a.id - b.id).map(({ text }) => text)).toEqual([
        ...['bad', 'fair', 'good'],
      ]);
    }
    expect(JSON.stringify(items)).not.toContain('models/');
    const [item] = items;
    expect(() => project.rankings.reveal({ item: item!.id, labeler: ann })).toThrow(/ranked blind/);
    project.rankings.submit(submission(ann, item!), alone);
    const revealed = project.rankings.reveal({ item: item!.id, labeler: ann });
    expect(revealed.map(({ origin }) => [origin.name, origin.settings['model']]).toSorted()).toEqual([
      ...[
        ['models/base', 0],
        ['models/ppo', 2],
        ['models/sft', 1],
      ],
    ]);
    expect(() => project.rankings.reveal({ item: item!.id, labeler: bob })).toThrow(/ranked blind/);
  });
});

describe('what is said in an evaluation', () => {
  it('reaches no export, snapshot, count, score, report on labelers or silent re-ask', () => {
    const { project, ann, evaluation } = withEvaluation();
    const ranked = project.rankings.submit(submission(ann, firstItem(project, ann)!), alone);
    const before = {
      rows: project.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: true }),
      pairs: project.exports.rows({ layout: 'preference', filter: {}, includeHeldOut: true }),
      waiting: project.rankings.waiting(),
      counts: project.summary().counts,
      labelers: project.labelers.report(),
    };
    const { sha256 } = project.snapshots.create({ name: 'before' });
    expect(judgeAll(project, ann, evaluation)).toHaveLength(5);
    expect({
      rows: project.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: true }),
      pairs: project.exports.rows({ layout: 'preference', filter: {}, includeHeldOut: true }),
      waiting: project.rankings.waiting(),
      counts: project.summary().counts,
      labelers: project.labelers.report(),
    }).toEqual(before);
    expect(before.rows).toHaveLength(1);
    expect(project.snapshots.create({ name: 'after' }).sha256).toBe(sha256);
    expect(project.rankings.counts({ labeler: ann }, { overlap: 1 })).toMatchObject({
      pending: 1,
      submitted: 1,
    });
    project.changes.undo(ranked.change);
    expect(project.snapshots.create({ name: 'undone' }).sha256).not.toBe(sha256);
  });

  it('screens nobody', () => {
    const { project, ann, evaluation } = withEvaluation();
    const [item] = judgeAll(project, ann, evaluation);
    expect(() => project.labelers.setScreening({ owner: ann, items: [item!] })).toThrow(
      'is of an evaluation',
    );
  });

  it('does not keep a prompt from being sampled first', () => {
    const { project } = withEvaluation({ prompts: 5, ordinary: 2 });
    expect(
      project.prompts
        .choose({}, 3, 1)
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual(['other 0', 'other 1', 'other 2']);
  });
});

describe('an evaluation', () => {
  it('fixes its prompts when it is made, and goes on with those that are unanswered', () => {
    const project = newProject();
    addPrompts(project, ...['a', 'b', 'c', 'd'].map((text) => prompt(text, { split: 'test' })), prompt('e'));
    const id = newEvaluation(project, 3);
    const asked = project.evaluations.unanswered(id);
    addPrompts(project, 'later');
    project.evaluations.addAnswers({ evaluation: id, prompt: asked[1]!.id, answers });
    const again = reopened(project);
    expect(again.evaluations.unanswered(id)).toEqual([asked[0], asked[2]]);
    again.prompts.remove({ ids: [asked[0]!.id] });
    expect(again.evaluations.unanswered(id)).toEqual([asked[2]]);
    expect(again.evaluations.list()).toMatchObject([{ id, prompts: 3, answered: 1, judged: 0 }]);
  });

  it('refuses to begin without prompts', () => {
    const project = newProject();
    expect(() => newEvaluation(project, 3)).toThrow('no prompt matches');
    expect(project.evaluations.list()).toEqual([]);
  });

  it('takes one answer to a prompt, and none to one that is gone', () => {
    const project = newProject();
    addPrompts(project, 'a', 'b');
    const evaluation = newEvaluation(project, 2);
    const [first, second] = project.evaluations.unanswered(evaluation).map(({ id }) => id);
    const answer = (id: number) => project.evaluations.addAnswers({ evaluation, prompt: id, answers });
    answer(first!);
    answer(first!);
    project.prompts.remove({ ids: [second!] });
    answer(second!);
    expect(project.evaluations.list()).toMatchObject([{ answered: 1 }]);
    project.evaluations.remove({ id: evaluation });
    answer(first!);
    expect(project.evaluations.list()).toEqual([]);
  });

  it('is judged by simulated labelers as its answers come, who are made where there are none', () => {
    const project = newProject();
    addPrompts(project, 'a', 'b', 'c');
    const ann = project.labelers.add({ name: 'Ann' }).id;
    const id = evaluated(project, 2, [
      { labeler: 'Sim', ranks: [2, 1, 1] },
      { labeler: 'Sam', ranks: [3, 2, 1] },
    ]);
    expect(project.evaluations.list()).toMatchObject([{ answered: 2, judged: 2 }]);
    const [, sim, sam] = project.labelers.list();
    expect([sim, sam]).toMatchObject([
      { name: 'Sim', simulated: true },
      { name: 'Sam', simulated: true },
    ]);
    const { items } = project.evaluations.results(id);
    expect(items.map(({ judgments }) => judgments.map(({ labeler, ranks }) => [labeler, ranks]))).toEqual(
      Array.from({ length: 2 }, () => [
        [sim!.id, [2, 1, 1]],
        [sam!.id, [3, 2, 1]],
      ]),
    );
    expect(toJudge(project, sim!.id, id)).toBeNull();
    expect(walk(project, { labeler: ann, evaluation: id }, toJudge(project, ann, id))).toHaveLength(2);
    // It was shown as to anybody, so it can be given anew.
    const [shown] = walk(
      project,
      { labeler: sim!.id, evaluation: id },
      project.rankings.item({ labeler: sim!.id, evaluation: id, item: 1, move: 'stay' }, alone),
    );
    project.rankings.submit(submission(sim!.id, shown!), alone);
    expect(project.labelers.report()[1]).toMatchObject({
      rankings: 0,
      agreement: null,
      medianActiveMs: null,
    });
  });

  it('takes no person for a simulated labeler, and then keeps nothing', () => {
    const project = newProject();
    addPrompts(project, 'a');
    project.labelers.add({ name: 'Ann' });
    expect(() => evaluated(project, 1, [{ labeler: 'Ann', ranks: [1, 2, 3] }])).toThrow(
      'the labeler Ann is no simulated one',
    );
    expect(project.evaluations.list()).toMatchObject([{ answered: 0, judged: 0 }]);
  });

  it('goes with its answers and labels, and comes back with them after closing', () => {
    const { project, ann, evaluation } = withEvaluation();
    judgeAll(project, ann, evaluation);
    const before = project.evaluations.results(evaluation);
    const { change } = project.evaluations.remove({ id: evaluation });
    expect(project.evaluations.list()).toEqual([]);
    expect(() => project.evaluations.results(evaluation)).toThrow(`there is no evaluation ${evaluation}`);
    const again = reopened(project);
    again.changes.undo(change);
    expect(again.evaluations.results(evaluation)).toEqual(before);
    expect(before.items).toHaveLength(5);
    expect(judgeAll(again, ann, evaluation)).toEqual([]);
  });

  it('is not undone under its answers', () => {
    const project = newProject();
    addPrompts(project, 'a');
    const made = project.changes.latest() + 1;
    evaluated(project, 1);
    expect(() => project.changes.undo(made)).toThrow(
      `(evaluation Test created) cannot be undone, for change ${made + 1} (a prompt answered by the models of an evaluation)`,
    );
    project.changes.undo(made + 1);
    project.changes.undo(made);
    expect(project.evaluations.list()).toEqual([]);
  });
});
