import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { algorithms } from '../../../core/contract/algorithms.ts';
import { metricMeanings } from '../../../core/contract/metrics.ts';
import { trainBpe } from '../../../core/model/bpe.ts';
import { withWeights } from '../../../core/model/model.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';
import type { JobRequest } from '../../../core/workbench/request.ts';
import { jsonLines, saveTiny, tinyModel, tinyRequests, tinyWorld, type World } from '../workbench/tiny.ts';
import { oneThread, toArguments, workbench } from './cli.ts';

let world: World;
beforeAll(() => {
  world = tinyWorld();
});
afterAll(() => {
  rmSync(world.root, { recursive: true });
});

const commandLine = (algorithm: JobRequest['algorithm'], out: string, changes: Partial<JobRequest> = {}) => {
  const base = tinyRequests[algorithm](world, out);
  return toArguments({ ...base, ...changes, settings: { ...base.settings, ...changes.settings } });
};

/** A copy of the tiny model with something done to it. */
function spoilt(name: string, spoil: (folder: string) => void): string {
  const folder = world.at(name);
  cpSync(world.model, folder, { recursive: true });
  spoil(folder);
  return folder;
}

function editConfig(folder: string, changes: object): void {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...changes }));
}

function file(name: string, text: string): string {
  writeFileSync(world.at(name), text);
  return world.at(name);
}

const withModel = (name: string, spoil: (folder: string) => void) =>
  commandLine('pretrain', 'never', { model: spoilt(name, spoil) });

const withData = (name: string, text: string) =>
  commandLine('sft', 'never', {
    data: { demonstrations: file(name, text), validation: world.validation, pretraining: world.texts },
  });

const widerTokenizer = () =>
  Tokenizer.of(
    trainBpe(['ab ab cd cd'], 317, ['<|endoftext|>', ...Array.from({ length: 60 }, (_, i) => `<${i}>`)]),
    {
      eos: '<|endoftext|>',
    },
  );

describe('bad input is one line, exit code 1, and nothing written', () => {
  const cases: [string, () => string[], RegExp][] = [
    [
      'a model without weights',
      () => withModel('weightless', (folder) => rmSync(join(folder, 'model.safetensors'))),
      /weightless\/model\.safetensors cannot be read: there is no such file; check the path/,
    ],
    [
      'truncated weights',
      () => withModel('truncated', (folder) => truncateSync(join(folder, 'model.safetensors'), 5000)),
      /truncated\/model\.safetensors is truncated: its tensors need \d+ bytes, but it holds \d+; copy it again/,
    ],
    [
      'shapes that disagree with config.json',
      () => withModel('wider', (folder) => editConfig(folder, { n_embd: 32 })),
      /has 'transformer\.wte\.weight' as \[300, 16\], but its config\.json asks for \[300, 32\]/,
    ],
    [
      'an unsupported family',
      () => withModel('bert', (folder) => editConfig(folder, { model_type: 'bert' })),
      /config\.json says model_type "bert", which is not supported; give a model of one of gpt2, .*gpt_neox/,
    ],
    [
      'an unsupported activation',
      () => withModel('relu', (folder) => editConfig(folder, { activation_function: 'relu' })),
      /config\.json has activation_function = "relu", which is not supported/,
    ],
    [
      'token ids outside the vocabulary',
      () => withModel('narrow', (folder) => widerTokenizer().save(folder)),
      /narrow has 300 token embeddings, but its tokenizer has ids up to \d+/,
    ],
    [
      'no model at all',
      () => commandLine('pretrain', 'never', { model: world.at('none') }),
      /none does not exist/,
    ],
    [
      'a malformed line',
      () => withData('malformed.jsonl', '{"prompt": "a", "completion": "b"}\n\n{"prompt": "a",\n'),
      /malformed\.jsonl line 3: not JSON/,
    ],
    [
      'a line without a field',
      () => withData('fieldless.jsonl', '{"prompt": "a"}\n'),
      /fieldless\.jsonl line 1: "completion" /,
    ],
    [
      'an empty file',
      () => withData('empty.jsonl', '\n'),
      /empty\.jsonl is empty: it should hold one JSON object a line/,
    ],
    [
      'a prompt longer than the context',
      () =>
        withData('long.jsonl', `${JSON.stringify({ prompt: 'the cat '.repeat(40), completion: 'sat' })}\n`),
      /long\.jsonl line 1: the prompt has \d+ tokens, but the model's context is 48; shorten it/,
    ],
    [
      'a file that is not there',
      () => commandLine('pretrain', 'never', { data: { texts: world.at('gone.txt') } }),
      /gone\.txt cannot be read: there is no such file/,
    ],
    [
      'an unknown setting',
      () => commandLine('ppo', 'never', { settings: { klCoeff: 1 } }),
      /there is no setting 'klCoeff'; the settings are episodes, /,
    ],
    [
      'a setting that is no number',
      () => commandLine('ppo', 'never', { settings: { lam: 'high' } }),
      /lam is "high", but must be a number from 0 to 1/,
    ],
    [
      'a run that is none',
      () => ['resume', world.at('data')],
      /data\/run\.json cannot be read: there is no such file/,
    ],
  ];

  test.each(cases)('%s', async (_, args, message) => {
    const line = args();
    const before = readdirSync(world.root).sort();
    const { code, stdout, stderr } = await workbench(...line);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(readdirSync(world.root).sort()).toEqual(before);
  });

  test('a folder for the run that is not empty', async () => {
    const { code, stderr } = await workbench(...commandLine('pretrain', 'data'));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: .*data is not empty \(it holds .*\n$/) as string,
    });
  });

  test('a file where the run should be', async () => {
    const { code, stderr } = await workbench(...commandLine('pretrain', 'data/texts.txt'));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: .*texts\.txt cannot be made the folder of a run: [^\n]+\n$/,
      ) as string,
    });
  });
});

