/** Small projects in temporary folders, for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { CallOutput } from '../../../core/contract/calls.ts';
import type { Origin, PromptFields } from '../../../core/contract/entities.ts';
import { Project } from '../../../core/project/project.ts';

const folders: string[] = [];
const opened: Project[] = [];

afterEach(() => {
  for (const project of opened.splice(0)) project.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  folders.push(folder);
  return folder;
}

/** Closed and removed after the test. */
export function keep(project: Project): Project {
  opened.push(project);
  return project;
}

export const newProject = (): Project => keep(Project.create(newFolder(), 'Test', { seed: 7 }));

/** The same project as the next day finds it. */
export function reopened(project: Project): Project {
  opened.splice(opened.indexOf(project), 1);
  project.close();
  return keep(Project.open(project.path));
}

export const prompt = (text: string, fields: Partial<PromptFields> = {}): PromptFields => ({
  text,
  kind: 'plain',
  useCase: null,
  author: null,
  split: 'train',
  ...fields,
});

export const effort = { activeMs: 1200, idleMs: 300 };

/** The ids of new prompts. */
export function addPrompts(project: Project, ...prompts: (string | PromptFields)[]): number[] {
  project.prompts.add(prompts.map((fields) => (typeof fields === 'string' ? prompt(fields) : fields)));
  return project.prompts.ids({}).slice(-prompts.length);
}

const sampled: Origin = { kind: 'sampled', name: 'models/sft', settings: { temperature: 1 } };

/** New prompts with so many completions each, waiting to be ranked. */
export function addItems(project: Project, count: number, completions = 4): void {
  const prompts = addPrompts(project, ...Array.from({ length: count }, (_, i) => `prompt ${i}`));
  const texts = Array.from({ length: completions }, (_, i) => ({ text: `completion ${i}`, origin: sampled }));
  project.rankings.add(prompts.map((id) => ({ prompt: id, completions: texts })));
}

type Answered = Parameters<Project['evaluations']['addAnswers']>[0];

/** An evaluation of three models, not answered yet. */
export const newEvaluation = (project: Project, prompts: number): number =>
  project.evaluations.create({
    ...{ name: 'Test', rewardModel: null, simulated: false, filter: {}, prompts },
    models: ['base', 'sft', 'ppo'].map((name) => ({ path: `models/${name}`, name })),
    settings: { temperature: 1, topP: 1, maxTokens: 8, seed: 1 },
  }).id;

/** What three models say, the best last. */
export const answers: Answered['answers'] = ['bad', 'fair', 'good'].map((text, i) => ({
  text,
  settings: { tokens: i + 1, ended: i > 0, reward: i / 2 },
}));

/** An evaluation whose prompts are all answered. */
export function evaluated(project: Project, prompts: number, judgments: Answered['judgments'] = []): number {
  const id = newEvaluation(project, prompts);
  for (const { id: prompt } of project.evaluations.unanswered(id))
    project.evaluations.addAnswers({ evaluation: id, prompt, answers, judgments });
  return id;
}

/** The items that a labeler is asked from a first one on, going in one direction. */
export function walk(
  project: Project,
  asked: { labeler: number; evaluation?: number },
  from: Item | null,
  move: 'next' | 'previous' = 'next',
): Item[] {
  const passed: Item[] = [];
  for (let item = from; item !== null; item = project.rankings.item({ ...asked, item: item.id, move }, alone))
    passed.push(item);
  return passed;
}

export type Item = NonNullable<CallOutput<'rank.item'>>;
export const alone = { overlap: 0, order: 'random', reask: 0 } as const;

/** The first item that waits for a labeler. */
export const firstItem = (
  project: Project,
  labeler: number,
  labeling: { overlap: number; order: 'random' | 'uncertainty' } = alone,
) => project.rankings.item({ labeler, move: 'stay' }, labeling);

/** Ranks by the order of ids, the lowest best, unless ranks are given by that order. */
export const byId = (item: Item, ranks: readonly number[] = item.candidates.map((_, i) => i + 1)) =>
  Object.fromEntries(
    item.candidates
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .map((id, i) => [String(id), ranks[i]])
      .filter(([, rank]) => rank !== undefined),
  ) as Record<string, number>;

export const submission = (labeler: number, item: Item, ranks = byId(item)) => ({
  labeler,
  item: item.id,
  verdict: 'ranked' as const,
  answer: { ratings: {}, ranks },
  shownOrder: item.candidates.map(({ id }) => id),
  seed: item.seed,
  effort,
});

export const demonstration = (labeler: number, id: number, text: string) => ({
  labeler,
  prompt: id,
  text,
  effort,
  startedFrom: null,
});

const defaults = { sort: { by: 'id', descending: false }, offset: 0, limit: 500 } as const;

/** The texts of a page of prompts. */
export const textsOf = (
  project: Project,
  asked: Partial<Parameters<Project['prompts']['page']>[0]> = {},
): string[] => project.prompts.page({ filter: {}, ...defaults, ...asked }).rows.map(({ text }) => text);
