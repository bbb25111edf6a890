import { cpSync, existsSync, readFileSync, renameSync, rmSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cancelled } from '../../../core/contract/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { resumeJob, runJob } from '../../../core/workbench/jobs.ts';
import { openTestEngine } from '../../support/engine.ts';
import { expectSameRun } from './same-run.ts';
import { tinyRequests, tinyWorld, type World } from './tiny.ts';

let engine: Engine;
let world: World;
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

/** Every algorithm as it is, and once with all that makes it fit. */
const lora = { loraRank: 2, loraTargets: 'all-linear', recompute: true } as const;
const fitted = {
  sft: { ...lora, loraDropout: 0.1, packing: true, lengthBuckets: true },
  'reward-model': { ...lora, loraDropout: 0.1 },
  ppo: lora,
} as const;
const plainRuns = (Object.keys(tinyRequests) as (keyof typeof tinyRequests)[]).map(
  (algorithm) => [algorithm, algorithm, {}, ['config.json', 'model.safetensors']] as const,
);
const fittedRuns = (Object.keys(fitted) as (keyof typeof fitted)[]).map(
  (algorithm) =>
    [
      `${algorithm} of adapters`,
      algorithm,
      fitted[algorithm],
      ['adapter_config.json', 'adapter_model.safetensors'],
    ] as const,
);

describe.each([...plainRuns, ...fittedRuns])('%s', (name, algorithm, settings, files) => {
  const folder = name.replaceAll(' ', '-');
  const whole = `${folder}-whole`;
  const request = (out: string) => {
    const plain = tinyRequests[algorithm](world, out);
    return { ...plain, settings: { ...plain.settings, ...settings } };
  };

  test('runs to its end and leaves a model folder', async () => {
    const { model } = await runJob(request(whole), { engine });
    expect(readdirSync(model).sort()).toEqual([...files, 'tokenizer.json', 'tokenizer_config.json']);
    expect(RunFolder.open(world.at(whole)).isLocked()).toBe(false);
  });

  test('stopped in the middle and resumed it is bitwise the uninterrupted run', async () => {
    const out = `${folder}-stopped`;
    const controller = new AbortController();
    const stopAt3 = ({ step }: { step: number }) => step === 3 && controller.abort();
    const stopped = runJob(request(out), {
      engine,
      signal: controller.signal,
      onProgress: stopAt3,
    });
    await expect(stopped).rejects.toThrow(Cancelled);
    expect(RunFolder.open(world.at(out)).latestCheckpoint()?.step).toBe(3);
    await resumeJob(world.at(out), { engine });
    rmSync(join(world.at(out), 'checkpoints', '000003'), { recursive: true });
    expectSameRun(world.at(whole), world.at(out));
  });

  test('resumed from a checkpoint that lines and rollouts have outrun it is bitwise the same', async () => {
    const out = world.at(`${folder}-outrun`);
    cpSync(world.at(whole), out, { recursive: true });
    rmSync(join(out, 'model'), { recursive: true });
    for (const name of readdirSync(join(out, 'checkpoints')))
      if (Number(name) > 2) rmSync(join(out, 'checkpoints', name), { recursive: true });
    await resumeJob(out, { engine });
    expectSameRun(world.at(whole), out);
  });

  test('resumed without any checkpoint it begins anew and is bitwise the same', async () => {
    const out = world.at(`${folder}-anew`);
    cpSync(world.at(whole), out, { recursive: true });
    rmSync(join(out, 'model'), { recursive: true });
    rmSync(join(out, 'checkpoints'), { recursive: true });
    await resumeJob(out, { engine });
    expectSameRun(world.at(whole), out);
  });

  test('a finished run is returned as it is', async () => {
    const before = readFileSync(join(world.at(whole), 'metrics.jsonl'), 'utf8');
    await expect(resumeJob(world.at(whole), { engine })).resolves.toMatchObject({
      model: join(world.at(whole), 'model'),
    });
    expect(readFileSync(join(world.at(whole), 'metrics.jsonl'), 'utf8')).toBe(before);
  });
});

describe.each(['sft', 'ppo'] as const)('the watched prompts of %s', (algorithm) => {
  const watchedOf = (out: string) =>
    RunFolder.open(world.at(out))
      .readSamples()
      .filter(({ watched }) => watched === true);

  test('are answered before training, every so many steps, and at the end', () => {
    const total = RunFolder.open(world.at(`${algorithm}-whole`)).lastStep();
    const answers = watchedOf(`${algorithm}-whole`);
    const steps = [...new Set(answers.map(({ step }) => step))];
    expect(steps).toEqual([...[0, 4, 8].filter((step) => step < total), total]);
    const at = (step: number) => answers.filter((answer) => answer.step === step).map(({ prompt }) => prompt);
    for (const step of steps) expect(at(step)).toEqual(at(0));
  });

  test('leave the trajectory as it is', async () => {
    const request = tinyRequests[algorithm](world, `${algorithm}-unwatched`);
    const data = Object.entries(request.data).filter(([role]) => role !== 'watched');
    await runJob({ ...request, data: Object.fromEntries(data) }, { engine });
    const [whole, unwatched] = [`${algorithm}-whole`, `${algorithm}-unwatched`];
    expect(watchedOf(unwatched)).toEqual([]);
    const weights = (out: string) => readFileSync(world.at(out, 'model', 'model.safetensors'));
    expect(weights(unwatched).equals(weights(whole))).toBe(true);
    const losses = (out: string) =>
      RunFolder.open(world.at(out))
        .readMetrics()
        .map((record) => [record['loss'], record['loss/policy_avg'], record['objective/kl']]);
    expect(losses(unwatched)).toEqual(losses(whole));
  });
});

test('the answers of an untrained model are the same each time', async () => {
  const { settings, ...request } = tinyRequests.sft(world, 'still');
  await runJob({ ...request, settings: { ...settings, learningRate: 0 } }, { engine });
  const answers = RunFolder.open(world.at('still')).readSamples();
  const completions = (step: number) =>
    answers.filter((answer) => answer.step === step).map(({ completion }) => completion);
  expect(completions(0)).toHaveLength(6);
  expect(completions(4)).toEqual(completions(0));
});

test('refuses to resume where the data has changed', async () => {
  const { demonstrations, at } = world;
  const out = at('changed');
  cpSync(at('sft-whole'), out, { recursive: true });
  rmSync(join(out, 'model'), { recursive: true });
  renameSync(demonstrations, `${demonstrations}.old`);
  cpSync(world.validation, demonstrations);
  await expect(resumeJob(out, { engine })).rejects.toThrow(
    `${demonstrations} (demonstrations) has changed since the run began`,
  );
  renameSync(`${demonstrations}.old`, demonstrations);
  expect(existsSync(join(out, 'model'))).toBe(false);
  expect(RunFolder.open(out).isLocked()).toBe(false);
});