test('a loss that is no number ends the run with its last checkpoint', async () => {
  // Only a text of more than 14 tokens reaches the position whose embedding has overflowed.
  const sound = tinyModel();
  const { width } = sound.config;
  const positions = sound.weights.get('transformer.wpe.weight')!.slice();
  positions.fill(Infinity, 14 * width, 15 * width);
  const weights = withWeights(sound.weights, new Map([['transformer.wpe.weight', positions]]));
  const model = saveTiny({ ...sound, weights }, world.at('fragile'));
  const short = Array.from({ length: 7 }, () => ({ prompt: 'the cat', completion: ' sat.' }));
  const data = {
    validation: world.validation,
    demonstrations: jsonLines(world.at('one-long.jsonl'), [
      ...short,
      { prompt: 'the cat', completion: ' sat.'.repeat(9) },
    ]),
  };
  const settings = {
    batchSize: 1,
    selection: 'last',
    pretrainingShare: 0,
    learningRate: 1,
    checkpointEvery: 1,
    epochs: 1,
    residualDropout: 0,
  };
  const { code, stdout, stderr } = await workbench(
    ...commandLine('sft', 'diverged', { model, data, settings }),
  );
  const run = RunFolder.open(world.at('diverged'));
  const step = run.latestCheckpoint()!.step;
  expect(step).toBeGreaterThan(0);
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    new RegExp(
      `^error: loss became NaN at step ${step + 1}, so the run stopped; the checkpoint of step ${step} is kept: lower the learning rate`,
    ),
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(run.readMetrics().map((record) => record.step)).toEqual(
    Array.from({ length: step }, (_, i) => i + 1),
  );
  expect(run.isLocked()).toBe(false);
  expect(existsSync(world.at('diverged', 'model'))).toBe(false);
  expect(readdirSync(run.path).filter((name) => name.startsWith('.'))).toEqual([]);
});

describe('a good run', () => {
  test('prints where its model is and now and then a plain line of progress', async () => {
    const { code, stdout, stderr } = await workbench(...commandLine('sft', 'good'));
    expect({ code, stdout }).toEqual({ code: 0, stdout: `the model is in ${world.at('good', 'model')}\n` });
    expect(stderr).toMatch(
      /^needs \d+ MB of memory, [\d.]+ GB are free \(program and data .*\)\nsft {2}1\/9 {2}loss \d.*\nsft {2}9\/9 {2}\d.* steps\/s {2}loss \d.* {2}eval_loss \d.*\n$/,
    );
    for (const record of RunFolder.open(world.at('good')).readMetrics())
      for (const name of Object.keys(record))
        expect(['step', 'time', ...Object.keys(metricMeanings)]).toContain(name);
  });

  test('pretraining starts from fresh weights where a configuration is given', async () => {
    const { code } = await workbench(
      ...['pretrain', '--config', join(world.model, 'config.json'), '--tokenizer', world.model],
      ...['--data', world.texts, '--set', 'steps=2', '--set', 'batchSize=2', '--set', 'sequenceLength=8'],
      ...['--out', world.at('fresh'), ...oneThread],
    );
    expect(code).toBe(0);
    expect(existsSync(world.at('fresh', 'model', 'tokenizer.json'))).toBe(true);
  });

  test('a fork takes its settings as the settings table types them', async () => {
    const fork = ['fork', world.at('good'), '--step', '4', '--out', world.at('forked'), ...oneThread];
    const { code } = await workbench(...fork, '--set', 'epochs=2', '--set', 'promptLoss=true');
    expect(code).toBe(0);
    expect(RunFolder.open(world.at('forked')).manifest.configuration).toMatchObject({
      epochs: 2,
      promptLoss: true,
    });
  });
});

