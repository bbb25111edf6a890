/** Work by the trainer on the starter, and what remains of it when processes die. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CallInput, RankingItem, Work } from '../../../core/contract/calls.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { loadModel, readWeights, saveModel, withScalarHead } from '../../../core/model/model.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { randomStream } from '../../../core/data/random.ts';
import { scoreCompletions } from '../../../core/workbench/sampling.ts';
import { uncertaintyOf } from '../../../core/workbench/uncertainty.ts';
import { openTestEngine } from '../../support/engine.ts';
import { isAlive } from '../../support/processes.ts';
import { TestBench } from './open-workbench.ts';
import { jsonLines } from './tiny.ts';

const starter = resolve('resources/starter');
const base = join(starter, 'model');

let bench: TestBench;
beforeAll(async () => {
  bench = await TestBench.open();
  await bench.call('project.openStarter', {});
  const { labeling } = await bench.call('app.settings', {});
  await bench.call('app.changeSettings', { labeling: { ...labeling, overlap: 0 } });
});
afterEach(() => {
  bench.heard.length = 0;
});
afterAll(() => bench.close());

const sampling = (prompts: number): CallInput<'rank.sample'> => ({
  models: [base],
  prompts,
  ...{ completions: 4, maxTokens: 12, filter: { splits: ['test'] } },
});

/** Six steps of supervised fine-tuning. */
function training(name: string): CallInput<'runs.start'> {
  const lines = readFileSync(join(starter, 'demonstrations.train.jsonl'), 'utf8').split('\n').slice(0, 12);
  writeFileSync(bench.at('few.jsonl'), lines.join('\n'));
  return {
    ...{ name, algorithm: 'sft', model: base, preset: 'starter' },
    data: { demonstrations: [bench.at('few.jsonl')] },
    settings: { epochs: 2, batchSize: 4, checkpointEvery: 2, pretrainingShare: 0, selection: 'last' },
  };
}

const progressed = ({ done }: Work): boolean => done > 0;

/** A second model of the same tokens: the base with every weight a little larger. */
function secondModel(): string {
  const model = loadModel(base);
  const grown = new Map(
    [...readWeights(model)].map(([name, data]) => [name, data.map((value) => value * 1.01)]),
  );
  saveModel({ ...model, weights: grown }, bench.at('second'));
  Tokenizer.load(base).save(bench.at('second'));
  return bench.at('second');
}

function rewardModel(): string {
  saveModel(withScalarHead(loadModel(base), randomStream(5, 'head')), bench.at('reward'));
  Tokenizer.load(base).save(bench.at('reward'));
  return bench.at('reward');
}

