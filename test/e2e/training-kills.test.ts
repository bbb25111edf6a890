/** Whatever can be killed is killed, at random moments, while the window trains. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunSummary } from '../../core/contract/calls.ts';
import { randomStream } from '../../core/data/random.ts';
import { tinyForm, tinyWorld, type World } from '../core/workbench/tiny.ts';
import { launchBrowser } from '../support/browser.ts';
import { until } from '../support/processes.ts';
import { expectSound } from '../support/project-database.ts';
import { expectBeginningOf, expectLinesOf, expectSameEnd, stepOnDisk } from '../support/run-files.ts';
import { ServedWorkbench } from '../support/served-workbench.ts';
import { KilledTraining, type Form, type Victim } from './killed-training.ts';

const SEED = Number(process.env['TRAINING_KILLS_SEED'] ?? 1);
/** Of each algorithm. */
const KILLS: Readonly<Record<Victim, number>> = { trainer: 4, host: 3, tab: 3 };

/** What makes a run last for some seconds. */
const lengths = {
  sft: { epochs: 40, sampleEvery: 20 },
  'reward-model': { epochs: 60 },
  ppo: { episodes: 160, sampleEvery: 10 },
} as const;
/** Most steps to the next kill: a run outlives a few. */
const longestLife = { sft: 30, 'reward-model': 45, ppo: 10 } as const;
type Algorithm = keyof typeof lengths;
const names = Object.keys(lengths) as Algorithm[];

/** Kills of each algorithm that hit a run between its first step and its last. */
const LEAST_MIDWAY = 3;

let root: string;
let world: World;
let browser: Browser;

const wholeOf = (algorithm: Algorithm) => join(root, 'whole', 'project', 'runs', algorithm);

function formOf(algorithm: Algorithm, changes: object): Form {
  const form = tinyForm(world, algorithm, algorithm, { ...lengths[algorithm], ...changes });
  // It is measured whenever a checkpoint is due, and these are due at other steps in the undisturbed run.
  delete form.data!['pretrainingValidation'];
  return form;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'workbench-training-kills-'));
  world = tinyWorld();
  browser = await launchBrowser();
  await using host = await ServedWorkbench.start(join(root, 'whole'));
  const window = await host.connect();
  await window.call('project.create', { path: join(root, 'whole', 'project'), name: 'Whole' });
  // Every step has its checkpoint, to which whatever a killed run has kept is held.
  for (const algorithm of names) {
    await window.call('runs.start', formOf(algorithm, { checkpointEvery: 1, keepCheckpoints: 1000 }));
    await until(async () => (await window.call('work.list', {})).every(({ state }) => state === 'done'));
  }
  await host.stop();
});
afterAll(async () => {
  await browser.close();
  for (const folder of [root, world.root]) rmSync(folder, { recursive: true, force: true });
});

const victims = (Object.keys(KILLS) as Victim[]).flatMap((victim) =>
  Array<Victim>(KILLS[victim]).fill(victim),
);

describe.concurrent(`training killed at random moments (seed ${SEED})`, () => {
  const kills = victims.length;
  test.each(names)(
    `%s, ${kills} times: it ends as if nothing had happened, and the window tells the truth`,
    killAndCompare,
  );
});

async function killAndCompare(algorithm: Algorithm): Promise<void> {
  const random = randomStream(SEED, algorithm);
  await using training = await KilledTraining.open({
    folder: join(root, algorithm),
    context: await browser.newContext(),
    random,
    form: formOf(algorithm, { checkpointEvery: 5, keepCheckpoints: 3 }),
    mostSteps: longestLife[algorithm],
  });
  let midway = 0;
  for (const victim of random.shuffle(victims)) {
    const [newest] = await training.kill(victim);
    if (newest) expectTruth(wholeOf(algorithm), newest);
    if (newest && newest.step > 0 && newest.state !== 'finished') midway++;
    expectSound(training.project);
  }
  const runs = await training.finish();
  for (const { path, state } of runs) {
    expect(state).toBe('finished');
    expectSameEnd(wholeOf(algorithm), path);
  }
  expect(midway).toBeGreaterThanOrEqual(LEAST_MIDWAY);
}

/** What the window shows of a run is what is on disk, and that is how the undisturbed run begins. */
function expectTruth(whole: string, { path, state, step }: RunSummary): void {
  // Before its first step there may be nothing of it yet.
  if (state === 'working') return step > 0 ? expectLinesOf(whole, path) : undefined;
  expect(stepOnDisk(path)).toBe(step);
  if (state === 'finished') expectSameEnd(whole, path);
  else expectBeginningOf(whole, path);
}
