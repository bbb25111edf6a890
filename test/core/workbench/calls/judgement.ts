import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bench, ppoRun, projectPath, startRun, submitRanking, world, type Cases } from './bench.ts';

/** A ranking of a labeler whose labels never train, and the reward model measured by it. */
async function measured() {
  const { labeler } = await submitRanking();
  await bench.call('labelers.change', { id: labeler, heldOut: true });
  const { work } = await bench.call('rewardModels.measure', { model: world.rewardModel });
  return { labeler, work: await bench.ended(work) };
}

/** What is made of runs and reward models. */
export const judgementCases = {
  'runs.doctor': async () => {
    const short = await ppoRun('short');
    expect(await bench.call('runs.doctor', { path: short.path })).toEqual([]);
    await bench.ended(await startRun('long', 'ppo', { episodes: 48, checkpointEvery: 100 }));
    const long = (await bench.call('runs.list', {})).find(({ name }) => name === 'long')!;
    // Its policy was taught nothing, so that nothing it writes ends.
    expect(await bench.call('runs.doctor', { path: long.path })).toContainEqual(
      expect.objectContaining({ detector: 'eos-collapse', severity: 'danger', since: 1 }),
    );
    await expect(bench.call('runs.doctor', { path: world.root })).rejects.toThrow(
      /is no run of this project/,
    );
  },
  'rewardModels.measure': async () => {
    const model = world.rewardModel;
    await expect(bench.call('rewardModels.measure', { model })).rejects.toThrow(
      /no held-out ranking to measure by/,
    );
    await expect(bench.call('rewardModels.measure', { model: world.model })).rejects.toThrow(
      /is a language model, but held-out rankings are scored by a reward model/,
    );
    const { work } = await measured();
    expect(work).toMatchObject({
      ...{ kind: 'measure', state: 'done', title: 'Measure reward', done: 1, total: 1 },
      message: 'measured on 1 held-out item',
    });
    expect(bench.heard).toContainEqual({
      event: 'changed',
      data: { parts: expect.arrayContaining(['models']) as unknown },
    });
  },
  'rewardModels.report': async () => {
    const model = world.rewardModel;
    expect(await bench.call('rewardModels.report', { model })).toBeNull();
    await measured();
    const report = (await bench.call('rewardModels.report', { model }))!;
    expect(report).toMatchObject({ model, pairs: 3, accuracy: { n: 3 }, heldOutLabelers: { n: 3 } });
    expect(report.byLabeler).toMatchObject([{ name: 'Ada', heldOut: true }]);
    expect(report.lengths.tokens).toHaveLength(3);
    expect(existsSync(join(projectPath(), 'reports'))).toBe(true);
  },
  'rewardModels.readiness': async () => {
    const model = world.rewardModel;
    expect(await bench.call('rewardModels.readiness', { model })).toEqual({
      ready: false,
      reasons: ['It was never measured: measure it on held-out rankings first.'],
    });
    await measured();
    const { ready, reasons } = await bench.call('rewardModels.readiness', { model });
    expect(ready).toBe(false);
    expect(reasons).toContainEqual(expect.stringMatching(/^It was measured on 3 held-out pairs/));
  },
} satisfies Partial<Cases>;
