import Database from 'better-sqlite3';
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sha256OfFolder } from '../../../core/data/files.ts';
import { readDemonstrations, readPrompts, readRankings } from '../../../core/data/records.ts';
import type { Project } from '../../../core/project/project.ts';
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

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** Prompts of two splits, a demonstration, and rankings with ties and gaps. */
function labeled(): { project: Project; labeler: number } {
  const project = newProject();
  const { id: labeler } = project.labelers.add({ name: 'Ann' });
  addItems(project, 3, 3);
  const [aside] = addPrompts(
    project,
    prompt('aside', { split: 'validation', author: 'Bob', useCase: 'chat' }),
  );
  project.demonstrations.submit(demonstration(labeler, aside!, 'an answer'));
  for (const ranks of [
    [1, 2, 2],
    [2, 1],
    [3, 1, 2],
  ]) {
    const item = firstItem(project, labeler)!;
    project.rankings.submit(submission(labeler, item, byId(item, ranks)), alone);
  }
  return { project, labeler };
}

/** Everything that could change what a snapshot holds. */
function changeAll(project: Project, labeler: number): void {
  const [first, second] = project.prompts.ids({});
  project.prompts.edit({ id: first!, fields: { text: 'edited', split: 'test' } });
  const { change } = project.prompts.remove({ ids: [second!] });
  project.changes.undo(change);
  project.prompts.splitByAuthor({ validation: 0.5, test: 0.5, seed: 1 });
  const item = project.rankings.item({ labeler, item: 1, move: 'stay' }, alone)!;
  project.rankings.submit(submission(labeler, item, byId(item, [1, 1, 1])), alone);
  project.labelers.change({ id: labeler, name: 'Anna', heldOut: true });
  project.prompts.remove({ filter: {} });
  addPrompts(project, 'later');
}

it('is made of files that training reads', () => {
  const { project } = labeled();
  const { id, counts } = project.snapshots.create({ name: 'Spring data' });
  expect(counts).toEqual({ prompts: 4, demonstrations: 1, rankings: 3 });
  const { folder } = project.snapshots.rebuild({ id });
  expect(readdirSync(folder)).toEqual([
    'demonstrations.validation.jsonl',
    'prompts.train.jsonl',
    'prompts.validation.jsonl',
    'rankings.train.jsonl',
  ]);
  expect(readPrompts(join(folder, 'prompts.validation.jsonl'))).toMatchObject([
    { prompt: 'aside', author: 'Bob', useCase: 'chat', kind: 'plain' },
  ]);
  expect(readDemonstrations(join(folder, 'demonstrations.validation.jsonl'))).toEqual([
    { prompt: 'aside', completion: 'an answer', labeler: 'Ann', split: 'validation' },
  ]);
  const rankings = readRankings(join(folder, 'rankings.train.jsonl'));
  expect(rankings.map(({ ranks }) => ranks).toSorted()).toEqual([
    [1, 2, 2],
    [2, 1],
    [3, 1, 2],
  ]);
});

it('is rebuilt bit for bit after edits, removals, undos and reopening', () => {
  const { project, labeler } = labeled();
  const snapshot = project.snapshots.create({ name: 'first' });
  const { folder } = project.snapshots.rebuild({ id: snapshot.id });
  const files = filesIn(folder);
  changeAll(project, labeler);
  const later = project.snapshots.create({ name: 'second' });
  expect(later.sha256).not.toBe(snapshot.sha256);
  rmSync(folder, { recursive: true });
  const again = reopened(project);
  expect(again.snapshots.rebuild({ id: snapshot.id })).toEqual({ folder, sha256: snapshot.sha256 });
  expect(filesIn(folder)).toEqual(files);
  expect(sha256OfFolder(folder)).toBe(snapshot.sha256);
  expect(again.snapshots.list()).toEqual([snapshot, later]);
});

it('is mended by rebuilding where somebody has changed its files', () => {
  const { project } = labeled();
  const { id, sha256 } = project.snapshots.create({ name: 'first' });
  const { folder } = project.snapshots.rebuild({ id });
  appendFileSync(join(folder, 'prompts.train.jsonl'), 'scribble');
  project.snapshots.rebuild({ id });
  expect(sha256OfFolder(folder)).toBe(sha256);
});

it('tells where the history itself was tampered with', () => {
  const { project } = labeled();
  const { id } = project.snapshots.create({ name: 'first' });
  const database = new Database(join(project.path, 'project.sqlite'));
  database.exec("UPDATE prompt_texts SET text = 'other' WHERE id = 1");
  database.close();
  expect(() => project.snapshots.rebuild({ id })).toThrow('is not what snapshot first was');
});

it('is refused without a name of its own, or of an empty project', () => {
  const project = newProject();
  expect(() => project.snapshots.create({ name: 'none' })).toThrow('the project is empty');
  addPrompts(project, 'p');
  project.snapshots.create({ name: 'One' });
  expect(() => project.snapshots.create({ name: 'one' })).toThrow('there is a snapshot named one already');
  expect(() => project.snapshots.rebuild({ id: 9 })).toThrow('there is no snapshot 9');
});

it('labels cannot be overwritten or deleted, not even by hand', () => {
  const { project } = labeled();
  const database = new Database(join(project.path, 'project.sqlite'));
  for (const sql of [
    "UPDATE rankings SET ranks = '{}'",
    'DELETE FROM rankings',
    "UPDATE demonstrations SET text = 'x'",
    'DELETE FROM changes',
    "UPDATE changes SET kind = 'imported'",
  ])
    expect(() => database.exec(sql), sql).toThrow(/are never (overwritten|deleted)/);
  database.close();
});
