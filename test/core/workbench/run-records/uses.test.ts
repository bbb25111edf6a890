import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../../core/engine/engine.ts';
import { Project } from '../../../../core/project/project.ts';
import { runJob } from '../../../../core/workbench/jobs.ts';
import { requireNoAdapters } from '../../../../core/workbench/run-records/uses.ts';
import { findRun, runsOf } from '../../../../core/workbench/runs.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { tinyRequests, tinyWorld, type World } from '../tiny.ts';

let engine: Engine;
let world: World;
let project: Project;
const runAt = (name: string): string => join(runsOf(project), name);

/** A pretrained model, an adapter of it, that adapter taught on, and a whole model of that. */
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
  project = Project.create(mkdtempSync(join(tmpdir(), 'uses-')), 'Test', { seed: 7 });
  await runJob({ ...tinyRequests.pretrain(world, ''), out: runAt('base') }, { engine });
  const train = (out: string, model: string, settings: object) => {
    const { rewardModel: _, ...request } = tinyRequests.sft(world, '');
    const plain = { ...request.settings, selection: 'last', epochs: 1 };
    return runJob(
      { ...request, model: runAt(model), settings: { ...plain, ...settings }, out: runAt(out) },
      { engine },
    );
  };
  await train('adapter', 'base/checkpoints/000002/model', { loraRank: 2 });
  await train('taught', 'adapter/model', { loraRank: 2 });
  await train('whole', 'taught/model', { loraRank: 0 });
});
afterAll(async () => {
  await engine.dispose();
  project.close();
  for (const folder of [project.path, world.root]) rmSync(folder, { recursive: true });
});

test('a run with the base of adapters is kept, for without it they are nothing', () => {
  expect(() => requireNoAdapters(project, findRun(project, runAt('base')))).toThrow(
    'base holds the base of the adapters that taught, adapter trained: remove those runs first, or keep it',
  );
});

test.each(['adapter', 'taught', 'whole'])('a run that no adapter lies over may go: %s', (name) => {
  expect(() => requireNoAdapters(project, findRun(project, runAt(name)))).not.toThrow();
});
