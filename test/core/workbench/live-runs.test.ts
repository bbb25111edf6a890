/** Runs as a window steers them, and what it hears of every step. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventData } from '../../../core/contract/events.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import type { JobRequest } from '../../../core/workbench/request.ts';
import { TestBench } from './open-workbench.ts';
import { tinyForm, tinyWorld, type World } from './tiny.ts';

let bench: TestBench;
let world: World;
beforeAll(async () => {
  world = tinyWorld();
  bench = await TestBench.open();
  await bench.call('project.create', { path: bench.at('project'), name: 'Runs' });
});
afterAll(async () => {
  await bench.close();
  rmSync(world.root, { recursive: true });
});

const start = async (...[algorithm, name, changes]: [JobRequest['algorithm'], string, object?]) =>
  (await bench.call('runs.start', tinyForm(world, algorithm, name, changes))).work;

const pathOf = (name: string) => bench.at('project', 'runs', name);

const heardOf = (run: string): EventData<'metrics'>[] =>
  bench.heard.flatMap(({ event, data }) => (event === 'metrics' && data.run === run ? [data] : []));

test('every step of a run is told to the windows, with the numbers of its line', async () => {
  const work = await start('ppo', 'told');
  expect(await bench.ended(work)).toMatchObject({ state: 'done', run: pathOf('told') });
  const told = heardOf(pathOf('told')).map(({ step, time, names, values }) => ({
    ...{ step, time },
    // JSON has one zero.
    ...Object.fromEntries(names.map((name, i) => [name, values[i]! + 0])),
  }));
  expect(told).toHaveLength(6);
  expect(told).toEqual(RunFolder.open(pathOf('told')).readMetrics());
});

test('a step is told of before the run goes on to much else', async () => {
  const work = await start('pretrain', 'prompt', { steps: 1_000_000, checkpointEvery: 1_000_000 });
  await bench.work(work, ({ done }) => done >= 3);
  const run = pathOf('prompt');
  const steps = heardOf(run).map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i + 1));
  await bench.call('work.stop', { id: work });
  await bench.ended(work);
  expect(heardOf(run).at(-1)!.step).toBe(RunFolder.open(run).lastStep());
});

test('a fork goes on from a step under other settings, and hands its metrics on as its own', async () => {
  const { work } = await bench.call('runs.fork', {
    ...{ path: pathOf('told'), step: 4, name: 'forked', settings: { klCoef: 0.7, klControl: 'fixed' } },
  });
  expect(await bench.ended(work)).toMatchObject({ state: 'done', run: pathOf('forked') });
  expect(heardOf(pathOf('forked')).map(({ step }) => step)).toEqual([5, 6]);
  const { manifest } = RunFolder.open(pathOf('forked'));
  expect(manifest).toMatchObject({
    ...{ parent: { run: pathOf('told'), step: 4 }, steps: 6 },
    configuration: { klCoef: 0.7 },
  });
});

test.each([
  [{ step: 3 }, /has no checkpoint of step 3/],
  [{ settings: { klCoeff: 1 } }, /there is no setting 'klCoeff'/],
  [{ path: '/nowhere' }, /is no run of this project/],
])('a fork of %j is refused before it has a folder', async (wrong, message) => {
  const asked = { path: pathOf('told'), name: 'refused', ...wrong };
  await expect(bench.call('runs.fork', asked)).rejects.toThrow(message);
  expect(readdirSync(bench.at('project', 'runs'))).not.toContain('refused');
});

test('a run that fails as it begins leaves no folder', async () => {
  const work = await start('ppo', 'long-answers', { responseLength: 47 });
  expect(await bench.ended(work)).toMatchObject({ state: 'failed', resumable: false });
  expect(existsSync(pathOf('long-answers'))).toBe(false);
});

test('a fork that has to wait has its step, though its parent has let go of it by then', async () => {
  const often = { steps: 1_000_000, checkpointEvery: 20, keepCheckpoints: 8 };
  const work = await start('pretrain', 'parent', often);
  await bench.work(work, ({ done }) => done >= 100);
  const parent = RunFolder.open(pathOf('parent'));
  const step = parent.latestCheckpoint()!.step;
  const forked = await bench.call('runs.fork', { path: parent.path, step, name: 'patient', settings: {} });
  await bench.work(work, ({ done }) => done > step + 20 * 12);
  expect(parent.checkpointAt(step)).toBeUndefined();
  const unwanted = await bench.call('runs.fork', { path: parent.path, name: 'unwanted', settings: {} });
  await bench.call('work.stop', { id: unwanted.work });
  expect(existsSync(pathOf('unwanted'))).toBe(false);
  await bench.call('work.stop', { id: work });
  await bench.work(forked.work, ({ done }) => done > step);
  expect(RunFolder.open(pathOf('patient')).manifest.parent).toEqual({ run: parent.path, step });
  expect(readdirSync(pathOf('patient')).filter((name) => name.startsWith('.partial-parent'))).toEqual([]);
  expect(heardOf(pathOf('patient'))[0]!.step).toBe(step + 1);
  await bench.call('work.stop', { id: forked.work });
  await bench.ended(forked.work);
});

test('a run under way is ended where it is: it stops, and has its model', async () => {
  const work = await start('pretrain', 'ended', { steps: 1_000_000, checkpointEvery: 1_000_000 });
  await bench.work(work, ({ done }) => done > 0);
  await bench.call('runs.end', { path: pathOf('ended') });
  expect(await bench.ended(work)).toMatchObject({ state: 'cancelled' });
  const [run] = await bench.call('runs.list', {});
  expect(run).toMatchObject({ name: 'ended', state: 'finished', resumable: false, work: null });
  expect(await bench.call('models.list', {})).toContainEqual(
    expect.objectContaining({
      path: join(pathOf('ended'), 'model'),
      run: { path: pathOf('ended'), step: run!.step },
    }),
  );
  await expect(bench.call('runs.end', { path: pathOf('ended') })).rejects.toThrow(/has ended already/);
});
