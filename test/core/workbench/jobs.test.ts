import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cancelled } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { inMemory, loadModel, readWeights, withScalarHead } from '../../../core/model/model.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { endJob, forkJob, runJob } from '../../../core/workbench/jobs.ts';
import type { JobRequest } from '../../../core/workbench/request.ts';
import { openTestEngine } from '../../support/engine.ts';
import { expectSameRun } from './same-run.ts';
import { jsonLines, saveTiny, tinyConfig, tinyModel, tinyRequests, tinyWorld, type World } from './tiny.ts';

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

const request = (algorithm: JobRequest['algorithm'], out: string, changes: Partial<JobRequest> = {}) => {
  const base = tinyRequests[algorithm](world, out);
  return { ...base, ...changes, settings: { ...base.settings, ...changes.settings } };
};

function shortRewardModel(): string {
  const short = tinyModel({ ...tinyConfig, context: 6 });
  return saveTiny(withScalarHead(short, randomStream(7, 'head')), world.at('short'));
}

const metricsOf = (out: string, name: string) =>
  RunFolder.open(world.at(out))
    .readMetrics()
    .map((record) => record[name]!);

describe('gradient accumulation', () => {
  const split = { pretrain: 'loss', sft: 'loss', 'reward-model': 'loss', ppo: 'loss/policy_avg' } as const;

  test.each(Object.entries(split) as ['sft', string][])(
    '%s is the same in one pass and in many',
    async (algorithm, loss) => {
      const [whole, parts] = [`${algorithm}-1x8`, `${algorithm}-8x1`];
      // Where a gradient is all but zero Adam divides rounding by rounding; a larger ε keeps that out of the weights.
      const same = { epsilon: 1e-2, ...(algorithm === 'sft' && { residualDropout: 0, selection: 'last' }) };
      for (const [out, microBatchTokens] of [
        [whole, 1e6],
        [parts, 1],
      ] as const)
        await runJob(request(algorithm, out, { settings: { ...same, microBatchTokens } }), { engine });
      expectClose(metricsOf(parts, loss), metricsOf(whole, loss));
      const weights = (out: string) => readWeights(loadModel(world.at(out, 'model')));
      for (const [name, values] of weights(whole)) expectClose(weights(parts).get(name)!, values);
    },
  );
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  expect(worst).toBeLessThan(1e-5);
}

describe('manifest', () => {
  test('records all that the run began with', async () => {
    await runJob(request('pretrain', 'recorded'), { engine });
    const { manifest } = RunFolder.open(world.at('recorded'));
    expect(manifest).toMatchObject({
      algorithm: 'pretrain',
      seed: 3,
      configuration: { steps: 7, beta2: 0.95, schedule: 'cosineToTenth' },
      models: { model: { path: world.model } },
      data: { texts: { path: world.texts }, validation: { path: world.texts } },
      request: { model: world.model, data: { texts: [world.texts] }, preset: 'starter' },
    });
    expect(manifest.models['model']!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest.versions.onnxruntime).toMatch(/^\d+\.\d+/);
  });

  test('fresh weights come from the seed', async () => {
    const fresh = { config: join(world.model, 'config.json'), tokenizer: world.model };
    const settings = { steps: 1 };
    await runJob(request('pretrain', 'fresh-1', { model: fresh, settings }), { engine });
    await runJob(request('pretrain', 'fresh-2', { model: fresh, settings }), { engine });
    expectSameRun(world.at('fresh-1'), world.at('fresh-2'));
    await runJob(request('pretrain', 'fresh-3', { model: fresh, settings, seed: 4 }), { engine });
    expect(metricsOf('fresh-3', 'loss')).not.toEqual(metricsOf('fresh-1', 'loss'));
  });
});

describe('a fork', () => {
  test('goes on from a checkpoint under the new settings', async () => {
    await runJob(request('sft', 'trunk'), { engine });
    const settings = { epochs: 4, learningRate: 1e-5, schedule: 'constant', selection: 'validationLoss' };
    await forkJob(world.at('trunk'), { step: 4, settings, out: world.at('branch') }, { engine });
    const run = RunFolder.open(world.at('branch'));
    expect(run.manifest.parent).toEqual({ run: RunFolder.open(world.at('trunk')).path, step: 4 });
    expect(run.manifest.configuration).toMatchObject({ epochs: 4, batchSize: 3, learningRate: 1e-5 });
    expect(run.readMetrics().map(({ step }) => step)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expect(metricsOf('branch', 'learning_rate')).toEqual(Array(8).fill(1e-5));
    expect(existsSync(world.at('branch', 'model'))).toBe(true);
  });

  test('with the settings of its parent repeats it', async () => {
    await runJob(request('ppo', 'ppo-trunk'), { engine });
    await forkJob(world.at('ppo-trunk'), { step: 2, out: world.at('ppo-branch') }, { engine });
    expect(metricsOf('ppo-branch', 'objective/kl')).toEqual(metricsOf('ppo-trunk', 'objective/kl').slice(2));
    expect(readFileSync(world.at('ppo-branch', 'model', 'model.safetensors'))).toEqual(
      readFileSync(world.at('ppo-trunk', 'model', 'model.safetensors')),
    );
  });

  test('with another β begins at that', async () => {
    const fork = { step: 2, settings: { klCoef: 0.7 }, out: world.at('ppo-beta') };
    await forkJob(world.at('ppo-trunk'), fork, { engine });
    expect(metricsOf('ppo-beta', 'objective/kl_coef')[0]).toBe(0.7);
  });

  test.each([
    [{ step: 3 }, /has no checkpoint of step 3; those kept are of 2, 4, 6/],
    [{ step: 6, settings: { episodes: 8 } }, /step 6 of .* is past the end: these settings make 2 steps/],
    [{ settings: { klCoeff: 1 } }, /there is no setting 'klCoeff'/],
  ])('%j is refused before a folder is made', async (fork, message) => {
    const out = world.at('refused');
    await expect(forkJob(world.at('ppo-trunk'), { ...fork, out }, { engine })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});

describe('sft', () => {
  test('returns the epoch whose sampled answers the reward model liked best', async () => {
    await runJob(request('sft', 'by-reward', { settings: { checkpointEvery: 3 } }), { engine });
    const rewards = metricsOf('by-reward', 'eval_reward').filter((value) => value !== undefined);
    expect(rewards).toHaveLength(3);
    const best = RunFolder.open(world.at('by-reward')).checkpoints()[rewards.indexOf(Math.max(...rewards))]!;
    expect(readFileSync(world.at('by-reward', 'model', 'model.safetensors'))).toEqual(
      readFileSync(join(best.path, 'model', 'model.safetensors')),
    );
  });
});

describe('ppo', () => {
  test('measures gold over the prompts that simulated labelers know, and writes it beside watched answers', async () => {
    const gold = (prompt: string) => ({ 'the cat': 0.25, 'the dog': 0.75 })[prompt];
    await runJob(request('ppo', 'gold', { settings: { batchSize: 6, missingEos: 'none' } }), {
      engine,
      gold,
    });
    expect(metricsOf('gold', 'objective/gold')).toEqual([0.5, 0.5, 0.5, 0.5]);
    const watched = RunFolder.open(world.at('gold'))
      .readSamples()
      .filter((sample) => sample['watched'] === true && sample.step === 4);
    expect(watched.map((sample) => sample['gold'])).toEqual([0.25, 0.75, ...Array<undefined>(4)]);
    const scores = watched.map((sample) => sample['score'] as number);
    const mean = scores.reduce((a, b) => a + b) / scores.length;
    expect(metricsOf('gold', 'eval_reward')).toEqual([undefined, undefined, undefined, expect.closeTo(mean)]);
  });

  test('reports no gold where no prompt is known', async () => {
    await runJob(request('ppo', 'no-gold'), { engine, gold: () => undefined });
    expect(metricsOf('no-gold', 'objective/gold')).toEqual(Array(6).fill(undefined));
  });

  test('tells how far the scores of an iteration spread, and how many completions differ', async () => {
    await runJob(
      request('ppo', 'spread', {
        settings: { temperature: 0.01, episodes: 12, batchSize: 12, missingEos: 'none' },
      }),
      {
        engine,
      },
    );
    const run = RunFolder.open(world.at('spread'));
    const { scores, completions, completionLengths } = Object.fromEntries(
      [...run.readRollouts(1)].map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
    );
    const mean = scores!.reduce((a, b) => a + b) / 12;
    const deviation = Math.sqrt(scores!.reduce((total, score) => total + (score - mean) ** 2, 0) / 12);
    expect(metricsOf('spread', 'objective/scores_std')).toEqual([expect.closeTo(deviation)]);
    let start = 0;
    const texts = completionLengths!.map((length) => completions!.slice(start, (start += length)).join());
    const alone = texts.filter((text) => texts.filter((other) => other === text).length === 1);
    expect(deviation).toBeGreaterThan(0);
    expect(alone.length).toBeLessThan(12);
    expect(metricsOf('spread', 'objective/distinct')).toEqual([alone.length / 12]);
  });
});

describe('ending a run early', () => {
  const stopped = async (algorithm: 'sft' | 'ppo', out: string) => {
    const controller = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 5 && controller.abort();
    const run = runJob(request(algorithm, out), { engine, onProgress, signal: controller.signal });
    await expect(run).rejects.toThrow(Cancelled);
  };

  test.each(['sft', 'ppo'] as const)('%s: has the model that it has come to', async (algorithm) => {
    const out = `${algorithm}-ended`;
    await stopped(algorithm, out);
    appendFileSync(world.at(out, 'metrics.jsonl'), '{"step":6,"time":1,"loss":1}\n');
    const { model } = await endJob(world.at(out));
    const run = RunFolder.open(world.at(out));
    expect(run.lastStep()).toBe(5);
    expect(run.isLocked()).toBe(false);
    expect(readdirSync(model)).not.toContain('optimizer.safetensors');
    const [checkpoint] = run.checkpoints().slice(-1);
    const best = algorithm === 'sft' ? 'selected' : 'model';
    expect(inMemory(loadModel(model))).toEqual(inMemory(loadModel(join(checkpoint!.path, best))));
    await expect(endJob(world.at(out))).rejects.toThrow(/has ended already/);
  });

  test('is refused where there is no checkpoint, and leaves the run as it is', async () => {
    await stopped('ppo', 'no-checkpoint');
    rmSync(world.at('no-checkpoint', 'checkpoints'), { recursive: true });
    await expect(endJob(world.at('no-checkpoint'))).rejects.toThrow(/has no checkpoint yet/);
    expect(existsSync(world.at('no-checkpoint', 'model'))).toBe(false);
  });
});

test('a reward model that is trained on keeps its head', async () => {
  const still = { model: world.rewardModel, settings: { learningRate: 0, epochs: 1 } };
  await runJob(request('reward-model', 'still', still), { engine });
  const head = (folder: string) => loadModel(folder).weights.get('score.weight');
  expect(head(world.at('still', 'model'))).toEqual(head(world.rewardModel));
});

describe('a request is refused before a folder is made', () => {
  const cases: [string, JobRequest['algorithm'], () => Partial<JobRequest>, RegExp][] = [
    [
      'a setting out of range',
      'sft',
      () => ({ settings: { learningRate: 2 } }),
      /learningRate is 2, but must be/,
    ],
    ['a role missing', 'ppo', () => ({ data: {} }), /ppo needs a file of prompts/],
    [
      'a role too many',
      'sft',
      () => ({ data: { demonstrations: world.demonstrations, rankings: world.rankings } }),
      /sft has no use for rankings; it reads demonstrations, validation, pretraining/,
    ],
    [
      'a reward model as policy',
      'ppo',
      () => ({ model: world.rewardModel }),
      /is a reward model \(it has score\.weight\), but ppo starts from a language model/,
    ],
    [
      'a policy as reward model',
      'ppo',
      () => ({ rewardModel: world.model }),
      /is a language model, but completions are scored by a reward model/,
    ],
    [
      'a reward model that reads less than the answers it is to score',
      'sft',
      () => ({ rewardModel: shortRewardModel() }),
      /short reads at most 6 tokens, but a validation prompt with an answer takes up to \d+; give a reward model/,
    ],
    [
      'selection without validation',
      'sft',
      () => ({ data: { demonstrations: world.demonstrations, pretraining: world.texts } }),
      /no validation demonstrations were given/,
    ],
    [
      'windows beyond the context',
      'pretrain',
      () => ({ settings: { sequenceLength: 64 } }),
      /sequenceLength is 64, but the context of .* is 48/,
    ],
    [
      'a prompt beyond maxPromptTokens',
      'sft',
      () => ({ settings: { maxPromptTokens: 1 } }),
      /demonstrations\.jsonl line 1: the prompt has \d+ tokens, but maxPromptTokens is 1/,
    ],
    [
      'a prompt without room for a response',
      'ppo',
      () => ({ settings: { responseLength: 47 } }),
      /prompts\.jsonl line 1: the prompt has \d+ tokens, which with responseLength 47 exceed the context of 48/,
    ],
    [
      'a completion beyond the context, after a blank line',
      'sft',
      () => ({
        data: { demonstrations: longDemonstration(), validation: world.validation, pretraining: world.texts },
      }),
      /long\.jsonl line 3: prompt and completion have \d+ tokens/,
    ],
    [
      'a malformed ended',
      'reward-model',
      () => ({
        data: {
          rankings: jsonLines(world.at('ended.jsonl'), [
            { prompt: 'a', completions: ['b', 'c'], ranks: [1, 2], ended: [true] },
          ]),
        },
      }),
      /ended\.jsonl line 1: "ended" must hold true or false for each of the 2 completions/,
    ],
    [
      'rankings of ties',
      'reward-model',
      () => ({
        data: {
          rankings: jsonLines(world.at('ties.jsonl'), [
            { prompt: 'a', completions: ['b', 'c'], ranks: [1, 1] },
          ]),
        },
      }),
      /ties\.jsonl: no ranking prefers one completion to another/,
    ],
  ];

  test.each(cases)('%s', async (_, algorithm, changes, message) => {
    const out = 'never';
    await expect(runJob(request(algorithm, out, changes()), { engine })).rejects.toThrow(message);
    expect(existsSync(world.at(out))).toBe(false);
  });

  const longDemonstration = () => {
    const path = jsonLines(world.at('long.jsonl'), [
      { prompt: 'the cat', completion: ' sat' },
      { prompt: 'the cat', completion: ' sat'.repeat(60) },
    ]);
    const [first, second] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n\n${second}\n`);
    return path;
  };
});
