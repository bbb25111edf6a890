/** Questions to models, beside the other work: real trainer processes, the starter's model, and kills. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallInput, PlayedAnswer } from '../../../core/contract/calls.ts';
import { randomStream } from '../../../core/data/random.ts';
import { loadModel, saveModel, withScalarHead } from '../../../core/model/model.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import type { Task } from '../../../core/workbench/work/protocol.ts';
import { defaultTrainer, Trainer } from '../../../core/workbench/work/trainer.ts';
import { isAlive } from '../../support/processes.ts';
import { TestBench } from './open-workbench.ts';
import { saveTiny, tinyModel, tinyRequests, tinyWorld, type World } from './tiny.ts';

const base = join(resolve('resources/starter'), 'model');

let bench: TestBench;
let world: World;
beforeAll(async () => {
  world = tinyWorld();
  bench = await TestBench.open();
  await bench.call('project.create', { path: bench.at('project'), name: 'Test' });
});
afterEach(() => {
  bench.heard.length = 0;
});
afterAll(() => bench.close());

const question = (changes: Partial<CallInput<'play.ask'>> = {}): CallInput<'play.ask'> => ({
  ...{ models: [base], messages: [{ role: 'user', text: 'Tell me of a cat.' }], maxTokens: 20, seed: 4 },
  ...changes,
});

/** One that takes a while: as many answers as there may be. */
const long = (): CallInput<'play.ask'> => question({ samples: 64, maxTokens: 200 });

const ask = async (input: CallInput<'play.ask'>) => (await bench.call('play.ask', input)).work;

const told = (work: string): PlayedAnswer[] =>
  bench.heard.flatMap(({ event, data }) => (event === 'play' && data.work === work ? [data] : []));

async function answersTo(input: CallInput<'play.ask'>): Promise<PlayedAnswer[]> {
  const work = await ask(input);
  expect(await bench.ended(work)).toMatchObject({ kind: 'play', state: 'done' });
  return told(work).filter(({ state }) => state !== 'writing');
}

const firstWord = (work: string) =>
  vi.waitUntil(() => told(work).length > 0, { timeout: 30_000, interval: 5 });

/** The process that answers. */
const interactive = (): number =>
  Number(
    bench.logged
      .flatMap((line) => /^interactive trainer: process (\d+) begins$/.exec(line)?.[1] ?? [])
      .at(-1),
  );

/** A run that goes on until it is stopped. */
async function endlessRun(name: string): Promise<string> {
  const { algorithm, data, preset, settings } = tinyRequests.pretrain(world, '');
  const files = Object.fromEntries(Object.entries(data).map(([role, paths]) => [role, [paths].flat()]));
  const { work } = await bench.call('runs.start', {
    ...{ name, algorithm, model: world.model, data: files, preset: preset! },
    settings: { ...settings, steps: 1_000_000, checkpointEvery: 1_000_000 },
  });
  await bench.work(work, ({ done }) => done > 0);
  return work;
}

test('a question is answered the same for the same seed, and the end of every answer is told', async () => {
  const [answer, ...others] = await answersTo(question());
  expect(others).toEqual([]);
  expect(answer).toMatchObject({ model: 0, sample: 0, state: 'cut', tokens: 20, reward: null });
  expect(answer!.text).not.toBe('');
  const again = await answersTo(question());
  expect(again.map(({ text }) => text)).toEqual([answer!.text]);
});

test('a conversation is asked as one prompt, which a system message changes', async () => {
  const user = { role: 'user', text: 'Tell me of a cat.' } as const;
  const texts = async (messages: CallInput<'play.ask'>['messages']) =>
    (await answersTo(question({ messages }))).map(({ text }) => text);
  const turns = [user, { role: 'assistant', text: 'It sleeps.' }, user] as const;
  const conversation = await texts([...turns]);
  expect(await texts([...turns])).toEqual(conversation);
  expect(await texts([{ role: 'system', text: 'Be brief.' }, ...turns])).not.toEqual(conversation);
});

