import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeviceLost, OutOfMemory } from '../../../../core/contract/errors.ts';
import type { Engine, Program } from '../../../../core/engine/engine.ts';
import { engineFailure } from '../../../../core/engine/failures.ts';
import { expand, input, reduceSum } from '../../../../core/graph/build.ts';
import { RunFolder } from '../../../../core/project/run-folder.ts';
import { resumeJob, runJob } from '../../../../core/workbench/jobs.ts';
import { RequestForm } from '../../../../core/workbench/request.ts';
import { describeFailure } from '../../../../core/workbench/work/failure.ts';
import type { Task } from '../../../../core/workbench/work/protocol.ts';
import { Trainer } from '../../../../core/workbench/work/trainer.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { tinyRequests, tinyWorld, type World } from '../tiny.ts';

let world: World;
let engine: Engine;
beforeAll(async () => {
  world = tinyWorld();
  engine = await openTestEngine();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

const { signal } = new AbortController();

/** The same engine, but its programs ask for 4 TB once they have been run so many times. */
async function fullAfter(runs: number): Promise<Engine> {
  const hungry = await engine.compile({
    outputs: {
      total: reduceSum(expand(input('x', 'float32', [1, 'n']), ['m', 'n'])),
      m: reduceSum(input('y', 'float32', ['m'])),
    },
  });
  const data = new Float32Array(1_000_000);
  const ask = () => hungry.run({ x: { data, shape: [1, data.length] }, y: { data, shape: [data.length] } });
  let made = 0;
  const wrapped = (program: Program): Program => ({
    run: (feeds, options) => (++made > runs ? ask() : program.run(feeds, options)),
    dispose: () => program.dispose(),
  });
  return new Proxy(engine, {
    get: (target, key) => {
      if (key === 'compile') return async (source: never) => wrapped(await target.compile(source));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

test('a run that memory runs out for ends at its last checkpoint, says so, and can be gone on with', async () => {
  const request = tinyRequests.pretrain(world, 'full');
  const settings = { ...request.settings, steps: 6, checkpointEvery: 2 };
  const task: Task = { kind: 'run', request: RequestForm.parse({ ...request, settings }) };
  const error: unknown = await runJob({ ...request, settings }, { engine: await fullAfter(5) }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OutOfMemory);
  const step = RunFolder.open(request.out).latestCheckpoint()?.step;
  expect([2, 4]).toContain(step);
  const { state, message, spent } = describeFailure(error, task, signal);
  expect(state).toBe('failed');
  expect(message).toMatch(/^memory ran out: make microBatchTokens smaller/);
  expect(message).toMatch(new RegExp(`; stopped with a checkpoint at step ${step}; resume it to go on$`));
  expect(spent).toBeUndefined();
  await resumeJob(request.out, { engine });
  expect(RunFolder.open(request.out).latestCheckpoint()?.step).toBe(6);
});

const play: Task = {
  kind: 'play',
  ...{ models: ['m'], prompt: 'p', rewardModel: null, samples: 1 },
  ...{ temperature: 1, topP: 1, maxTokens: 8, seed: 0 },
};

test('a lost device ends the process that used it', () => {
  const error = engineFailure(
    'the program failed',
    new Error('WebGPU device lost (2): Device was destroyed.'),
  );
  expect(error).toBeInstanceOf(DeviceLost);
  expect(describeFailure(error, play, signal)).toMatchObject({ state: 'failed', spent: true });
});

test('memory of the trainer itself that runs out is told alike; another fault is told as one', () => {
  const full = describeFailure(new RangeError('Array buffer allocation failed'), play, signal);
  expect(full.message).toMatch(/^memory ran out: .*; stopped; what was written before is kept$/);
  expect(describeFailure(new TypeError('x is not a function'), play, signal).message).toBe(
    'a fault in the trainer: x is not a function',
  );
});

test('what comes after a lost device gets another process', async () => {
  mkdirSync(world.at('lost'), { recursive: true });
  const script = world.at('lost', 'trainer.mjs');
  writeFileSync(
    script,
    `process.on('message', ({ type }) => type === 'start' &&
       process.send({ type: 'ended', state: 'failed', message: String(process.pid), spent: true }));
     process.on('disconnect', () => process.exit());`,
  );
  const trainer = new Trainer({ node: process.execPath, script }, () => {});
  const perform = () =>
    trainer.perform({
      ...{ task: play, means: { device: 'cpu', threads: 1, memoryGigabytes: 0 }, signal },
      onPart: () => {},
    });
  const first = await perform();
  expect(trainer.pid).toBeUndefined();
  const second = await perform();
  expect(second.message).not.toBe(first.message);
  await trainer.stop();
});
