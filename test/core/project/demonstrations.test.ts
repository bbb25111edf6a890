import { expect, it } from 'vitest';
import type { Project } from '../../../core/project/project.ts';
import { addPrompts, demonstration, effort, newProject, reopened } from './projects.ts';

function withPrompts(): { project: Project; ann: number; bob: number; ids: number[] } {
  const project = newProject();
  const ids = addPrompts(project, 'a', 'b', 'c', 'd');
  return {
    project,
    ids,
    ann: project.labelers.add({ name: 'Ann' }).id,
    bob: project.labelers.add({ name: 'Bob' }).id,
  };
}

const first = (project: Project, labeler: number) => project.demonstrations.item({ labeler, move: 'stay' });

it('keeps a draft over reopening, and forgets it where it is emptied', () => {
  const { project, ann, ids } = withPrompts();
  project.demonstrations.saveDraft({ labeler: ann, prompt: ids[0]!, text: 'half a sen' });
  const again = reopened(project);
  expect(first(again, ann)).toMatchObject({ status: 'draft', draft: 'half a sen', submitted: null });
  again.demonstrations.saveDraft({ labeler: ann, prompt: ids[0]!, text: '' });
  expect(first(again, ann)).toMatchObject({ status: 'pending', draft: null });
});

it('never lets a draft overwrite what was submitted', () => {
  const { project, ann, ids } = withPrompts();
  project.demonstrations.submit(demonstration(ann, ids[0]!, 'whole'));
  project.demonstrations.saveDraft({ labeler: ann, prompt: ids[0]!, text: 'another' });
  expect(project.demonstrations.item({ labeler: ann, item: ids[0]!, move: 'stay' })).toMatchObject({
    status: 'submitted',
    submitted: 'whole',
    draft: 'another',
  });
  expect(project.exports.rows({ layout: 'prompt-completion', filter: {}, includeHeldOut: false })).toEqual([
    { prompt: 'a', completion: 'whole' },
  ]);
});

it('takes an exchange from elsewhere as a draft, but never over another that somebody wrote', () => {
  const { project, ann, bob, ids } = withPrompts();
  project.demonstrations.saveDraft({ labeler: ann, prompt: ids[0]!, text: 'half a sen' });
  const sent = { labeler: ann, prompt: 'a', text: 'of a model' };
  expect(() => project.demonstrations.add(sent)).toThrow(`prompt ${ids[0]!} has a draft of yours already`);
  expect(first(project, ann)).toMatchObject({ draft: 'half a sen' });
  expect(project.demonstrations.add({ ...sent, labeler: bob })).toEqual({ prompt: ids[0]! });
  // Sent twice it is there once.
  expect(project.demonstrations.add({ ...sent, labeler: bob })).toEqual({ prompt: ids[0]! });
  expect(first(project, bob)).toMatchObject({ draft: 'of a model' });
});

it('asks each prompt of one labeler, but for those that were skipped', () => {
  const { project, ann, bob, ids } = withPrompts();
  project.demonstrations.submit(demonstration(ann, ids[0]!, 'yes'));
  project.demonstrations.skip({ labeler: ann, prompt: ids[1]!, reason: 'unclear', effort });
  project.demonstrations.flag({ labeler: ann, prompt: ids[2]!, reason: 'rude' });
  expect(first(project, ann)!.prompt.id).toBe(ids[2]);
  expect(first(project, bob)!.prompt.id).toBe(ids[1]);
  expect(project.demonstrations.counts({ labeler: ann })).toEqual({
    pending: 2,
    draft: 0,
    submitted: 1,
    skipped: 1,
    flagged: 1,
  });
  expect(project.demonstrations.counts({ labeler: bob })).toMatchObject({ pending: 3, submitted: 0 });
});

it('keeps what was written where the prompt is skipped, and undone', () => {
  const { project, ann, ids } = withPrompts();
  const written = { labeler: ann, prompt: ids[0]!, text: 'half a sen' };
  project.demonstrations.saveDraft(written);
  const { change } = project.demonstrations.skip({
    labeler: ann,
    prompt: ids[0]!,
    reason: 'unclear',
    effort,
  });
  const shown = () => project.demonstrations.item({ labeler: ann, item: ids[0]!, move: 'stay' });
  expect(shown()).toMatchObject({ status: 'skipped', draft: 'half a sen' });
  expect(project.demonstrations.counts({ labeler: ann })).toMatchObject({ pending: 3, draft: 0, skipped: 1 });
  project.changes.undo(change);
  expect(shown()).toMatchObject({ status: 'draft', draft: 'half a sen' });
});

it('leads back to what was begun or flagged, though another has answered it', () => {
  const { project, ann, bob, ids } = withPrompts();
  project.demonstrations.saveDraft({ labeler: ann, prompt: ids[1]!, text: 'half a sen' });
  project.demonstrations.flag({ labeler: ann, prompt: ids[2]!, reason: 'rude' });
  for (const id of ids) project.demonstrations.submit(demonstration(bob, id, 'yes'));
  expect(project.demonstrations.counts({ labeler: ann })).toMatchObject({ pending: 0, draft: 1 });
  const next = (item: number) => project.demonstrations.item({ labeler: ann, item, move: 'next' })?.prompt.id;
  expect(next(ids[0]!)).toBe(ids[1]);
  expect(next(ids[1]!)).toBe(ids[2]);
  expect(next(ids[2]!)).toBeUndefined();
});

it('moves to both sides of a prompt, over what this labeler did and others did not', () => {
  const { project, ann, bob, ids } = withPrompts();
  project.demonstrations.submit(demonstration(ann, ids[0]!, 'yes'));
  project.demonstrations.submit(demonstration(bob, ids[1]!, 'yes'));
  const beside = (labeler: number, item: number, move: 'next' | 'previous') =>
    project.demonstrations.item({ labeler, item, move })?.prompt.id;
  expect(beside(ann, ids[0]!, 'next')).toBe(ids[2]);
  expect(beside(ann, ids[2]!, 'previous')).toBe(ids[0]);
  expect(beside(bob, ids[2]!, 'previous')).toBe(ids[1]);
  expect(beside(ann, ids[3]!, 'next')).toBeUndefined();
});

it('refuses a labeler or a prompt that is not there', () => {
  const { project, ann, ids } = withPrompts();
  expect(() => project.demonstrations.submit(demonstration(99, ids[0]!, 'x'))).toThrow(
    'there is no labeler 99',
  );
  project.prompts.remove({ ids: [ids[0]!] });
  expect(() => project.demonstrations.submit(demonstration(ann, ids[0]!, 'x'))).toThrow(
    `the project holds no prompt ${ids[0]}`,
  );
});
