import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NEWEST_VERSION } from '../../../core/project/migrations.ts';
import { Project } from '../../../core/project/project.ts';
import { alone, keep, newFolder, textsOf } from './projects.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/projects');
const versions = Array.from({ length: NEWEST_VERSION }, (_, i) => i + 1);

it.each(versions)('a project of version %i opens with all that was in it', (version) => {
  const folder = newFolder();
  cpSync(join(fixtures, `version-${version}`), folder, { recursive: true });
  const project = keep(Project.open(folder));
  const { name, counts, guidelines, labeler, starter } = project.summary();
  expect({ name, counts, guidelines, starter }).toEqual({
    name: 'Fixture',
    counts: { prompts: 3, demonstrations: 1, completions: 6, rankings: 2, runs: 0 },
    guidelines: 'Be kind.',
    starter: false,
  });
  expect(textsOf(project)).toEqual(['Name a bird.', 'Name a small fish.', 'Name a tree.']);
  expect(textsOf(project, { filter: { search: 'small' } })).toHaveLength(1);
  expect(project.labelers.list().map((who) => [who.name, who.heldOut, who.simulated])).toEqual([
    ['Written', false, false],
    ['Aside', true, true],
    ['Ann', false, false],
  ]);
  const asked = { labeler: labeler!.id };
  expect(project.demonstrations.item({ ...asked, move: 'stay' })).toMatchObject({
    draft: 'A min',
    status: 'draft',
  });
  expect(project.demonstrations.counts(asked)).toEqual({
    pending: 0,
    draft: 1,
    submitted: 0,
    skipped: 1,
    flagged: 1,
  });
  expect(project.rankings.counts(asked, alone)).toMatchObject({ pending: 1, submitted: 1 });
  expect(project.rankings.item({ ...asked, item: 2, move: 'stay' }, alone)!.submitted).toEqual({
    ratings: { 4: { overall: 6, labels: { hallucination: false } } },
    ranks: { 4: 1, 6: 1 },
  });
  expect(project.snapshots.list()).toMatchObject([
    { name: 'First', counts: { prompts: 3, demonstrations: 1, rankings: 1 } },
  ]);
});

it.each(versions)('a snapshot of version %i is rebuilt as it was', (version) => {
  const folder = newFolder();
  cpSync(join(fixtures, `version-${version}`), folder, { recursive: true });
  const project = keep(Project.open(folder));
  const [snapshot] = project.snapshots.list();
  const rebuilt = project.snapshots.rebuild({ id: snapshot!.id });
  expect(rebuilt.sha256).toBe(snapshot!.sha256);
  expect(existsSync(join(rebuilt.folder, 'prompts.validation.jsonl'))).toBe(true);
});
