import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bench, ppoRun, projectPath, startRun, stoppedRun, train, world, type Cases } from './bench.ts';
import { tinyForm } from '../tiny.ts';

/** Bytes of all files below a folder. */
const bytesUnder = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);

/** Models, runs and the work under way. */
export const trainingCases = {
  'models.list': async () => {
    expect(await bench.call('models.list', {})).toMatchObject([
      { name: 'Starter: base model', context: 256 },
    ]);
    expect(await bench.ended(await train('short'))).toMatchObject({ state: 'done' });
    await stoppedRun();
    const [starter, ...made] = await bench.call('models.list', {});
    expect(starter).toMatchObject({ name: 'Starter: base model', run: null });
    const [long, finished] = [made.filter(({ name }) => name.startsWith('long')), made.slice(-2)];
    for (const { name, run } of long) expect(name).toBe(`long, step ${run!.step}`);
    expect(finished.map(({ name, run }) => [name, run!.step])).toEqual([
      ['short', 4],
      ['short, step 2', 2],
    ]);
  },
  'models.add': async () => {
    expect(await bench.call('models.add', { path: world.rewardModel })).toMatchObject({ head: 'scalar' });
    expect((await bench.call('models.list', {})).at(-1)).toMatchObject({ path: world.rewardModel });
    await expect(bench.call('models.add', { path: bench.root })).rejects.toThrow(
      /config\.json cannot be read/,
    );
  },
  'models.forget': async () => {
    await bench.call('models.add', { path: world.model });
    await bench.call('models.forget', { path: world.model });
    expect(await bench.call('models.list', {})).not.toContainEqual(
      expect.objectContaining({ path: world.model }),
    );
  },
  'models.export': async () => {
    const out = bench.at('exported');
    const asked = { model: world.model, out };
    const { work } = await bench.call('models.export', { ...asked, dtype: 'bfloat16' });
    expect(await bench.ended(work)).toMatchObject({
      ...{ kind: 'export', title: 'Export model', state: 'done', run: null },
      message: expect.stringMatching(/^\d files of [\d.]+ kB written to .*exported$/) as unknown,
    });
    expect(await bench.call('models.add', { path: out })).toMatchObject({ head: 'language', adapter: false });
    await expect(bench.call('models.export', asked)).rejects.toThrow(/exported is not empty/);
    await expect(bench.call('models.export', { ...asked, out: 'here' })).rejects.toThrow(
      /here is not a whole path/,
    );
    const other = { model: world.model, out: bench.at('adapter'), as: 'adapter' } as const;
    await expect(bench.call('models.export', other)).rejects.toThrow(/without an adapter/);
    const lost = bench.at('lost', 'deeper');
    writeFileSync(bench.at('lost'), '');
    const failing = await bench.call('models.export', { ...asked, out: lost });
    expect(await bench.ended(failing.work)).toMatchObject({
      ...{
        state: 'failed',
        message: `${lost} cannot be written: a part of its path is a file, not a folder`,
      },
    });
    // One that is over has nothing to stop.
    await bench.call('work.stop', { id: work });
  },
  'runs.list': async () => {
    mkdirSync(join(projectPath(), 'runs', 'empty'), { recursive: true });
    writeFileSync(join(projectPath(), 'runs', 'stray'), '');
    expect(await bench.call('runs.list', {})).toEqual([]);
    const run = await stoppedRun();
    expect(run).toMatchObject({ name: 'long', algorithm: 'pretrain', state: 'stopped', resumable: true });
    expect(run.step).toBeGreaterThan(0);
    expect(run).toMatchObject({ steps: 1_000_000, work: null, settings: { steps: 1_000_000 }, tags: [] });
    expect(run.last['loss']).toBeGreaterThan(0);

    const { work } = await bench.call('runs.resume', { path: run.path });
    const waiting = await startRun('waiting', 'sft');
    await bench.work(work, ({ state }) => state === 'working');
    const runs = await bench.call('runs.list', {});
    expect(runs.find(({ name }) => name === 'long')).toMatchObject({ state: 'working', work });
    expect(runs.find(({ name }) => name === 'waiting')).toMatchObject({
      ...{ state: 'queued', work: waiting, algorithm: 'sft', step: 0, resumable: false },
      settings: { epochs: 3, promptLoss: false },
    });
    for (const id of [waiting, work]) await bench.call('work.stop', { id });
    await bench.ended(work);
  },
  'runs.detail': async () => {
    const run = await ppoRun();
    const detail = await bench.call('runs.detail', { path: run.path });
    expect(detail).toMatchObject({ run, parent: null, versions: { node: process.versions.node } });
    expect(detail.models.map(({ role, path }) => [role, path])).toEqual([
      ['model', world.model],
      ['rewardModel', world.rewardModel],
    ]);
    expect(detail.checkpoints).toEqual([
      { step: 2, model: join(run.path, 'checkpoints', '000002', 'model') },
    ]);
    expect([...detail.rolloutSteps]).toEqual([1, 2]);
    await expect(bench.call('runs.detail', { path: world.root })).rejects.toThrow(
      /is no run of this project/,
    );
  },
  'runs.annotate': async () => {
    await bench.ended(await train('short'));
    const { path } = (await bench.call('runs.list', {}))[0]!;
    await bench.call('runs.annotate', { path, tags: ['good', 'good', 'β'] });
    await bench.call('runs.annotate', { path, note: 'higher β' });
    expect(await bench.call('runs.list', {})).toMatchObject([{ tags: ['good', 'β'], note: 'higher β' }]);
  },
  'runs.diskUse': async () => {
    await bench.ended(await train('short'));
    const [use] = await bench.call('runs.diskUse', {});
    const { path } = (await bench.call('runs.list', {}))[0]!;
    expect(use).toEqual({ path, bytes: bytesUnder(path) });
  },
  'runs.remove': async () => {
    const work = await train('long', 1_000_000);
    await bench.work(work, ({ done }) => done > 0);
    const { path } = (await bench.call('runs.list', {}))[0]!;
    await expect(bench.call('runs.remove', { path })).rejects.toThrow(/"Train long: pretrain" is under way/);
    await bench.call('work.stop', { id: work });
    await bench.ended(work);
    // What works with its model needs it too.
    const model = join(path, 'checkpoints', '000002', 'model');
    const next = await bench.call('runs.start', {
      ...tinyForm(world, 'pretrain', 'next', { steps: 1_000_000 }),
      model,
    });
    await bench.work(next.work, ({ done }) => done > 0);
    await expect(bench.call('runs.remove', { path })).rejects.toThrow(
      '"Train next: pretrain" is under way or queued and needs long',
    );
    await bench.call('work.stop', { id: next.work });
    await bench.ended(next.work);
    await bench.call('runs.remove', { path });
    expect((await bench.call('runs.list', {})).map(({ name }) => name)).toEqual(['next']);
    expect(existsSync(path)).toBe(false);
  },
  'runs.restore': async () => {
    await bench.ended(await train('short'));
    const { path } = (await bench.call('runs.list', {}))[0]!;
    const { id } = await bench.call('runs.remove', { path });
    await bench.ended(await train('short'));
    const restored = await bench.call('runs.restore', { id });
    expect(restored).toEqual({ path: `${path}-2` });
    const names = (await bench.call('runs.list', {})).map(({ name }) => name);
    expect(names.sort()).toEqual(['short', 'short-2']);
    await expect(bench.call('runs.restore', { id })).rejects.toThrow(/there is no removed run/);
  },
  'runs.bin': async () => {
    await bench.ended(await train('short'));
    const { path } = (await bench.call('runs.list', {}))[0]!;
    const bytes = bytesUnder(path);
    const { id } = await bench.call('runs.remove', { path });
    expect(await bench.call('runs.bin', {})).toMatchObject([{ id, name: 'short', bytes }]);
  },
  'runs.emptyBin': async () => {
    await bench.ended(await train('short'));
    const { path } = (await bench.call('runs.list', {}))[0]!;
    const bytes = bytesUnder(path);
    await bench.call('runs.remove', { path });
    expect(await bench.call('runs.emptyBin', {})).toEqual({ bytes });
    expect(await bench.call('runs.bin', {})).toEqual([]);
    expect(existsSync(join(projectPath(), 'bin'))).toBe(false);
  },
  'runs.metrics': async () => {
    const { path, last } = await ppoRun();
    const { steps, times, values } = await bench.call('runs.metrics', { path });
    expect([...steps]).toEqual([1, 2]);
    expect(times[1]).toBeGreaterThanOrEqual(times[0]!);
    expect(values['objective/kl']!.at(-1)).toBe(last['objective/kl']);
    expect((await bench.call('runs.metrics', { path, after: 1 })).steps).toEqual(Int32Array.of(2));
  },
  'runs.samples': async () => {
    const { path } = await ppoRun();
    const watched = await bench.call('runs.samples', { path });
    expect(watched.map(({ prompt }) => prompt)).toContain('the fox');
    for (const { answers } of watched) {
      expect(answers.map(({ step }) => step)).toEqual([0, 2]);
      expect(Number.isFinite(answers[0]!.score)).toBe(true);
      expect(answers[0]!.gold).toBeNull();
    }
    await bench.ended(await train('without'));
    const other = (await bench.call('runs.list', {}))[0]!;
    expect(await bench.call('runs.samples', { path: other.path })).toEqual([]);
  },
  'runs.rollouts': async () => {
    const { path } = await ppoRun();
    const rollouts = await bench.call('runs.rollouts', { path, step: 2 });
    expect(rollouts.prompts).toHaveLength(4);
    expect(rollouts.prompts[0]).toMatch(/^the [a-z]+$/);
    expect(rollouts.tokens).toHaveLength(rollouts.quantities.kl.length);
    expect(rollouts.klCoef).toBeGreaterThan(0);
    await expect(bench.call('runs.rollouts', { path, step: 9 })).rejects.toThrow(/has no rollouts of step 9/);
  },
  'runs.lineage': async () => {
    const { path } = await ppoRun();
    const { nodes, edges } = await bench.call('runs.lineage', { path });
    expect(nodes[0]).toMatchObject({ kind: 'run', title: 'policy', path });
    expect(edges.map(({ role }) => role).sort()).toEqual([
      ...['model', 'pretraining, pretraining validation', 'prompts, watched', 'reward model'],
    ]);
  },
  'runs.suggest': async () => {
    expect(await bench.call('runs.suggest', { algorithm: 'sft' })).toMatchObject({
      ...{ name: 'sft', preset: 'starter', data: {}, settings: {} },
    });
    const { path } = await ppoRun();
    expect(await bench.call('runs.suggest', { algorithm: 'ppo' })).not.toHaveProperty('model');
    const { id } = await bench.call('rounds.start', { policy: join(path, 'model') });
    expect(await bench.call('runs.suggest', { algorithm: 'ppo', round: id })).toMatchObject({
      ...{ model: join(path, 'model'), round: id, preset: 'small' },
    });
  },
  'runs.check': async () => {
    const form = tinyForm(world, 'reward-model', 'checked');
    expect(await bench.call('runs.check', form)).toEqual({
      ...{ problems: [], steps: 9 },
      examples: { rankings: 6, validation: 6, demonstrations: 6 },
    });
    const wrong = { ...form, data: {}, settings: { batchSize: 0.5 } };
    expect((await bench.call('runs.check', wrong)).problems.map(({ field }) => field)).toEqual([
      ...['snapshot', 'settings.batchSize'],
    ]);
  },
  'runs.memory': async () => {
    const form = tinyForm(world, 'sft', 'planned');
    const { device, memories, refusal, changes } = await bench.call('runs.memory', form);
    expect([device.provider, refusal, changes]).toEqual(['cpu', null, null]);
    const [memory] = memories as [(typeof memories)[number]];
    expect(memories).toHaveLength(1);
    expect(memory).toMatchObject({ place: 'host', limited: false });
    expect(memory.total).toBe(memory.parts.reduce((total, { bytes }) => total + bytes, 0));
    expect(memory.available).toBeGreaterThan(memory.total);
    expect(await bench.call('runs.list', {})).toEqual([]);
    await expect(bench.call('runs.memory', { ...form, data: {} })).rejects.toThrow(/no snapshot/);
    await bench.call('app.changeSettings', { memoryGigabytes: 0.01 });
    const tight = await bench.call('runs.memory', form);
    await bench.call('app.changeSettings', { memoryGigabytes: 0 });
    expect(tight.refusal).toMatch(/^the run needs \d+ MB of memory, but the settings allow 10 MB/);
    expect(tight.memories[0]).toMatchObject({ available: 1e7, limited: true });
  },
  'runs.start': async () => {
    expect(await bench.ended(await train('a run'))).toMatchObject({ state: 'done', done: 4, total: 4 });
    await bench.ended(await train('a run'));
    const runs = await bench.call('runs.list', {});
    expect(runs.map(({ name }) => name).sort()).toEqual(['a-run', 'a-run-2']);
    expect(runs[0]).toMatchObject({ state: 'finished', step: 4, resumable: false });
    await expect(
      bench.call('runs.start', {
        name: 'x',
        algorithm: 'ppo',
        model: world.model,
        data: {},
        preset: 'small',
      }),
    ).rejects.toThrow(/there is no snapshot of the project's data yet/);
  },
  'runs.resume': async () => {
    const { path, step } = await stoppedRun();
    const { work } = await bench.call('runs.resume', { path });
    await bench.work(work, ({ done }) => done > step);
    await bench.call('work.stop', { id: work });
    await bench.ended(work);
    const elsewhere = bench.call('runs.resume', { path: world.root });
    await expect(elsewhere).rejects.toThrow(/is no run of this project/);
  },
  'runs.fork': async () => {
    const { path } = await ppoRun();
    const { work } = await bench.call('runs.fork', { path, name: 'longer', settings: { episodes: 16 } });
    expect(await bench.ended(work)).toMatchObject({ state: 'done', done: 4 });
    const { parent } = await bench.call('runs.detail', { path: join(projectPath(), 'runs', 'longer') });
    expect(parent).toEqual({ path, step: 2 });
  },
  'runs.end': async () => {
    const { path, step } = await stoppedRun();
    await bench.call('runs.end', { path });
    expect((await bench.call('runs.list', {}))[0]).toMatchObject({ state: 'finished', step });
    await expect(bench.call('runs.end', { path })).rejects.toThrow(/has ended already/);
  },
  'work.list': async () => {
    const work = await train('listed');
    await bench.ended(work);
    expect((await bench.call('work.list', {}))[0]).toMatchObject({ id: work, kind: 'run', state: 'done' });
  },
  'work.stop': async () => {
    const first = await train('first', 1_000_000);
    const second = await train('second');
    expect(bench.isWorking).toBe(true);
    await bench.call('work.stop', { id: second });
    expect(await bench.ended(second)).toMatchObject({ state: 'cancelled', resumable: false });
    await bench.work(first, ({ done }) => done > 0);
    await bench.call('work.stop', { id: first });
    await bench.ended(first);
    expect(bench.isWorking).toBe(false);
    expect((await bench.call('runs.list', {})).map(({ name }) => name)).toEqual(['first']);
  },
} satisfies Partial<Cases>;
