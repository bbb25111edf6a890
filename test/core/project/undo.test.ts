import { expect, it } from 'vitest';
import type { Project } from '../../../core/project/project.ts';
import {
  addItems,
  addPrompts,
  alone,
  answers,
  demonstration,
  effort,
  evaluated,
  firstItem,
  newEvaluation,
  newProject,
  prompt,
  reopened,
  submission,
  textsOf,
} from './projects.ts';

/** All that a window can see of a project. */
function seen(project: Project) {
  const labelers = project.labelers.list();
  return {
    evaluations: project.evaluations.list().map(({ id }) => project.evaluations.results(id)),
    rounds: project.rounds.list(),
    counts: project.summary().counts,
    page: project.prompts.page({ filter: {}, sort: { by: 'id', descending: false }, offset: 0, limit: 500 }),
    labelers,
    demonstrations: labelers.map(({ id }) =>
      project.prompts
        .ids({})
        .map((item) => project.demonstrations.item({ labeler: id, item, move: 'stay' })?.submitted),
    ),
    queues: labelers.map(({ id }) => [
      project.demonstrations.counts({ labeler: id }).submitted,
      project.rankings.counts({ labeler: id }, { overlap: 0 }).submitted,
    ]),
    exports: project.exports.rows({ layout: 'ranking', filter: {}, includeHeldOut: true }),
  };
}

/** A project in which everything has happened once, and its labeler. */
function busy(): { project: Project; labeler: number } {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  addItems(project, 4);
  const [first] = addPrompts(project, prompt('one', { author: 'x' }), prompt('two', { author: 'y' }));
  project.demonstrations.submit(demonstration(labeler, first!, 'first try'));
  project.rankings.submit(submission(labeler, firstItem(project, labeler)!), alone);
  evaluated(project, 2, [{ labeler: 'Sim', ranks: [1, 2, 3] }]);
  newEvaluation(project, 2);
  project.rounds.start({ path: 'models/sft', name: 'sft' });
  return { project, labeler };
}

const changes: Record<string, (project: Project, labeler: number) => number> = {
  'adding prompts': (project) => project.prompts.add([prompt('new')]).change,
  'editing a prompt': (project) =>
    project.prompts.edit({ id: 1, fields: { text: 'edited', split: 'test' } }).change,
  'removing every prompt': (project) => project.prompts.remove({ filter: {} }).change,
  'redacting a prompt': (project) =>
    project.prompts.redact([{ promptId: 1, kind: 'phone', start: 0, end: 6, text: 'prompt' }]).change,
  'splitting by author': (project) =>
    project.prompts.splitByAuthor({ validation: 0.5, test: 0.5, seed: 1 }).change,
  'an import': (project) =>
    project.imports.apply({
      source: 'rows.jsonl',
      prompts: [prompt('imported'), { id: 1 }],
      demonstrations: [{ prompt: 1, text: 'answer', labeler: 'Someone' }],
      rankings: [{ prompt: 0, completions: ['a', 'b'], ranks: [2, 1] }],
    }).change,
  'submitting a demonstration anew': (project, labeler) =>
    project.demonstrations.submit(demonstration(labeler, project.prompts.ids({}).at(-2)!, 'second try'))
      .change,
  'skipping what was submitted': (project, labeler) =>
    project.demonstrations.skip({ labeler, prompt: project.prompts.ids({}).at(-2)!, reason: 'odd', effort })
      .change,
  'submitting a ranking that is asked again': (project, labeler) =>
    project.rankings.submit(submission(labeler, firstItem(project, labeler)!), { reask: 1 }).change,
  'queueing completions': (project) =>
    project.rankings.add([
      { prompt: 1, completions: [{ text: 'a', origin: { kind: 'imported', name: 'b', settings: {} } }] },
    ]).change,
  'queueing an exchange': (project) =>
    project.rankings.addExchange({
      prompt: 'played',
      completions: ['a', 'b'].map((text) => ({ text, origin: { kind: 'sampled', name: 'c', settings: {} } })),
    }).change,
  'creating an evaluation': (project) => {
    newEvaluation(project, 2);
    return project.changes.latest();
  },
  'answering for an evaluation, by a labeler who is new': (project) => {
    const [asked] = project.evaluations.unanswered(2);
    const judgments = [{ labeler: 'New', ranks: [1, 2, 3] }];
    project.evaluations.addAnswers({ evaluation: 2, prompt: asked!.id, answers, judgments });
    return project.changes.latest();
  },
  'judging an evaluation': (project, labeler) => {
    const item = project.rankings.item({ labeler, evaluation: 1, move: 'stay' }, alone)!;
    return project.rankings.submit(submission(labeler, item), alone).change;
  },
  'removing an evaluation': (project) => project.evaluations.remove({ id: 1 }).change,
  'starting a round': (project) => {
    project.rounds.start({ path: 'models/sft', name: 'sft' });
    return project.changes.latest();
  },
  'annotating a round': (project) => project.rounds.annotate({ id: 1, note: 'new' }).change,
  'removing a round': (project) => project.rounds.remove({ id: 1 }).change,
};

