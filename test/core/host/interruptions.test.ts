import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { expectSameRun } from '../workbench/same-run.ts';
import { tinyRequests, tinyWorld, type World } from '../workbench/tiny.ts';
import { oneThread, startWorkbench, toArguments, workbench } from './cli.ts';

let world: World;
beforeAll(() => {
  world = tinyWorld();
});
afterAll(() => {
  rmSync(world.root, { recursive: true });
});

const algorithms = Object.keys(tinyRequests) as (keyof typeof tinyRequests)[];

const longer = {
  pretrain: { steps: 60 },
  sft: { epochs: 15 },
  'reward-model': { epochs: 25 },
  ppo: { episodes: 72 },
} as const;

function commandLine(algorithm: keyof typeof tinyRequests, out: string): string[] {
  const base = tinyRequests[algorithm](world, out);
  return toArguments({ ...base, settings: { ...base.settings, keepCheckpoints: 2, ...longer[algorithm] } });
}

/** Begins a run, or goes on with it where a kill left one. */
const goOn = (first: string[], out: string) =>
  existsSync(join(out, 'run.json')) ? ['resume', out, ...oneThread] : first;

describe.each(algorithms)('%s', (algorithm) => {
  test('killed at random moments and resumed it is bitwise the uninterrupted run', async () => {
    const [whole, killed] = [world.at(`${algorithm}-whole`), world.at(`${algorithm}-killed`)];
    await expect(workbench(...commandLine(algorithm, `${algorithm}-whole`))).resolves.toMatchObject({
      code: 0,
    });
    const moments = randomStream(1, 'kill', algorithm);
    let midway = 0;
    for (let kills = 0; kills < 3; kills++) {
      const { child, ended } = startWorkbench(...goOn(commandLine(algorithm, `${algorithm}-killed`), killed));
      await untilStep(killed, child);
      await sleep(moments.integer(50));
      child.kill('SIGKILL');
      await ended;
      if (expectLittleLost(killed)) midway++;
    }
    expect(midway).toBeGreaterThan(0);
    const last = await workbench(...goOn(commandLine(algorithm, `${algorithm}-killed`), killed));
    expect(last).toMatchObject({ code: 0, stdout: `the model is in ${join(killed, 'model')}\n` });
    expectSameRun(whole, killed);
  });
});

/** Waits for a run to make another step, or to end: a fast machine and a slow one are then killed at like moments. */
async function untilStep(folder: string, child: ChildProcess): Promise<void> {
  const metrics = join(folder, 'metrics.jsonl');
  const size = () => (existsSync(metrics) ? statSync(metrics).size : 0);
  const before = size();
  while (size() === before && child.exitCode === null) await sleep(5);
}

/** Nothing but the steps since the last checkpoint is gone. Returns whether the kill hit between two steps. */
function expectLittleLost(folder: string): boolean {
  if (!existsSync(join(folder, 'run.json'))) return false;
  const run = RunFolder.open(folder);
  const last = run.readMetrics().at(-1)?.step ?? 0;
  const saved = run.latestCheckpoint()?.step ?? 0;
  expect(last - saved).toBeLessThanOrEqual(2);
  return last > 0 && !existsSync(join(folder, 'model'));
}

test('Ctrl-C ends at a checkpoint, says how to go on, and the resumed run is bitwise the same', async () => {
  const out = world.at('ppo-interrupted');
  const { child, ended, says } = startWorkbench(...commandLine('ppo', 'ppo-interrupted'));
  await says(/ppo {2}1\/18/);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/stopping after this step; press Ctrl-C again to stop at once/);
  const step = RunFolder.open(out).latestCheckpoint()!.step;
  expect(stderr).toContain(
    `saved a checkpoint at step ${step}; to go on: npm run workbench -- resume ${out}\n`,
  );
  expect(stderr).not.toContain('error');
  expect(existsSync(join(out, 'model'))).toBe(false);
  await expect(workbench('resume', out, ...oneThread)).resolves.toMatchObject({ code: 0 });
  expectSameRun(world.at('ppo-whole'), out);
});

test('a second Ctrl-C ends at once', async () => {
  const { child, ended, says } = startWorkbench(...commandLine('ppo', 'ppo-twice'));
  await says(/ppo {2}1\/18/);
  child.kill('SIGINT');
  await says(/stopping/);
  child.kill('SIGINT');
  await expect(ended).resolves.toMatchObject({ code: 130 });
});

test('a finished run says so', async () => {
  const out = world.at('ppo-whole');
  await expect(workbench('resume', out, ...oneThread)).resolves.toMatchObject({
    code: 0,
    stderr: `${out} is finished\n`,
    stdout: `the model is in ${join(out, 'model')}\n`,
  });
});
