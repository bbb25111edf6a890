/** Whatever can be killed is killed, at random moments, while labels are made and completions sampled. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../core/contract/messages.ts';
import { randomStream, type RandomStream } from '../../core/data/random.ts';
import { isAlive, until } from '../support/processes.ts';
import { expectSound, numberOf } from '../support/project-database.ts';
import { newLabeler, ServedWorkbench } from '../support/served-workbench.ts';
import { expectKept, labelNext, labelUntilCut, type Label } from './labeling.ts';
import { labelInTab } from './tab.ts';

const SEED = 1;
const KILLS = { host: 60, trainer: 25, tab: 20 };
/** Milliseconds, from a moment that a fast machine and a slow one both come to. */
const LONGEST_LIFE = 400;

/** The share of hosts that die with a trainer at work. */
const SAMPLING = 0.4;

let root: string;
let model: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'workbench-kills-'));
  await using host = await ServedWorkbench.start(place('prepared'));
  const window = await host.connect();
  const { path } = await window.call('project.openStarter', {});
  expect(path).toBe(projectIn(place('prepared')));
  model = (await window.call('models.list', {})).find(({ head }) => head === 'language')!.path;
  const { labeling } = await window.call('app.settings', {});
  // The starter's rankings are asked again of everyone, and none is rated first.
  const asked = { ...labeling, overlap: 1, reask: 0, likert: false, metadataLabels: [] };
  await window.call('app.changeSettings', { labeling: asked });
  await host.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const place = (name: string): string => join(root, name);
const projectIn = (folder: string): string => join(folder, 'projects', 'starter');

/** A folder of its own for what is killed, with the starter in it. */
function prepare(name: string): { folder: string; project: string } {
  const folder = place(name);
  cpSync(place('prepared'), folder, { recursive: true });
  return { folder, project: projectIn(folder) };
}

const sample = (window: Connection, seed: number) =>
  window.call('rank.sample', { models: [model], prompts: 200, completions: 3, maxTokens: 24, seed });

/** Some die while the trainer starts, and some once it samples. */
async function momentToKill(window: Connection, random: RandomStream): Promise<void> {
  const sampling = Promise.withResolvers<void>();
  const end = window.on('work', ({ done }) => done > 0 && sampling.resolve());
  if (random.uniform() < 0.5) await sampling.promise;
  end();
  await sleep(random.integer(LONGEST_LIFE));
}

const sampledItems = (project: string): number =>
  numberOf(project, "SELECT count(DISTINCT item) FROM completions WHERE origin LIKE '%sampled%'");

const itemsWithoutChoice = (project: string): number =>
  numberOf(
    project,
    `SELECT count(*) FROM ranking_items
      WHERE (SELECT count(*) FROM completions WHERE item = ranking_items.id) < 2`,
  );

function expectWhole(project: string, labels: readonly Label[]): void {
  expectSound(project);
  expectKept(project, labels);
  expect(itemsWithoutChoice(project)).toBe(0);
}

describe.concurrent(`killed at random moments (seed ${SEED})`, () => {
  test(`the host, ${KILLS.host} times: no label is lost and no process left behind`, async () => {
    const { folder, project } = prepare('host');
    const random = randomStream(SEED, 'host');
    const labels: Label[] = [];
    for (let kill = 0; kill < KILLS.host; kill++) {
      const taken = await labelUntilHostDies(folder, project, random, kill);
      expectWhole(project, taken);
      labels.push(...taken);
    }
    expectWhole(project, labels);
    expect(labels.length).toBeGreaterThan(KILLS.host);
    expect(sampledItems(project)).toBeGreaterThan(0);
    await expectWorkGoesOn(folder, project);
  });

  test(`the trainer, ${KILLS.trainer} times: no label is lost and sampling goes on`, async () => {
    const { folder, project } = prepare('trainer');
    const random = randomStream(SEED, 'trainer');
    await using host = await ServedWorkbench.start(folder);
    const window = await host.connect();
    await window.call('project.open', { path: project });
    const labels: Label[] = [];
    let midway = 0;
    for (let kill = 0; kill < KILLS.trainer; kill++) {
      const before = sampledItems(project);
      labels.push(...(await labelWhileTrainerDies(host, window, random, kill)));
      if (sampledItems(project) > before) midway++;
      expectSound(project);
    }
    expectWhole(project, labels);
    expect(midway).toBeGreaterThan(0);
    await host.stop();
    await expectWorkGoesOn(folder, project);
  });

  test(`the browser tab, ${KILLS.tab} times: no label is lost and the host goes on`, async () => {
    const { folder, project } = prepare('tab');
    await using host = await ServedWorkbench.start(folder);
    const window = await host.connect();
    await window.call('project.open', { path: project });
    const labels = await labelInTab({ host, window, kills: KILLS.tab, random: randomStream(SEED, 'tab') });
    expectWhole(project, labels);
    expect(labels.length).toBeGreaterThan(KILLS.tab);
    await host.stop();
  });
});

async function labelUntilHostDies(
  folder: string,
  project: string,
  random: RandomStream,
  kill: number,
): Promise<Label[]> {
  await using host = await ServedWorkbench.start(folder);
  const window = await host.connect();
  await window.call('project.open', { path: project });
  const labeler = await newLabeler(window, `Labeler ${kill}`);
  const samples = random.uniform() < SAMPLING;
  const moment = samples ? momentToKill(window, random) : sleep(random.integer(LONGEST_LIFE));
  if (samples) await sample(window, kill);
  const taken = labelUntilCut(window, labeler, random);
  await moment;
  const trainers = host.children();
  expect(trainers).toHaveLength(samples ? 1 : 0);
  await host.kill();
  await until(() => !trainers.some(isAlive));
  return taken;
}

/** Labels on while the trainer is killed: what was sampled until then stays, and the reason is told. */
async function labelWhileTrainerDies(
  host: ServedWorkbench,
  window: Connection,
  random: RandomStream,
  kill: number,
): Promise<Label[]> {
  const labeler = await newLabeler(window, `Labeler ${kill}`);
  const moment = momentToKill(window, random);
  const { work } = await sample(window, kill);
  const labels: Label[] = [];
  let isTime = false;
  void moment.then(() => (isTime = true));
  while (!isTime) labels.push(await labelNext(window, labeler, random));
  const [trainer] = host.children();
  process.kill(trainer!, 'SIGKILL');
  await until(async () => {
    const { state, message } = (await window.call('work.list', {})).find(({ id }) => id === work)!;
    if (state === 'failed') expect(message).toContain('SIGKILL');
    return state === 'failed' || state === 'done';
  });
  labels.push(await labelNext(window, labeler, random));
  return labels;
}

/** Whatever happened to it before: it opens, samples to the end, takes a label, and leaves nothing behind. */
async function expectWorkGoesOn(folder: string, project: string): Promise<void> {
  await using host = await ServedWorkbench.start(folder);
  const window = await host.connect();
  await window.call('project.open', { path: project });
  const labeler = await newLabeler(window, 'The last');
  const { work } = await sample(window, 0);
  const ended = await until(async () =>
    (await window.call('work.list', {})).find(({ id, state }) => id === work && state !== 'working'),
  );
  expect(ended).toMatchObject({ state: 'done' });
  expectKept(project, [await labelNext(window, labeler, randomStream(SEED, 'last'))]);
  const trainers = host.children();
  await host.stop();
  expect(trainers.filter(isAlive)).toEqual([]);
}