test('the starter holds the counts of its files, by simulated labelers of whom two are held out', async () => {
  const lines = (name: string) =>
    readFileSync(join(starter, `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n').length;
  const summary = (await bench.call('project.current', {}))!;
  expect(summary.counts).toMatchObject({
    prompts: lines('prompts.train') + lines('prompts.validation') + lines('prompts.test'),
    demonstrations: lines('demonstrations.train') + lines('demonstrations.validation'),
    rankings: lines('rankings.train') + lines('rankings.validation'),
  });
  expect(summary.guidelines).toBe(readFileSync(join(starter, 'guidelines.md'), 'utf8'));
  const labelers = await bench.call('labelers.list', {});
  expect(labelers.every(({ simulated }) => simulated)).toBe(true);
  expect(labelers.filter(({ heldOut }) => heldOut).map(({ name }) => name)).toEqual(['Gus', 'Hana']);
});

test('completions of three prompts by two models are queued, ranked blind, and revealed', async () => {
  const second = secondModel();
  const { work } = await bench.call('rank.sample', { ...sampling(3), models: [base, second] });
  expect(await bench.ended(work)).toMatchObject({ state: 'done', done: 3, total: 3 });
  const labeler = (await bench.call('labelers.add', { name: 'Ada' })).id;
  expect(await bench.call('rank.counts', { labeler })).toMatchObject({ submitted: 0 });
  const { id, candidates, seed } = (await bench.call('rank.item', { labeler }))!;
  expect(candidates).toHaveLength(4);
  expect(JSON.stringify(candidates)).not.toContain(second);
  const shownOrder = candidates.map((candidate) => candidate.id);
  const ranks = { [shownOrder[0]!]: 1, [shownOrder[1]!]: 2, [shownOrder[2]!]: 2 };
  await bench.call('rank.submit', {
    ...{ labeler, item: id, answer: { ranks }, shownOrder, seed },
    effort: { activeMs: 1, idleMs: 0 },
  });
  const origins = (await bench.call('rank.reveal', { labeler, item: id })).map(({ origin }) => origin.name);
  expect(origins.sort()).toEqual([base, base, second, second].sort());
});

test('a reward model puts first what it knows least about', async () => {
  const model = rewardModel();
  await bench.ended((await bench.call('rank.sample', sampling(6))).work);
  const { work } = await bench.call('rank.scoreQueue', { model });
  expect(await bench.ended(work)).toMatchObject({ state: 'done' });
  const { labeling } = await bench.call('app.settings', {});
  await bench.call('app.changeSettings', { labeling: { ...labeling, order: 'uncertainty' } });
  const labeler = (await bench.call('labelers.add', { name: 'Bo' })).id;
  const items: RankingItem[] = [];
  let item = await bench.call('rank.item', { labeler });
  while (item) {
    items.push(item);
    item = await bench.call('rank.item', { labeler, item: item.id, move: 'next' });
  }
  const uncertainties = await uncertaintiesOf(items, model);
  expect(uncertainties).toHaveLength(8);
  expect(uncertainties).toEqual(uncertainties.toSorted((a, b) => b - a));
});

/** What the queue's order should follow, by the way of the command line. */
async function uncertaintiesOf(items: readonly RankingItem[], model: string): Promise<number[]> {
  const engine = await openTestEngine();
  const records = items.flatMap(({ prompt, candidates }) =>
    candidates.map(({ text }) => ({ prompt: prompt.text, completion: text })),
  );
  const data = [jsonLines(bench.at('candidates.jsonl'), records)];
  const scores = await scoreCompletions({ model, data }, engine);
  await engine.dispose();
  const rewards = scores.map((score) => ('reward' in score ? score.reward : NaN));
  return items.map((_, i) => uncertaintyOf(rewards.slice(4 * i, 4 * i + 4)));
}

test('a trainer killed while it samples leaves what was complete, and says how it died', async () => {
  const before = (await bench.call('project.current', {}))!.counts.completions;
  const { work } = await bench.call('rank.sample', sampling(200));
  const { done } = await bench.work(work, progressed);
  process.kill(bench.trainer, 'SIGKILL');
  const ended = await bench.ended(work);
  expect(ended).toMatchObject({ state: 'failed', resumable: false });
  expect(ended.message).toMatch(/^the trainer was killed \(SIGKILL\)/);
  expect(bench.heard).toContainEqual({ event: 'trainerCrashed', data: { reason: ended.message } });
  const stored = (await bench.call('project.current', {}))!.counts.completions - before;
  expect(stored % 4).toBe(0);
  expect(stored).toBeGreaterThanOrEqual(4 * done);
  expect(stored).toBeLessThan(4 * 200);
});

test('sampling that is stopped keeps what it made, and the queue goes on', async () => {
  const first = (await bench.call('rank.sample', sampling(200))).work;
  const second = (await bench.call('rank.sample', sampling(1))).work;
  await bench.work(first, progressed);
  await bench.call('work.stop', { id: first });
  expect(await bench.ended(first)).toMatchObject({ state: 'cancelled' });
  expect(await bench.ended(second)).toMatchObject({ state: 'done' });
});

test('a run whose trainer is killed can be resumed, and then ends as if nothing had been', async () => {
  const { work } = await bench.call('runs.start', training('sft'));
  await bench.work(work, ({ done }) => done >= 3);
  process.kill(bench.trainer, 'SIGKILL');
  expect(await bench.ended(work)).toMatchObject({ state: 'failed', resumable: true });
  const [stopped] = await bench.call('runs.list', {});
  expect(stopped).toMatchObject({ name: 'sft', state: 'stopped', resumable: true });
  const resumed = await bench.call('runs.resume', { path: stopped!.path });
  expect(await bench.ended(resumed.work)).toMatchObject({ state: 'done' });
  const steps = RunFolder.open(stopped!.path)
    .readMetrics()
    .map(({ step }) => step);
  expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
  expect((await bench.call('work.list', {})).find(({ id }) => id === work)).toMatchObject({
    resumable: false,
  });
  expect(await bench.call('models.list', {})).toContainEqual(expect.objectContaining({ name: 'sft' }));
});

test('closing the project stops a run at a checkpoint, and it is found again', async () => {
  const { work } = await bench.call('runs.start', training('closed'));
  await bench.work(work, progressed);
  const { path } = (await bench.call('project.current', {}))!;
  await bench.call('project.close', {});
  expect(await bench.ended(work)).toMatchObject({ state: 'cancelled', resumable: true });
  await bench.call('project.open', { path });
  const run = (await bench.call('runs.list', {})).find(({ name }) => name === 'closed')!;
  expect(run).toMatchObject({ state: 'stopped' });
  expect(RunFolder.open(run.path).latestCheckpoint()?.step).toBe(run.step);
});

test('a stopped workbench leaves no process and answers nothing', async () => {
  const other = await TestBench.open();
  await other.call('project.openStarter', {});
  const { work } = await other.call('rank.sample', sampling(200));
  await other.work(work, progressed);
  expect(isAlive(other.trainer)).toBe(true);
  await other.close();
  expect(isAlive(other.trainer)).toBe(false);
  expect(other.isWorking).toBe(false);
  await expect(other.call('app.about', {})).rejects.toThrow('the workbench is closing: start it again');
});
