/** A job is planned before anything of it is written, and refused with the change that makes it fit. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cpuDevice } from '../../../core/engine/devices.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { readConfig } from '../../../core/model/config-file.ts';
import { planJob, planSoon, plainMeans } from '../../../core/workbench/job-memory.ts';
import { runJob } from '../../../core/workbench/jobs.ts';
import { prepare } from '../../../core/workbench/prepare.ts';
import { parseRequest, type Job } from '../../../core/workbench/request.ts';
import { openTestEngine } from '../../support/engine.ts';
import { jsonLines, saveTiny, tinyModel, tinyRequests, tinyWorld, type World } from './tiny.ts';

let world: World;
let engine: Engine;
let wide: string;
beforeAll(async () => {
  world = tinyWorld();
  engine = await openTestEngine();
  // Wide enough for its activations to weigh more than the process.
  const config = readConfig(
    { model_type: 'gpt2', vocab_size: 20_000, n_positions: 64, n_embd: 256, n_layer: 2, n_head: 4 },
    'a test',
  );
  wide = saveTiny(tinyModel(config), world.at('wide'));
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

/** Many demonstrations in one micro-batch. */
function large(settings: Job['settings'] = {}): Job {
  const tiny = tinyRequests.sft(world, 'large');
  const demonstrations = jsonLines(
    world.at('data', 'many.jsonl'),
    Array.from({ length: 256 }, () => ({ prompt: 'the cat', completion: ' sat on the mat.'.repeat(4) })),
  );
  const { rewardModel: _, ...request } = tiny;
  return parseRequest({
    ...{ ...request, model: wide, data: { demonstrations } },
    settings: {
      ...{ epochs: 1, batchSize: 128, pretrainingShare: 0, selection: 'last', microBatchTokens: 4096 },
      ...{ maxPromptTokens: 16, residualDropout: 0, ...settings },
    },
  });
}

const plan = (job: Job, memoryGigabytes = 0) =>
  planJob(job, prepare(job), cpuDevice(), { ...plainMeans, memoryGigabytes });

const totalIn = async (job: Job): Promise<number> => (await plan(job)).plan.memories[0]!.total;

test('smaller micro-batches, recomputation and adapters take less', async () => {
  const whole = await totalIn(large());
  expect(await totalIn(large({ microBatchTokens: 512 }))).toBeLessThan(0.6 * whole);
  expect(await totalIn(large({ recompute: true }))).toBeLessThan(whole);
  expect(await totalIn(large({ loraRank: 4 }))).toBeLessThan(whole);
});

test('what does not fit is refused with the change that makes it fit, before anything is written', async () => {
  const job = large();
  const needed = (await totalIn(job)) / 1e9;
  const { refusal, changes } = await plan(job, 0.8 * needed);
  expect(refusal).toMatch(/^the run needs .* of memory, but the settings allow .* \(activations /);
  expect(refusal).toMatch(/: set microBatchTokens to \d+ \([\d.]+ [MG]B\)$/);
  expect(Object.keys(changes!)).toEqual(['microBatchTokens']);
  const changed = large({ microBatchTokens: changes!['microBatchTokens']! });
  expect((await plan(changed, 0.8 * needed)).refusal).toBeUndefined();

  const memory = { ...plainMeans, memoryGigabytes: 0.8 * needed };
  await expect(runJob(job, { engine, memory })).rejects.toThrow(
    /^the run needs .*: set microBatchTokens to /,
  );
  expect(existsSync(job.out)).toBe(false);
});

test('a run hears what it will take', async () => {
  const heard: number[] = [];
  await runJob(tinyRequests.pretrain(world, 'heard'), {
    engine,
    onPlan: ({ memories }) => heard.push(...memories.map(({ total }) => total)),
  });
  expect(heard).toHaveLength(1);
  expect(heard[0]).toBeGreaterThan(5e7);
});

test('of large files the first lines are enough', async () => {
  const path = world.at('data', 'long.jsonl');
  const line = JSON.stringify({ prompt: 'the cat', completion: ' sat on the mat.'.repeat(4) });
  writeFileSync(path, `${line}\n`.repeat(Math.ceil(1.5e6 / line.length)));
  const job = { ...large(), data: { demonstrations: [path] } };
  const [soon] = (await planSoon(job, cpuDevice(), plainMeans)).plan.memories;
  const [all] = (await plan(job)).plan.memories;
  const activations = (memory: typeof soon) =>
    memory!.parts.find(({ part }) => part === 'activations')!.bytes;
  expect(activations(soon) / activations(all)).toBeCloseTo(1, 1);
});
