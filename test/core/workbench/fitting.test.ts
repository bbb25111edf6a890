/** What makes a model fit: packing, recomputation, adapters over a shared base. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Cancelled } from '../../../core/contract/errors.ts';
import { cpuDevice } from '../../../core/engine/devices.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { CpuEngine } from '../../../core/engine/onnx/cpu.ts';
import { loadModel, merged, readWeights, saveModel } from '../../../core/model/model.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { forkJob, resumeJob, runJob, type JobHost } from '../../../core/workbench/jobs.ts';
import type { JobRequest } from '../../../core/workbench/request.ts';
import { scoreCompletions } from '../../../core/workbench/sampling.ts';
import { openTestEngine } from '../../support/engine.ts';
import { tinyRequests, tinyTokenizer, tinyWorld, type World } from './tiny.ts';

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

type Algorithm = JobRequest['algorithm'];
type Settings = NonNullable<JobRequest['settings']>;

const run = (
  algorithm: Algorithm,
  out: string,
  settings: Settings,
  changes: Partial<JobRequest> = {},
  on: Engine = engine,
  host: Omit<JobHost, 'engine'> = {},
) => {
  const request = tinyRequests[algorithm](world, out);
  const job = { ...request, ...changes, settings: { ...request.settings, ...settings } };
  return runJob(job, { engine: on, ...host });
};

const metric = (out: string, name: string) =>
  RunFolder.open(world.at(out))
    .readMetrics()
    .map((record) => record[name]!);

const weightsOf = (out: string) => readWeights(merged(loadModel(world.at(out, 'model'))));

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  expect(worst).toBeLessThan(tolerance);
}

function expectSameTraining(one: string, other: string, loss: string): void {
  expectClose(metric(other, loss), metric(one, loss));
  const others = weightsOf(other);
  for (const [name, values] of weightsOf(one)) expectClose(others.get(name)!, values);
}

// Where a gradient is all but zero Adam divides rounding by rounding; a larger ε keeps that out of the weights.
const steady = { epsilon: 1e-2 };
const lora = { loraRank: 4, loraAlpha: 8, loraTargets: 'all-linear' } as const;
const plainSft = { ...steady, residualDropout: 0, selection: 'last' } as const;

describe('packing', () => {
  test('teaches the same as a row for each demonstration', async () => {
    await run('sft', 'unpacked', { ...plainSft, batchSize: 9 });
    await run('sft', 'packed', { ...plainSft, batchSize: 9, packing: true });
    expectSameTraining('unpacked', 'packed', 'loss');
  });
});

describe('several steps in one call', () => {
  // What CUDA is opened as, on the processor.
  const device = { ...cpuDevice(), provider: 'cuda' } as const;
  const across = new CpuEngine({ threads: 1 }, { device, executionProviders: ['cpu'] });
  afterAll(() => across.dispose());

  test.each([
    ['all weights', {}],
    ['packed rows', { packing: true }],
    ['adapters', { ...lora, learningRate: 1e-2 }],
  ])('teach the same as one by one: %s', async (name, changes) => {
    const settings = { ...plainSft, batchSize: 4, epochs: 4, checkpointEvery: 5, ...changes };
    const [one, many] = [`${name}-one`, `${name}-many`];
    await run('sft', one, settings);
    await run('sft', many, settings, {}, across);
    expect(across.stepsTogether).toBeGreaterThan(1);
    expectSameTraining(one, many, 'loss');
    expectClose(metric(many, 'grad_norm'), metric(one, 'grad_norm'));
    expect(metric(many, 'eval_loss')).toHaveLength(metric(one, 'eval_loss').length);
  });

  test('stopped and resumed are bitwise the same', async () => {
    const settings = { ...plainSft, residualDropout: 0.1, epochs: 4, checkpointEvery: 7 };
    await run('sft', 'fused-whole', settings, {}, across);
    const controller = new AbortController();
    const stopped = run('sft', 'fused-stopped', settings, {}, across, {
      signal: controller.signal,
      onProgress: ({ step }) => step === 5 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(Cancelled);
    await resumeJob(world.at('fused-stopped'), { engine: across });
    const weights = (out: string) => readFileSync(join(world.at(out, 'model'), 'model.safetensors'));
    expect(weights('fused-stopped').equals(weights('fused-whole'))).toBe(true);
  });
});

describe('recomputation', () => {
  test.each([
    ['sft', 'loss'],
    ['reward-model', 'loss'],
    ['ppo', 'loss/policy_avg'],
  ] as const)('teaches %s the same', async (algorithm, loss) => {
    const settings = algorithm === 'sft' ? plainSft : steady;
    await run(algorithm, `${algorithm}-kept`, settings);
    await run(algorithm, `${algorithm}-recomputed`, { ...settings, recompute: true });
    expectSameTraining(`${algorithm}-kept`, `${algorithm}-recomputed`, loss);
  });
});

describe('adapters', () => {
  /** Supervised fine-tuning, a reward model and PPO, each from the one before. */
  beforeAll(async () => {
    await run('sft', 'lora-sft', { ...lora, learningRate: 1e-2, loraDropout: 0.1 });
    await run('reward-model', 'lora-rm', { ...lora, learningRate: 1e-2 }, { model: model('lora-sft') });
  });
  const model = (out: string) => world.at(out, 'model');

  test('learn while the base stays as it is', () => {
    const losses = metric('lora-sft', 'loss');
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.1);
    const { base } = loadModel(model('lora-sft'));
    expect(base!.folder).toBe(world.model);
    const before = loadModel(world.model).weights;
    expect(base!.weights.get('transformer.wte.weight')).toEqual(before.get('transformer.wte.weight'));
  });

  test('are saved as PEFT has them, without the base', () => {
    expect(readdirSync(model('lora-sft')).sort()).toEqual([
      ...['adapter_config.json', 'adapter_model.safetensors', 'tokenizer.json', 'tokenizer_config.json'],
    ]);
    const config: unknown = JSON.parse(readFileSync(join(model('lora-rm'), 'adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({
      ...{ peft_type: 'LORA', task_type: 'SEQ_CLS', r: 4, lora_alpha: 8, fan_in_fan_out: true },
      ...{ modules_to_save: ['score'], base_model_name_or_path: world.model },
    });
  });

  test('score texts as the model they are merged into does', async () => {
    for (const out of ['lora-sft', 'lora-rm']) {
      const folder = world.at(`${out}-merged`);
      saveModel(merged(loadModel(model(out))), folder);
      tinyTokenizer().save(folder);
      const scores = (from: string) =>
        scoreCompletions({ model: from, data: [world.demonstrations] }, engine).then((all) =>
          all.map((score) => ('reward' in score ? score.reward : score.logprob)),
        );
      expectClose(await scores(model(out)), await scores(folder), 1e-4);
    }
  });

  test('share one frozen base among the policy, the reference, the reward and the value model', async () => {
    const allocate = vi.spyOn(engine, 'allocate');
    await run('ppo', 'lora-ppo', lora, { model: model('lora-sft'), rewardModel: model('lora-rm') });
    const bases = allocate.mock.calls.filter(([specs]) =>
      specs.some(({ name }) => name === 'transformer.wte.weight'),
    );
    allocate.mockRestore();
    expect(bases).toHaveLength(1);
    expect(metric('lora-ppo', 'val/first_ratio_error')[0]).toBeLessThan(1e-4);
    expect(Math.abs(metric('lora-ppo', 'objective/kl')[0]!)).toBeLessThan(1e-4);
    expect(existsSync(join(model('lora-ppo'), 'adapter_model.safetensors'))).toBe(true);
  });

  test('of another shape than the settings ask for are refused, with both', async () => {
    const other = run('sft', 'refused', { ...lora, loraRank: 2 }, { model: model('lora-sft') });
    await expect(other).rejects.toThrow(/is an adapter of rank 4, alpha 8 .* one of rank 2, alpha 8/);
    expect(existsSync(world.at('refused'))).toBe(false);
  });

  test.each([
    [{ loraRank: 0 }, 'loraRank is 0, but'],
    [{ loraRank: 2 }, 'loraRank is 2, but'],
    [{ loraAlpha: 16 }, 'trains with 8 and a fork goes on with the weights it has'],
    [{ loraTargets: 'attention' }, 'loraTargets is "attention", but'],
  ])('are not changed by a fork: %j', async (settings, message) => {
    const out = world.at('refused-fork');
    const forked = forkJob(world.at('lora-sft'), { settings, out }, { engine });
    await expect(forked).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test('do not come by a fork of a run that trains all weights', async () => {
    await run('sft', 'all-weights', plainSft);
    const forked = forkJob(
      world.at('all-weights'),
      { settings: lora, out: world.at('refused-fork') },
      { engine },
    );
    await expect(forked).rejects.toThrow('loraRank is 4, but');
    const settings = { loraAlpha: 32, learningRate: 1e-5 };
    await forkJob(world.at('all-weights'), { step: 2, settings, out: world.at('fork') }, { engine });
    expect(existsSync(model('fork'))).toBe(true);
  });

  test('are merged where all weights are trained', async () => {
    await run('sft', 'full-after', { ...plainSft, learningRate: 0 }, { model: model('lora-sft') });
    const [after, before] = [weightsOf('full-after'), weightsOf('lora-sft')];
    for (const [name, values] of before) expectClose(after.get(name)!, values, 1e-6);
    expect(existsSync(join(model('full-after'), 'config.json'))).toBe(true);
  });

  test('over a base in half precision learn much the same', async () => {
    await run('sft', 'half', { ...lora, learningRate: 1e-2, baseFloats: 'float16' });
    await run('sft', 'single', { ...lora, learningRate: 1e-2 });
    expectClose(metric('half', 'loss'), metric('single', 'loss'), 2e-2);
    expect(metric('half', 'loss')).not.toEqual(metric('single', 'loss'));
  });
});
