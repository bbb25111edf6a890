/** Evaluations and rounds on the starter: what the trainer makes of them, also where it is killed half-way. */
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallInput, RankingItem } from '../../../core/contract/calls.ts';
import type { Origin } from '../../../core/contract/entities.ts';
import { randomStream } from '../../../core/data/random.ts';
import { loadModel, readWeights, saveModel, withScalarHead } from '../../../core/model/model.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { TestBench } from './open-workbench.ts';

const base = join(resolve('resources/starter'), 'model');

let bench: TestBench;
let second: string;
let reward: string;
beforeAll(async () => {
  bench = await TestBench.open();
  await bench.call('project.openStarter', {});
  const { labeling } = await bench.call('app.settings', {});
  await bench.call('app.changeSettings', { labeling: { ...labeling, overlap: 0, order: 'uncertainty' } });
  const model = loadModel(base);
  const grown = new Map(
    [...readWeights(model)].map(([name, data]) => [name, data.map((value) => value * 1.01)]),
  );
  second = bench.at('second');
  saveModel({ ...model, weights: grown }, second);
  reward = bench.at('reward');
  saveModel(withScalarHead(loadModel(base), randomStream(5, 'head')), reward);
  for (const folder of [second, reward]) Tokenizer.load(base).save(folder);
});
afterAll(() => bench.close());

const evaluation = (changes: Partial<CallInput<'evaluations.create'>> = {}) => ({
  ...{ name: 'base and second', models: [base, second], prompts: 5, maxTokens: 12 },
  filter: { splits: ['test' as const] },
  ...changes,
});

const find = async (id: number) => (await bench.call('evaluations.list', {})).find((each) => each.id === id)!;

test('an evaluation is answered by every model, measured, and judged by the simulated labelers', async () => {
  const asked = evaluation({ rewardModel: reward, simulated: true });
  const { evaluation: id, work } = await bench.call('evaluations.create', asked);
  expect(await bench.ended(work)).toMatchObject({ kind: 'evaluate', state: 'done', done: 5, total: 5 });
  expect(await find(id)).toMatchObject({ prompts: 5, answered: 5, judged: 5 });
  const { models, winRates } = await bench.call('evaluations.report', { id });
  for (const { reward: score, gold, tokens, ended, kl } of models)
    for (const estimate of [score, gold, tokens, ended, kl]) expect(estimate).toMatchObject({ n: 5 });
  expect(models[0]!.kl!.mean).toBeCloseTo(0, 3);
  expect(models[1]!.kl!.mean).not.toBe(0);
  expect(winRates[0]!.byLabeler.length).toBeGreaterThan(3);
  await expect(bench.call('evaluations.resume', { id })).rejects.toThrow(
    'the evaluation base and second has an answer to every prompt',
  );
});

test('one whose trainer was killed goes on with the prompts that are left', async () => {
  const { evaluation: id, work } = await bench.call('evaluations.create', evaluation({ prompts: 200 }));
  await bench.work(work, ({ done }) => done > 0);
  process.kill(bench.trainer, 'SIGKILL');
  expect(await bench.ended(work)).toMatchObject({ state: 'failed' });
  const { answered } = await find(id);
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThan(200);
  const resumed = await bench.call('evaluations.resume', { id });
  // Asked again while it is under way, it is the same work.
  expect(await bench.call('evaluations.resume', { id })).toEqual(resumed);
  expect(await bench.ended(resumed.work)).toMatchObject({ state: 'done', total: 200 - answered });
  expect(await find(id)).toMatchObject({ prompts: 200, answered: 200, judged: 0 });
});

test('a stop keeps the prompts that every model has answered', async () => {
  const { evaluation: id, work } = await bench.call('evaluations.create', evaluation({ prompts: 200 }));
  await bench.work(work, ({ done }) => done > 0);
  await bench.call('work.stop', { id: work });
  expect(await bench.ended(work)).toMatchObject({
    state: 'cancelled',
    message: 'stopped; the prompts answered before are kept',
  });
  const { answered } = await find(id);
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThan(200);
});