it.each(Object.entries(changes))('%s is undone, redone and undone after reopening', (_, change) => {
  const busied = busy();
  const { labeler } = busied;
  let { project } = busied;
  const before = seen(project);
  const made = change(project, labeler);
  const after = seen(project);
  expect(after).not.toEqual(before);
  project = reopened(project);
  const undo = project.changes.undo(made);
  expect(seen(project)).toEqual(before);
  project = reopened(project);
  const redo = project.changes.undo(undo.change);
  expect(seen(project)).toEqual(after);
  project.changes.undo(redo.change);
  expect(seen(project)).toEqual(before);
});

it('undoes one submission after another, back to the first', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  const [id] = addPrompts(project, 'p');
  const submitted = () => project.demonstrations.item({ labeler, item: id!, move: 'stay' })!.submitted;
  const made = ['one', 'two', 'three'].map((text) =>
    project.demonstrations.submit(demonstration(labeler, id!, text)),
  );
  const seenBack = made.toReversed().map(({ change }) => {
    project.changes.undo(change);
    return submitted();
  });
  expect(seenBack).toEqual(['two', 'one', null]);
});

it('opens a submission that was undone in the editor again', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  addItems(project, 1);
  const [id] = project.prompts.ids({});
  const demonstrated = project.demonstrations.submit(demonstration(labeler, id!, 'my words'));
  const item = firstItem(project, labeler)!;
  const ranked = project.rankings.submit(submission(labeler, item), alone);
  project.changes.undo(demonstrated.change);
  project.changes.undo(ranked.change);
  expect(project.demonstrations.item({ labeler, move: 'stay' })).toMatchObject({
    status: 'draft',
    draft: 'my words',
  });
  expect(firstItem(project, labeler)).toMatchObject({
    status: 'draft',
    draft: submission(labeler, item).answer,
  });
});

it('refuses where a later change stands on it, naming that, and leaves all as it was', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  const added = project.prompts.add([prompt('p')]);
  const [id] = project.prompts.ids({});
  const edited = project.prompts.edit({ id: id!, fields: { text: 'q' } });
  const label = project.demonstrations.submit(demonstration(labeler, id!, 'yes'));
  expect(() => project.changes.undo(added.change)).toThrow(
    `change ${added.change} (1 prompt added) cannot be undone, for change ${edited.change} (1 prompt edited) stands on it: undo that first`,
  );
  project.changes.undo(edited.change);
  expect(() => project.changes.undo(added.change)).toThrow(
    `for change ${label.change} (a demonstration submitted) stands on it`,
  );
  expect(textsOf(project)).toEqual(['p']);
  project.changes.undo(label.change);
  project.changes.undo(added.change);
  expect(textsOf(project)).toEqual([]);
});

it('refuses to bring back what something else has replaced', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  const [id] = addPrompts(project, 'p');
  const first = project.demonstrations.submit(demonstration(labeler, id!, 'one'));
  const undo = project.changes.undo(first.change);
  project.demonstrations.submit(demonstration(labeler, id!, 'two'));
  expect(() => project.changes.undo(undo.change)).toThrow(/\(a demonstration submitted\) stands on it/);
});

it('refuses what is undone already, and what never was', () => {
  const project = newProject();
  const { change } = project.prompts.add([prompt('p')]);
  project.changes.undo(change);
  expect(() => project.changes.undo(change)).toThrow(`change ${change} (1 prompt added) is undone already`);
  expect(() => project.changes.undo(99)).toThrow('there is no change 99');
});