test('questions wait for each other, and one that is stopped is cut where it is', async () => {
  const first = await ask(long());
  const second = await ask(question());
  await firstWord(first);
  expect(told(second)).toEqual([]);
  await bench.call('work.stop', { id: first });
  expect(await bench.ended(first)).toMatchObject({ state: 'cancelled' });
  const last = new Map(told(first).map((answer) => [answer.sample, answer]));
  expect([...last.values()].filter(({ state }) => state === 'writing')).toEqual([]);
  expect(last.size).toBeLessThan(64);
  expect([...last.values()].some(({ state, tokens }) => state === 'cut' && tokens < 200)).toBe(true);
  expect(await bench.ended(second)).toMatchObject({ state: 'done' });
});

describe('a question is refused', () => {
  const refused = (changes: Partial<CallInput<'play.ask'>>) => bench.call('play.ask', question(changes));

  test('that asks a reward model, or has its answers scored by a language model', async () => {
    await expect(refused({ models: [world.rewardModel] })).rejects.toThrow(
      'is a reward model (it has score.weight), but answers are written by a language model',
    );
    await expect(refused({ rewardModel: base })).rejects.toThrow(
      'is a language model, but answers are scored by a reward model',
    );
  });

  test('whose reward model reads other tokens', async () => {
    await expect(refused({ rewardModel: world.rewardModel })).rejects.toThrow(
      /300 token embeddings, but .* can write 1024 tokens; train a reward model from it/,
    );
  });

  test('that leaves no room for an answer', async () => {
    const messages = [{ role: 'user', text: 'the cat sat on the mat. '.repeat(100) }] as const;
    await expect(refused({ messages: [...messages] })).rejects.toThrow(
      /^the conversation has \d+ tokens, which leaves no room for an answer in the context of 256 of /,
    );
  });
});

test('answers are scored by a reward model, and are no longer than the context allows', async () => {
  const folder = bench.at('reward');
  saveModel(withScalarHead(loadModel(base), randomStream(5, 'head')), folder);
  Tokenizer.load(base).save(folder);
  const answers = await answersTo(question({ rewardModel: folder, samples: 3, maxTokens: 10_000 }));
  const scored = answers.filter(({ reward }) => reward !== null);
  expect(scored.map(({ sample }) => sample)).toEqual([0, 1, 2]);
  expect(new Set(scored.map(({ reward }) => reward)).size).toBe(3);
  for (const { tokens } of answers) expect(tokens).toBeLessThan(256);
});

test('a question is answered while a run trains, and a crash of its trainer leaves the run alone', async () => {
  const run = await endlessRun('beside');
  const trainer = bench.trainer;
  expect((await answersTo(question()))[0]).toMatchObject({ tokens: 20 });
  expect(interactive()).not.toBe(trainer);

  const work = await ask(long());
  await firstWord(work);
  process.kill(interactive(), 'SIGKILL');
  const { state, message } = await bench.ended(work);
  expect({ state, message }).toMatchObject({ state: 'failed' });
  expect(message).toMatch(/^the trainer was killed \(SIGKILL\)/);
  const last = new Map(told(work).map((answer) => [answer.sample, answer.state]));
  expect(new Set(last.values())).not.toContain('writing');
  expect(bench.heard).toContainEqual({ event: 'trainerCrashed', data: { reason: message } });

  const stepOf = async () => (await bench.call('work.list', {})).find(({ id }) => id === run)!;
  const before = await stepOf();
  expect(before.state).toBe('working');
  expect((await answersTo(question()))[0]).toMatchObject({ tokens: 20 });
  await bench.work(run, ({ done }) => done > before.done);
  expect(bench.trainer).toBe(trainer);
  expect(isAlive(trainer)).toBe(true);
  await bench.call('work.stop', { id: run });
  expect(await bench.ended(run)).toMatchObject({ state: 'cancelled', resumable: true });
});

