import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { RunFolder } from '../../../core/project/run-folder.ts';
import type { Task } from '../../../core/workbench/work/protocol.ts';
import { RequestForm } from '../../../core/workbench/request.ts';
import { defaultTrainer, Trainer, type Part } from '../../../core/workbench/work/trainer.ts';
import { repository } from './cli.ts';
import { tinyRequests, tinyWorld, type World } from '../workbench/tiny.ts';

let world: World;
let trainer: Trainer;
beforeAll(() => {
  world = tinyWorld();
  trainer = new Trainer(defaultTrainer, () => {});
});
afterAll(async () => {
  await trainer.stop();
  rmSync(world.root, { recursive: true });
});

const means = { device: 'cpu', threads: 1, memoryGigabytes: 0 } as const;

function endlessRun(out: string): Task {
  const request = tinyRequests.pretrain(world, out);
  const settings = { ...request.settings, steps: 1_000_000, checkpointEvery: 1_000_000 };
  return { kind: 'run', request: RequestForm.parse({ ...request, settings }) };
}

const sampling = (completions: number): Task => ({
  kind: 'sample',
  models: [world.model],
  prompts: [1, 2, 3].map((id) => ({ id, text: 'the cat' })),
  completions,
  ...{ temperature: 1, topP: 1, maxTokens: 8, seed: 0 },
});

function perform(task: Task, options: { means?: object; onPart?: (part: Part) => void } = {}) {
  const controller = new AbortController();
  const onPart = options.onPart ?? (() => {});
  const ended = trainer.perform({
    task,
    means: { ...means, ...options.means },
    signal: controller.signal,
    onPart,
  });
  return { ended, stop: () => controller.abort() };
}

/** Resolves when a piece of work has told of something. */
function performUntilTold(task: Task, options: { means?: object } = {}) {
  const { promise: told, resolve } = Promise.withResolvers<void>();
  return { ...perform(task, { ...options, onPart: () => resolve() }), told };
}

test('samples completions prompt by prompt, the same from the same seed', async () => {
  const sample = async () => {
    const parts: Part[] = [];
    await perform(sampling(2), { onPart: (part) => void parts.push(part) }).ended;
    return parts.filter(({ type }) => type === 'sampled');
  };
  const first = await sample();
  expect(first).toHaveLength(3);
  expect(await sample()).toEqual(first);
});

test('a prompt that leaves no room in the context is left out, and the end says so', async () => {
  const task = { ...sampling(2), prompts: [{ id: 1, text: 'the cat sat on the mat. '.repeat(30) }] } as Task;
  const { message, state } = await perform(task).ended;
  expect(state).toBe('done');
  expect(message).toMatch(/^completions sampled for 0 prompts; 1 left out, too long for the context/);
});

test('works at a priority below the window, in every thread', async () => {
  await perform(sampling(2)).ended;
  const pid = trainer.pid!;
  const threads = process.platform === 'linux' ? readdirSync(`/proc/${pid}/task`).map(Number) : [pid];
  const low = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
  expect(new Set(threads.map((thread) => getPriority(thread)))).toEqual(new Set([low]));
});

test('a run that is stopped ends at a checkpoint of the step it was at', async () => {
  const { ended, stop, told } = performUntilTold(endlessRun('stopped'));
  await told;
  stop();
  expect(await ended).toMatchObject({ state: 'cancelled' });
  const run = RunFolder.open(world.at('stopped'));
  expect(run.latestCheckpoint()?.step).toBe(run.lastStep());
  expect((await ended).message).toBe(
    `stopped with a checkpoint at step ${run.lastStep()}; resume it to go on`,
  );
});

test('a run that would take more memory than allowed is not begun', async () => {
  const { ended } = perform(endlessRun('large'), { means: { memoryGigabytes: 0.01 } });
  expect(await ended).toMatchObject({
    state: 'failed',
    message: expect.stringMatching(
      /^the run needs \d+ MB of memory, but the settings allow 10 MB \(program and data .*: no change of its settings/,
    ) as unknown,
  });
  expect(existsSync(world.at('large'))).toBe(false);
});

test('work that takes more memory than allowed stops and says so', async () => {
  const { ended } = perform(sampling(2000), { means: { memoryGigabytes: 0.01 } });
  const { state, message } = await ended;
  expect(state).toBe('failed');
  expect(message).toMatch(/^the trainer took 0\.\d GB, more than the 0\.01 GB of the settings: allow more/);
});

test('an interrupt from the terminal does not reach it', async () => {
  const { ended, stop, told } = performUntilTold(endlessRun('interrupted'));
  await told;
  process.kill(trainer.pid!, 'SIGINT');
  await sleep(200);
  stop();
  expect(await ended).toMatchObject({ state: 'cancelled' });
});

test('a crash says how the process ended, and the next task gets a fresh one', async () => {
  const { ended, told } = performUntilTold(endlessRun('killed'));
  await told;
  const before = trainer.pid!;
  process.kill(before, 'SIGKILL');
  await expect(ended).rejects.toThrow(/killed \(SIGKILL\)/);
  expect(await perform(sampling(2)).ended).toMatchObject({ state: 'done' });
  expect(trainer.pid).not.toBe(before);
});

test('a process that cannot be started is a crash too', async () => {
  const absent = new Trainer({ node: world.at('no-node'), script: defaultTrainer.script }, () => {});
  const task = sampling(2);
  const { signal } = new AbortController();
  await expect(absent.perform({ task, means, signal, onPart: () => {} })).rejects.toThrow(
    /the trainer cannot be started: .*ENOENT/,
  );
});

const parents: ChildProcess[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
});

/** A parent with a trainer that does a task, and the trainer's number once it says a word. */
async function startParent(task: Task, word: string): Promise<{ parent: ChildProcess; pid: number }> {
  const script = join(repository, 'test/core/host/trainer-parent.ts');
  const parent = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(parent);
  for await (const line of createInterface(parent.stdout))
    if (line.endsWith(` ${word}`)) return { parent, pid: parseInt(line, 10) };
  throw new Error(`the parent ended before it said "${word}"`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('ends when its parent is killed, and its run stops at a checkpoint first', async () => {
  const { parent, pid } = await startParent(endlessRun('orphan'), 'progress');
  parent.kill('SIGKILL');
  await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000 });
  const run = RunFolder.open(world.at('orphan'));
  expect(run.latestCheckpoint()?.step).toBe(run.lastStep());
  expect(run.isLocked()).toBe(false);
});

test('ends with its parent when it is idle', async () => {
  const { parent, pid } = await startParent(sampling(2), 'idle');
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000 });
});
