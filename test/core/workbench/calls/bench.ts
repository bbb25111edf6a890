/** A whole workbench with a fresh project for every case, and what cases begin with. */
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { CallName, ImportMapping, RunSummary } from '../../../../core/contract/calls.ts';
import type { PromptFields } from '../../../../core/contract/entities.ts';
import { TestBench } from '../open-workbench.ts';
import { tinyForm, tinyWorld, type tinyRequests, type World } from '../tiny.ts';

/** An example of every call. */
export type Cases = { readonly [N in CallName]: () => Promise<void> };

export let bench: TestBench;
export let world: World;
let projects = 0;

/** Where the project of this case is. */
export const projectPath = () => bench.at('projects', String(projects));

export function useBench(): void {
  beforeAll(async () => {
    world = tinyWorld();
    bench = await TestBench.open();
  });
  afterAll(async () => {
    await bench.close();
    rmSync(world.root, { recursive: true });
  });
  beforeEach(async () => {
    bench.called.clear();
    await bench.call('project.create', { path: bench.at('projects', String(++projects)), name: 'Test' });
  });
}

export const effort = { activeMs: 4000, idleMs: 1000 };

export const prompt = (text: string, fields: Partial<PromptFields> = {}): PromptFields => ({
  text,
  ...{ kind: 'plain', useCase: null, author: null, split: 'train' },
  ...fields,
});

export const addPrompts = (...prompts: PromptFields[]) => bench.call('prompts.add', { prompts });
export const page = async () => (await bench.call('prompts.page', { offset: 0, limit: 100 })).rows;
export const texts = async () => (await page()).map(({ text }) => text);
export const addLabeler = async (name = 'Ada') => (await bench.call('labelers.add', { name })).id;

/** A prompt that waits for a labeler's answer. */
export async function waitingPrompt() {
  await addPrompts(prompt('the cat'));
  const labeler = await addLabeler();
  const item = (await bench.call('demonstrate.item', { labeler }))!;
  return { labeler, prompt: item.prompt.id };
}

export async function submitDemonstration() {
  const asked = await waitingPrompt();
  const { change } = await bench.call('demonstrate.submit', { ...asked, text: ' sat', effort });
  return { ...asked, change };
}

/** Sampled completions that wait to be ranked. */
export async function waitingItem() {
  await addPrompts(prompt('the cat'));
  const { work } = await bench.call('rank.sample', {
    models: [world.model],
    ...{ prompts: 1, completions: 3, maxTokens: 8 },
  });
  expect(await bench.ended(work)).toMatchObject({ state: 'done' });
  const labeler = await addLabeler();
  return { labeler, item: (await bench.call('rank.item', { labeler }))! };
}

export async function submitRanking() {
  const { labeler, item } = await waitingItem();
  const shownOrder = item.candidates.map(({ id }) => id);
  const ranks = Object.fromEntries(shownOrder.map((id, i) => [id, i + 1]));
  const { id, seed } = item;
  const change = await bench.call('rank.submit', {
    ...{ labeler, item: id, answer: { ranks }, shownOrder, seed, effort },
  });
  return { labeler, item, ranks, change: change.change };
}

export const mapping: ImportMapping = {
  layout: 'prompt-completion',
  columns: { prompt: 'prompt', completion: 'completion' },
  defaults: {},
};

/** An import of the tiny demonstrations, its bytes sent as a window sends them. */
export async function upload(): Promise<string> {
  const { id } = await bench.call('import.begin', { file: 'demonstrations.jsonl' });
  const bytes = readFileSync(world.demonstrations);
  await bench.call('import.append', { id, bytes: bytes.subarray(0, 100) });
  await bench.call('import.append', { id, bytes: bytes.subarray(100) });
  return id;
}

type Algorithm = keyof typeof tinyRequests;

/** Starts a tiny run through the window's own call. */
export async function startRun(name: string, algorithm: Algorithm, changes: object = {}): Promise<string> {
  const { work } = await bench.call('runs.start', tinyForm(world, algorithm, name, changes));
  return work;
}

export const train = (name: string, steps = 4): Promise<string> => startRun(name, 'pretrain', { steps });

/** A finished run of two PPO steps. */
export async function ppoRun(name = 'policy'): Promise<RunSummary> {
  expect(await bench.ended(await startRun(name, 'ppo', { episodes: 8 }))).toMatchObject({ state: 'done' });
  return (await bench.call('runs.list', {}))[0]!;
}

/** Stops a run that would never end, after a step or more. */
export async function stoppedRun(): Promise<RunSummary> {
  const work = await train('long', 1_000_000);
  await bench.work(work, ({ done }) => done > 0);
  await bench.call('work.stop', { id: work });
  expect(await bench.ended(work)).toMatchObject({ state: 'cancelled', resumable: true });
  return (await bench.call('runs.list', {}))[0]!;
}