test('a labeler gets an answer to begin from while a run trains', async () => {
  const { labeling } = await bench.call('app.settings', {});
  await bench.call('app.changeSettings', { labeling: { ...labeling, startFromModel: true } });
  const fields = { kind: 'plain', useCase: null, author: null, split: 'train' } as const;
  await bench.call('prompts.add', { prompts: [{ text: 'Tell me of a cat.', ...fields }] });
  const [prompt] = (await bench.call('prompts.page', { offset: 0, limit: 1 })).rows;
  const run = await endlessRun('labeling');
  const { text } = await bench.call('demonstrate.modelAnswer', { model: base, prompt: prompt!.id });
  expect(text.trim()).not.toBe('');
  await bench.call('work.stop', { id: run });
  await bench.ended(run);
});

test('closing the project cuts a question short', async () => {
  const work = await ask(long());
  await firstWord(work);
  await bench.call('project.close', {});
  expect(await bench.ended(work)).toMatchObject({ state: 'cancelled' });
  await bench.call('project.open', { path: bench.at('project') });
});

test('a stopped workbench leaves neither trainer behind', async () => {
  const other = await TestBench.open();
  await other.call('project.create', { path: other.at('project'), name: 'Test' });
  const { work } = await other.call('play.ask', question());
  await other.ended(work);
  const [begun] = other.logged.flatMap((line) => /process (\d+) begins$/.exec(line)?.[1] ?? []);
  expect(isAlive(Number(begun))).toBe(true);
  await other.close();
  expect(isAlive(Number(begun))).toBe(false);
});

describe('a trainer that may rest', () => {
  const means = { device: 'cpu', threads: 1, memoryGigabytes: 0 } as const;
  const { signal } = new AbortController();

  test('ends when it has rested for long enough, and is there again for the next task', async () => {
    const model = saveTiny(tinyModel(), bench.at('tiny'));
    const settings = { temperature: 1, topP: 1, maxTokens: 4, seed: 0 };
    const prompts = [{ id: 1, text: 'the cat' }];
    const task: Task = { kind: 'sample', models: [model], prompts, completions: 1, ...settings };
    const trainer = new Trainer(defaultTrainer, () => {}, 300);
    const perform = () => trainer.perform({ task, means, signal, onPart: () => {} });
    expect(await perform()).toMatchObject({ state: 'done' });
    const first = trainer.pid!;
    await sleep(100);
    expect(await perform()).toMatchObject({ state: 'done' });
    expect(trainer.pid).toBe(first);
    await vi.waitUntil(() => !isAlive(first), { timeout: 10_000 });
    expect(trainer.pid).toBeUndefined();
    expect(await perform()).toMatchObject({ state: 'done' });
    expect(trainer.pid).not.toBe(first);
    await trainer.stop();
  });
});

test('half of the threads answer while the other trainer works, and all of them otherwise', async () => {
  // A trainer that only tells what it computes with, and takes its time where it samples.
  const script = bench.at('means.mjs');
  writeFileSync(
    script,
    `process.on('message', ({ type, task, means }) => {
      const end = (message) => process.send({ type: 'ended', state: 'done', message });
      if (type === 'stop' || task.kind === 'play') end(String(means?.threads));
    });`,
  );
  const trainerCommand = { node: process.execPath, script };
  const other = await TestBench.open({ root: bench.at('other'), trainerCommand });
  await other.call('app.changeSettings', { threads: 6 });
  await other.call('project.create', { path: other.at('project'), name: 'Test' });
  const fields = { kind: 'plain', useCase: null, author: null, split: 'train' } as const;
  await other.call('prompts.add', { prompts: [{ text: 'the cat', ...fields }] });
  const threads = async () => (await other.ended((await other.call('play.ask', question())).work)).message;
  expect(await threads()).toBe('6');
  const { work } = await other.call('rank.sample', { models: [base], prompts: 1, completions: 2 });
  expect(await threads()).toBe('3');
  await other.call('app.changeSettings', { threads: 1 });
  expect(await threads()).toBe('1');
  await other.call('work.stop', { id: work });
  await other.ended(work);
  await other.stop();
});