const records = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('sample and score', () => {
  test('samples are the same for the same seed', async () => {
    const sampled = await workbench(
      'sample',
      '--model',
      world.model,
      '--data',
      world.prompts,
      '--samples',
      '2',
      '--max-tokens',
      '5',
      ...oneThread,
    );
    const samples = records(sampled.stdout);
    expect(samples).toHaveLength(12);
    expect(Object.keys(samples[0]!)).toEqual(['prompt', 'completion', 'ended', 'logprob']);
    const again = await workbench(
      'sample',
      '--model',
      world.model,
      '--data',
      world.prompts,
      '--samples',
      '2',
      '--max-tokens',
      '5',
      ...oneThread,
    );
    expect(again.stdout).toBe(sampled.stdout);
  });

  test('a reward model scores with rewards', async () => {
    const { stdout } = await workbench(
      'score',
      '--model',
      world.rewardModel,
      '--data',
      world.demonstrations,
      ...oneThread,
    );
    const scores = records(stdout);
    expect(scores).toHaveLength(6);
    expect(scores[0]).toEqual({
      prompt: 'the cat',
      completion: ' sat on the mat.',
      reward: expect.any(Number) as number,
    });
  });

  test.each([
    [['--top-p', '0'], /^error: topP is not as it must be: .*\n$/],
    [
      ['--samples', 'many'],
      /^error: option '--samples <k>' argument 'many' is invalid\. Give a whole number\.\n$/,
    ],
    [
      ['--max-tokens', '99'],
      /^error: prompt 1: the prompt has 1 tokens, which with 99 more exceed the context of 48/,
    ],
  ])('%j is refused in one line', async (flags, message) => {
    const { code, stdout, stderr } = await workbench(
      'sample',
      '--model',
      world.model,
      '--prompt',
      'a',
      ...flags,
      ...oneThread,
    );
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('help', () => {
  test.each(Object.keys(algorithms) as (keyof typeof algorithms)[])(
    '%s lists every setting',
    async (algorithm) => {
      const { code, stdout } = await workbench(algorithm, '--help');
      expect(code).toBe(0);
      for (const [name, { what }] of Object.entries(algorithms[algorithm])) {
        expect(stdout).toContain(`  ${name} = `);
        expect(stdout).toContain(what);
      }
    },
  );

  test('plan says what a run would take by part, and begins nothing', async () => {
    const planned = ['plan', ...commandLine('sft', 'planned')].filter(
      (_, i, all) => !['--out', world.at('planned')].includes(all[i]!),
    );
    const { code, stdout } = await workbench(...planned);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^memory\nprogram and data +\d+ MB\n(.+ [kM]B\n)+total +\d+ MB\nfree +[\d.]+ GB\nit fits\n$/,
    );
    expect(existsSync(world.at('planned'))).toBe(false);
  });

  test('devices says what was found, what is chosen and why', async () => {
    const { code, stdout } = await workbench('devices', '--no-measure');
    expect(code).toBe(0);
    expect(stdout.match(/^\S+(?= {2,})/gm)).toEqual(['webgpu', 'cuda', 'tensorflow', 'cpu']);
    expect(stdout).toMatch(
      /^cpu .+\n +[\d.]+ GB of memory, [\d.]+ GB free, float16\n\nchosen: \w+\nwhy: .+\n$/m,
    );
    expect(stdout).not.toContain('GFLOP/s');
  });

  test('devices measures what can be used', async () => {
    const { code, stdout } = await workbench('devices');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^cpu .+\n.+\n +[\d.]+ GFLOP\/s \(matrices of \d+\), [\d.]+ GB\/s, [\d.]+ ms an empty run\n/m,
    );
  });
});
