/** The form of a run on the starter project: what it suggests, what it says of mistakes, what a run records of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallInput, CallOutput } from '../../../core/contract/calls.ts';
import { sha256OfFolder } from '../../../core/data/files.ts';
import { loadModel, saveModel, withScalarHead } from '../../../core/model/model.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { randomStream } from '../../../core/data/random.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import { TestBench } from './open-workbench.ts';
import { tinyWorld } from './tiny.ts';

const starter = resolve('resources/starter');
const base = join(starter, 'model');

type Form = CallInput<'runs.start'>;
type Algorithm = Form['algorithm'];

let bench: TestBench;
let snapshot: CallOutput<'snapshots.create'>;
beforeAll(async () => {
  bench = await TestBench.open();
  await bench.call('project.openStarter', {});
});
afterAll(() => bench.close());

const suggest = (algorithm: Algorithm) => bench.call('runs.suggest', { algorithm });
const check = (form: Form) => bench.call('runs.check', form);
const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').length;

const few = { epochs: 1, batchSize: 64, pretrainingShare: 0, selection: 'last', checkpointEvery: 2 } as const;

function rewardModel(): string {
  saveModel(withScalarHead(loadModel(base), randomStream(5, 'head')), bench.at('reward'));
  Tokenizer.load(base).save(bench.at('reward'));
  return bench.at('reward');
}

test('before there is a snapshot the form says what to do', async () => {
  const form = await suggest('sft');
  expect(form).toMatchObject({ name: 'sft', preset: 'starter' });
  // A copy under a path that stays, whatever becomes of the application's own folder.
  expect(form.model).toMatch(/state.starter-[0-9a-f]{8}.model$/);
  expect(readFileSync(join(form.model!, 'model.safetensors'))).toEqual(
    readFileSync(join(base, 'model.safetensors')),
  );
  expect(form.snapshot).toBeUndefined();
  expect(await check(form as Form)).toEqual({
    problems: [
      {
        field: 'snapshot',
        message:
          "there is no snapshot of the project's data yet: make one, or choose a file of demonstrations",
      },
      expect.objectContaining({ field: 'settings.selection' }),
    ],
    steps: null,
    examples: {},
  });
});

describe('with a snapshot', () => {
  beforeAll(async () => {
    snapshot = await bench.call('snapshots.create', { name: 'All labels' });
  });

  test('supervised fine-tuning is ready as it is suggested, with the examples of its files', async () => {
    const form = await suggest('sft');
    expect(form.snapshot).toBe(snapshot.id);
    const [train, validation] = ['train', 'validation'].map((split) =>
      lines(join(starter, `demonstrations.${split}.jsonl`)),
    );
    expect(await check(form as Form)).toEqual({
      problems: [],
      steps: Math.ceil((train! + Math.round(0.1 * train!)) / 32) * 6,
      examples: {
        ...{ demonstrations: train, validation, watched: 8 },
        pretraining: lines(join(starter, 'pretraining.jsonl')),
      },
    });
  });

  test('ppo lacks its models until there are some', async () => {
    const form = await suggest('ppo');
    expect(form).not.toHaveProperty('model');
    expect((await check({ ...form, model: base })).problems).toEqual([
      { field: 'rewardModel', message: 'ppo needs a reward model; give the folder of one' },
    ]);
    const ready = await check({ ...form, model: base, rewardModel: rewardModel() });
    expect(ready).toMatchObject({ problems: [], steps: 3840 / 128, examples: { prompts: 2412, watched: 8 } });
  });

  const tiny = tinyWorld();
  const empty = join(tiny.root, 'empty.jsonl');
  writeFileSync(empty, '\n');
  const cases: [string, Algorithm, Partial<Form>, string, RegExp][] = [
    ['a setting that is not', 'sft', { settings: { epoch: 1 } }, 'settings.epoch', /^there is no setting/],
    [
      'a setting out of range',
      'sft',
      { settings: { learningRate: 2 } },
      'settings.learningRate',
      /^learningRate is 2, but must be a number from 0 to 1$/,
    ],
    ['a reward model as the start', 'sft', { model: tiny.rewardModel }, 'model', /is a reward model/],
    ['a folder that is none', 'sft', { model: tiny.at('none') }, 'model', /does not exist/],
    ['a policy as reward model', 'ppo', { model: base, rewardModel: base }, 'rewardModel', /is a language/],
    [
      'a reward model of other tokens',
      'ppo',
      { model: base, rewardModel: tiny.rewardModel },
      'rewardModel',
      /train a reward model from it$/,
    ],
    ['a reward model of no use', 'reward-model', { rewardModel: base }, 'rewardModel', /has no use for/],
    ['a snapshot that is not', 'sft', { snapshot: 99 }, 'snapshot', /there is no snapshot 99/],
    ['a missing file', 'sft', { data: { validation: ['/none.jsonl'] } }, 'data.validation', /choose another/],
    ['an empty file', 'sft', { data: { validation: [empty] } }, 'data.validation', /is empty/],
    ['a role of no use', 'sft', { data: { rankings: [empty] } }, 'data.rankings', /has no use for rankings/],
    [
      'no pretraining text',
      'ppo',
      { model: base, data: {}, settings: { ptxCoef: 1 } },
      'settings.ptxCoef',
      /but no pretraining text was given/,
    ],
    [
      'no room in the context',
      'ppo',
      { model: base, settings: { responseLength: 256 } },
      'settings.responseLength',
      /the context of .* is 256/,
    ],
    ['a round that is not', 'ppo', { round: 9 }, 'round', /there is no round 9/],
  ];
  test.each(cases)('%s is explained beside its field', async (_, algorithm, changes, field, message) => {
    const form = { model: base, ...(await suggest(algorithm)), ...changes } as Form;
    const { problems, steps } = await check(form);
    expect(steps).toBeNull();
    expect(problems.find((problem) => problem.field === field)?.message).toMatch(message);
    await expect(bench.call('runs.start', form)).rejects.toThrow(problems[0]!.message);
    expect(await bench.call('runs.list', {})).toEqual([]);
  });

  test('several mistakes are told at once', async () => {
    const form = { ...(await suggest('ppo')), model: bench.root, settings: { gamma: 2, lam: -1 } } as Form;
    const fields = (await check(form)).problems.map(({ field }) => field);
    expect(fields.sort()).toEqual(['model', 'rewardModel', 'settings.gamma', 'settings.lam']);
  });

  test('a run records its snapshot, and its model is what the next stages are suggested', async () => {
    const form = await suggest('sft');
    const settings = { ...few, sampleEvery: 4 };
    const { folder, sha256 } = await bench.call('snapshots.rebuild', { id: snapshot.id });
    writeFileSync(join(folder, 'demonstrations.train.jsonl'), '{"prompt":"spoilt","completion":"x"}\n');
    const { work } = await bench.call('runs.start', { ...form, settings } as Form);
    expect(await bench.ended(work)).toMatchObject({ state: 'done' });
    expect(sha256OfFolder(folder)).toBe(sha256);
    const [run] = await bench.call('runs.list', {});
    const { manifest } = RunFolder.open(run!.path);
    expect(manifest).toMatchObject({
      steps: run!.step,
      request: { snapshot: { id: snapshot.id, name: 'All labels', sha256: snapshot.sha256 } },
    });
    const watched = await bench.call('runs.samples', { path: run!.path });
    expect(watched).toHaveLength(8);
    expect(watched[0]!.answers.map(({ step }) => step)).toEqual([
      ...Array.from({ length: Math.ceil(run!.step / 4) }, (_, i) => 4 * i),
      run!.step,
    ]);
    expect(watched.every(({ answers }) => answers.every(({ gold }) => gold !== null))).toBe(true);
    const model = join(run!.path, 'model');
    expect(await suggest('ppo')).toMatchObject({ model, preset: 'starter' });
    expect(await suggest('reward-model')).toMatchObject({ model, preset: 'starter' });
  });
});
