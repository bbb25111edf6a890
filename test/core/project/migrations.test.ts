import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NEWEST_VERSION } from '../../../core/project/migrations.ts';
import { Project } from '../../../core/project/project.ts';
import { alone, evaluated, keep, newFolder, submission, textsOf } from './projects.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/projects');
const versions = Array.from({ length: NEWEST_VERSION }, (_, i) => i + 1);

/** A copy of the fixture, brought to the newest version. */
function fixture(version: number): Project {
  const folder = newFolder();
  cpSync(join(fixtures, `version-${version}`), folder, { recursive: true });
  return keep(Project.open(folder));
}

/** Ranking items that each version's fixture has besides the first's. */
const more = (version: number) => (version === 1 ? 0 : 1);

it.each(versions)('a project of version %i opens with all that was in it', (version) => {
  const project = fixture(version);
  const { name, counts, guidelines, labeler, starter } = project.summary();
  expect({ name, counts, guidelines, starter }).toEqual({
    name: 'Fixture',
    counts: { prompts: 3, demonstrations: 1, completions: 6 + 2 * more(version), rankings: 2, runs: 0 },
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
  expect(project.rankings.counts(asked, alone)).toMatchObject({ pending: 1 + more(version), submitted: 1 });
  expect(project.rankings.item({ ...asked, item: 2, move: 'stay' }, alone)!.submitted).toEqual({
    ratings: { 4: { overall: 6, labels: { hallucination: false } } },
    ranks: { 4: 1, 6: 1 },
  });
  expect(project.snapshots.list()).toMatchObject([
    { name: 'First', counts: { prompts: 3, demonstrations: 1, rankings: 1 } },
  ]);
});

it.each(versions)('a snapshot of version %i is rebuilt as it was', (version) => {
  const project = fixture(version);
  const [snapshot] = project.snapshots.list();
  const rebuilt = project.snapshots.rebuild({ id: snapshot!.id });
  expect(rebuilt.sha256).toBe(snapshot!.sha256);
  expect(existsSync(join(rebuilt.folder, 'prompts.validation.jsonl'))).toBe(true);
});

it.each(versions)('a project of version %i can be labeled and evaluated', (version) => {
  const project = fixture(version);
  const labeler = project.labelers.current()!.id;
  const { counts } = project.summary();
  const ranked = project.rankings.submit(
    submission(labeler, project.rankings.item({ labeler, move: 'stay' }, alone)!),
    alone,
  );
  const evaluation = evaluated(project, 2);
  expect(project.evaluations.list().at(-1)).toMatchObject({
    id: evaluation,
    prompts: 2,
    answered: 2,
    judged: 0,
  });
  project.changes.undo(ranked.change);
  expect(project.summary().counts).toEqual(counts);
});

it('an evaluation and a round of version 2 are read as they were', () => {
  const project = fixture(2);
  expect(project.evaluations.list()).toMatchObject([
    {
      name: 'First',
      models: [{ name: 'base' }, { name: 'sft' }],
      rewardModel: '/models/reward',
      settings: { temperature: 0.7, topP: 0.9, maxTokens: 16, seed: 3 },
      ...{ prompts: 2, answered: 1, judged: 1 },
    },
  ]);
  expect(project.evaluations.unanswered(1)).toEqual([{ id: 2, text: 'Name a small fish.' }]);
  expect(project.evaluations.results(1).items).toMatchObject([
    { useCase: 'chat', answers: [{ reward: -0.5 }, { reward: 1.5 }], judgments: [{ ranks: [2, 1] }] },
  ]);
  expect(project.rounds.list()).toMatchObject([
    { number: 1, policy: { path: '/models/sft', name: 'sft' }, note: 'The first.', items: 1, ranked: 0 },
  ]);
});
