import { expect, it } from 'vitest';
import { addPrompts, alone, firstItem, newProject, reopened, submission } from './projects.ts';

const policy = { path: 'models/sft', name: 'sft' };
const origin = { kind: 'sampled', name: policy.path, settings: {} } as const;
const completions = ['one', 'other'].map((text) => ({ text, origin }));

it('a round counts what was sampled in it, and what of that is ranked', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  const prompts = addPrompts(project, 'a', 'b', 'c');
  const items = prompts.map((prompt) => ({ prompt, completions }));
  const [first, second] = [project.rounds.start(policy), project.rounds.start(policy)];
  project.rankings.add(items.slice(0, 2), { round: first.id });
  project.rankings.add(items.slice(2));
  expect(project.rounds.list()).toMatchObject([
    { id: first.id, number: 1, policy, note: '', items: 2, ranked: 0 },
    { id: second.id, number: 2, items: 0, ranked: 0 },
  ]);
  for (let item; (item = firstItem(project, labeler)) !== null;)
    project.rankings.submit(submission(labeler, item), { reask: 1 });
  expect(project.rankings.counts({ labeler }, alone)).toMatchObject({ submitted: 6 });
  expect(project.rounds.list()).toMatchObject([{ items: 2, ranked: 2 }, { ranked: 0 }]);
});

it('what was sampled in a round is asked before all else, and that of the newest first', () => {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  const items = addPrompts(project, 'a', 'b', 'c', 'd', 'e').map((prompt) => ({ prompt, completions }));
  const [first, second] = [project.rounds.start(policy), project.rounds.start(policy)];
  project.rankings.add(items.slice(0, 2));
  project.rankings.add(items.slice(2, 4), { round: first.id });
  project.rankings.add(items.slice(4), { round: second.id });
  const asked: string[] = [];
  for (let item; (item = firstItem(project, labeler)) !== null;) {
    asked.push(item.prompt.text);
    project.rankings.submit(submission(labeler, item), { reask: 0 });
  }
  expect(asked[0]).toBe('e');
  expect(asked.slice(1, 3).toSorted()).toEqual(['c', 'd']);
  expect(asked.slice(3).toSorted()).toEqual(['a', 'b']);
});

it('a note is kept, and each change of it can be taken back', () => {
  const project = newProject();
  const { id } = project.rounds.start(policy);
  project.rounds.annotate({ id, note: 'one' });
  const { change } = project.rounds.annotate({ id, note: 'two' });
  const again = reopened(project);
  expect(again.rounds.require(id).note).toBe('two');
  again.changes.undo(change);
  expect(again.rounds.require(id).note).toBe('one');
});

it('a round that is removed leaves its items, and comes back to its place', () => {
  const project = newProject();
  const [prompt] = addPrompts(project, 'a');
  const [first, second] = [project.rounds.start(policy), project.rounds.start(policy)];
  project.rankings.add([{ prompt: prompt!, completions }], { round: first.id });
  const before = project.rounds.list();
  const { change } = project.rounds.remove({ id: first.id });
  expect(project.rounds.list()).toMatchObject([{ id: second.id, number: 1 }]);
  expect(project.rankings.waiting()).toHaveLength(1);
  expect(() => project.rounds.require(first.id)).toThrow(`there is no round ${first.id}`);
  const again = reopened(project);
  const undo = again.changes.undo(change);
  expect(again.rounds.list()).toEqual(before);
  again.changes.undo(undo.change);
  expect(again.rounds.list()).toMatchObject([{ id: second.id }]);
});