test('an evaluation that is removed under way ends its work', async () => {
  const { evaluation: id, work } = await bench.call('evaluations.create', evaluation({ prompts: 200 }));
  await bench.work(work, ({ done }) => done > 0);
  await bench.call('evaluations.remove', { id });
  expect(await bench.ended(work)).toMatchObject({ state: 'cancelled' });
  expect(await find(id)).toBeUndefined();
});

/** All that waits for a labeler, in the order in which it is asked. */
async function waitingFor(labeler: number): Promise<RankingItem[]> {
  const items: RankingItem[] = [];
  let item = await bench.call('rank.item', { labeler });
  while (item) {
    items.push(item);
    item = await bench.call('rank.item', { labeler, item: item.id, move: 'next' });
  }
  return items;
}

async function originsOf(item: RankingItem, labeler: number): Promise<Origin[]> {
  const shownOrder = item.candidates.map(({ id }) => id);
  const ranks = Object.fromEntries(shownOrder.map((id) => [id, 1]));
  const submission = { labeler, item: item.id, answer: { ranks }, shownOrder, seed: item.seed };
  await bench.call('rank.submit', { ...submission, effort: { activeMs: 1, idleMs: 0 } });
  return (await bench.call('rank.reveal', { labeler, item: item.id })).map(({ origin }) => origin);
}

test('a round queues the least certain of its samples, which are asked first', async () => {
  const { id: round } = await bench.call('rounds.start', { policy: second });
  const sampling = { completions: 3, maxTokens: 12, filter: { splits: ['train' as const] } };
  const all = await bench.call('rounds.sample', { round, prompts: 3, ...sampling });
  expect(await bench.ended(all.work)).toMatchObject({ state: 'done' });
  const informative = { rewardModel: reward, outOf: 60 };
  const { work } = await bench.call('rounds.sample', {
    round,
    prompts: 4,
    informative,
    ...sampling,
    seed: 1,
  });
  expect(await bench.ended(work)).toMatchObject({ state: 'done', total: 60 });
  const [started] = await bench.call('rounds.list', {});
  expect(started!.items).toBe(7);
  const labeler = (await bench.call('labelers.add', { name: 'Ada' })).id;
  const waiting = await waitingFor(labeler);
  expect(waiting).toHaveLength(7);
  const origins = await originsOf(waiting[0]!, labeler);
  // Those that were chosen by their uncertainty have another seed, and come before those of which nothing is known.
  expect(origins.map(({ name }) => name)).toEqual([second, second, second]);
  expect(origins[0]!.settings).toMatchObject({ seed: 1 });
});

test('more prompts cannot be chosen than are sampled', async () => {
  const [started] = await bench.call('rounds.list', {});
  const informative = { rewardModel: reward, outOf: 3 };
  await expect(
    bench.call('rounds.sample', { round: started!.id, prompts: 4, completions: 2, informative }),
  ).rejects.toThrow('4 prompts cannot be chosen out of 3');
});

test('an exchange from elsewhere is queued together with what else is sampled', async () => {
  const origin = { kind: 'sampled', name: 'elsewhere', settings: {} } as const;
  const { item, work } = await bench.call('rank.add', {
    prompt: 'Tell me of a cat that nobody knows.',
    completions: [{ text: 'It sleeps.', origin }],
    more: { model: base, count: 2 },
  });
  expect(item).toBeNull();
  expect(await bench.ended(work!)).toMatchObject({ kind: 'sample', state: 'done' });
  const labeler = (await bench.call('labelers.add', { name: 'Bo' })).id;
  const added = (await waitingFor(labeler)).find(({ prompt }) => prompt.text.includes('nobody knows'))!;
  expect(added.candidates).toHaveLength(3);
  const origins = await originsOf(added, labeler);
  expect(origins.map(({ name }) => name).sort()).toEqual([base, base, 'elsewhere'].sort());
});
