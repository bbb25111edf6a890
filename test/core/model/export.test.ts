import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Cancelled, DataError, ModelError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { exportModel, type ExportOptions } from '../../../core/model/export.ts';
import {
  loadModel,
  readWeights,
  saveModel,
  withScalarHead,
  withWeights,
  type Model,
} from '../../../core/model/model.ts';
import { ownParameters, parametersOf } from '../../../core/model/parameters.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { openWeights } from '../../../core/model/weights.ts';
import { ScalarScorer } from '../../../core/training/scoring.ts';
import { openTestEngine } from '../../support/engine.ts';
import { logitsOf, randomModel } from '../generation/small-models.ts';
import { saveTiny, tinyModel, tinyTokenizer } from '../workbench/tiny.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/families');
const fixture = (name: string) => join(fixtures, name);

/** A model of every family, and of everything that sets its folders apart. */
const wholeModels = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'config.json')));
const adapters = readdirSync(fixtures).filter((name) =>
  existsSync(join(fixtures, name, 'adapter_config.json')),
);

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.dispose());

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'export-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const jsonOf = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as object;

const exported = (from: string, options: Partial<ExportOptions> = {}) =>
  exportModel(from, at('out'), { as: 'merged', dtype: 'float32', maxShardBytes: 1e9, ...options });

const ids = (model: Model, length = 12) => {
  const stream = randomStream(4, 'text');
  return Int32Array.from({ length }, () => stream.integer(model.config.vocabularySize));
};

async function rewardOf(model: Model): Promise<number> {
  const [scorer, placed] = [
    await ScalarScorer.compile(engine, model, 64),
    await PlacedModel.place(engine, model),
  ];
  const [reward] = await scorer.rewards(placed, [{ ids: ids(model), start: 1 }]);
  placed.dispose();
  await scorer.dispose();
  return reward!;
}

describe('an exported model', () => {
  test('comes in every family', () => {
    const families = wholeModels.map((name) => loadModel(fixture(name)).config.family);
    expect([...new Set(families)].sort()).toEqual([
      'gpt2',
      'gpt_neox',
      'llama',
      'mistral',
      'qwen2',
      'qwen3',
      'smollm3',
    ]);
    expect(adapters.length).toBeGreaterThan(2);
  });

  test.each(wholeModels)('reads back with the very same numbers: %s', async (name) => {
    const before = loadModel(fixture(name));
    await exported(fixture(name));
    const after = loadModel(at('out'));
    expect([after.config, after.head]).toEqual([before.config, before.head]);
    expect(readWeights(after)).toEqual(readWeights(before));
  });

  test('lies in shards of the size that is asked for', async () => {
    const most = 4000;
    await exported(fixture('llama'), { maxShardBytes: most });
    const shards = readdirSync(at('out')).filter((file) => file.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(3);
    expect(shards[0]).toBe(`model-00001-of-0000${shards.length}.safetensors`);
    const sizes = shards.map((file) => {
      const [tensors, bytes] = [openWeights(at('out'), file).names, statSync(join(at('out'), file)).size];
      return { alone: tensors.length === 1, bytes };
    });
    for (const { alone, bytes } of sizes) expect(alone || bytes < most + 1000).toBe(true);
    const before = loadModel(fixture('llama'));
    expect(readWeights(loadModel(at('out')))).toEqual(readWeights(before));
    const numbers = parametersOf(before.config, 'language').map(({ shape }) =>
      shape.reduce((a, b) => a * b, 1),
    );
    expect(jsonOf('out', 'model.safetensors.index.json')).toMatchObject({
      metadata: { total_size: 4 * numbers.reduce((a, b) => a + b, 0) },
    });
  });

  test.each([
    ['float16', 11],
    ['bfloat16', 8],
  ] as const)('is rounded to %s where asked', async (dtype, bits) => {
    await exported(fixture('gpt2'), { dtype });
    expect(jsonOf('out', 'config.json')).toMatchObject({ torch_dtype: dtype });
    const before = readWeights(loadModel(fixture('gpt2')));
    let differing = 0;
    for (const [name, values] of readWeights(loadModel(at('out'))))
      values.forEach((value, i) => {
        const exact = before.get(name)![i]!;
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -bits + 2 ** -25);
        if (value !== exact) differing++;
      });
    expect(differing).toBeGreaterThan(0);
    const size = (path: string) => statSync(join(path, 'model.safetensors')).size;
    expect(size(at('out'))).toBeLessThan(0.7 * size(fixture('gpt2')));
  });

  test('tells how far it is, tensor by tensor', async () => {
    const told: number[] = [];
    const { files, bytes } = await exported(fixture('gpt2'), {
      onProgress: (done, total) => told.push(done / total),
    });
    expect(told).toHaveLength(openWeights(fixture('gpt2')).names.length);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect([told[0], told.at(-1)! < 1]).toEqual([0, true]);
    expect(files).toEqual(
      ['config.json', 'generation_config.json', 'model.safetensors'].filter((file) =>
        existsSync(join(at('out'), file)),
      ),
    );
    expect(bytes).toBeGreaterThan(statSync(join(at('out'), 'model.safetensors')).size);
  });

  test('brings its tokenizer, its chat template and what ends and pads a text', async () => {
    const tokenizer = tinyTokenizer();
    const { eosId, padId } = tokenizer;
    saveTiny(tinyModel(), at('in'), tokenizer);
    writeFileSync(join(at('in'), 'chat_template.jinja'), '{{ messages }}');
    writeFileSync(join(at('in'), 'generation_config.json'), JSON.stringify({ temperature: 0.7 }));
    await exported(at('in'));
    expect(jsonOf('out', 'config.json')).toMatchObject({ eos_token_id: eosId, pad_token_id: padId });
    expect(jsonOf('out', 'generation_config.json')).toEqual({
      ...{ eos_token_id: eosId, pad_token_id: padId },
      temperature: 0.7,
    });
    expect(jsonOf('out', 'tokenizer_config.json')).toMatchObject({
      ...{ tokenizer_class: 'PreTrainedTokenizerFast', eos_token: '<|endoftext|>' },
    });
    expect(readFileSync(join(at('out'), 'chat_template.jinja'), 'utf8')).toBe('{{ messages }}');
    expect(Tokenizer.load(at('out')).encode('the cat sat')).toEqual(tokenizer.encode('the cat sat'));
  });

  test('keeps the end tokens that its generation configuration lists', async () => {
    saveTiny(tinyModel(), at('in'));
    writeFileSync(join(at('in'), 'generation_config.json'), JSON.stringify({ eos_token_id: [0, 1] }));
    await exported(at('in'));
    expect(jsonOf('out', 'generation_config.json')).toMatchObject({ eos_token_id: [0, 1] });
  });
});

/** A reward model with a bias, in a folder. */
function saveReward(name: string, bias: number): Model {
  const trunk = randomModel(loadModel(fixture(name)).config);
  const scalar = withScalarHead(trunk, randomStream(3, 'head'));
  const model = {
    ...scalar,
    weights: withWeights(scalar.weights, new Map([['score.bias', Float32Array.of(bias)]])),
  };
  saveModel(model, at('in'));
  return model;
}

describe('an exported reward model', () => {
  test.each(['gpt2', 'gpt_neox', 'llama', 'qwen3'])('is a classifier of one label: %s', async (name) => {
    saveReward(name, 0);
    const { notes } = await exported(at('in'));
    expect(jsonOf('out', 'config.json')).toMatchObject({
      ...{ num_labels: 1, id2label: { 0: 'LABEL_0' } },
      architectures: [expect.stringMatching(/^\w+ForSequenceClassification$/)],
    });
    expect(openWeights(at('out')).has('score.bias')).toBe(false);
    expect(notes).toEqual([]);
    expect(existsSync(at('out/generation_config.json'))).toBe(false);
  });

  test.each(['gpt2', 'gpt_neox'])('has its bias in the norm before its head: %s', async (name) => {
    const model = saveReward(name, 1.75);
    const { notes } = await exported(at('in'));
    expect(openWeights(at('out')).has('score.bias')).toBe(false);
    expect(notes).toEqual([]);
    const [before, after] = [await rewardOf(model), await rewardOf(loadModel(at('out')))];
    expect(Math.abs(after - before)).toBeLessThan(1e-5 * Math.max(1, Math.abs(before)));
    const without = {
      ...model,
      weights: withWeights(model.weights, new Map([['score.bias', new Float32Array(1)]])),
    };
    expect(Math.abs((await rewardOf(without)) - before)).toBeCloseTo(1.75, 5);
  });

  test.each([
    [
      'llama',
      1.75,
      /score\.bias, so that its scores are 1\.750 lower than here, all alike: preferences and PPO do not change/,
    ],
    ['qwen2', -0.5, /scores are 0\.5000 higher than here/],
  ] as const)('keeps a bias that no norm can carry, and says so: %s', async (name, bias, message) => {
    const model = saveReward(name, bias);
    const { notes } = await exported(at('in'));
    expect(notes).toEqual([expect.stringMatching(message)]);
    expect(openWeights(at('out')).get('score.bias')).toEqual(Float32Array.of(bias));
    expect(await rewardOf(loadModel(at('out')))).toBe(await rewardOf(model));
  });

  test('keeps its bias where its head reads nothing', async () => {
    const model = saveReward('gpt2', 1);
    const silent = new Float32Array(model.config.width);
    saveModel(
      { ...model, weights: withWeights(model.weights, new Map([['score.weight', silent]])) },
      at('in'),
    );
    const { notes } = await exported(at('in'));
    expect(notes).toHaveLength(1);
    expect(await rewardOf(loadModel(at('out')))).toBe(1);
  });

  test('names no padding where that would be the end token, and says so', async () => {
    const plain = Tokenizer.of(
      JSON.parse(
        readFileSync(join(saveTiny(tinyModel(), at('tiny')), 'tokenizer.json'), 'utf8').replaceAll(
          '<|pad|>',
          '<|other|>',
        ),
      ) as object,
      { eos: '<|endoftext|>' },
    );
    saveTiny(withScalarHead(tinyModel(), randomStream(3, 'head')), at('in'), plain);
    const { notes } = await exported(at('in'));
    expect(jsonOf('out', 'config.json')).toMatchObject({ pad_token_id: null });
    expect(notes).toEqual([expect.stringMatching(/no padding of its own/)]);
  });
});

describe('an exported adapter', () => {
  test.each(adapters)('is added to the weights of its base: %s', async (name) => {
    const before = loadModel(fixture(name));
    await exported(fixture(name));
    const after = loadModel(at('out'));
    expect(after.adapter).toBeUndefined();
    if (before.head === 'scalar') return expect(await rewardOf(after)).toBeCloseTo(await rewardOf(before), 4);
    const [mine, theirs] = [
      await logitsOf(engine, after, ids(after)),
      await logitsOf(engine, before, ids(before)),
    ];
    mine.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(theirs[i]![j]!, 4)));
  });

  test.each(adapters)('stays one for PEFT where asked, and names its base: %s', async (name) => {
    // A base that the adapter names by a path beside it.
    const base = basename(loadModel(fixture(name)).base!.folder);
    for (const each of [name, base]) cpSync(fixture(each), at(each), { recursive: true });
    const { notes } = await exported(at(name), { as: 'adapter' });
    expect(notes[0]).toContain(`it names its base by path, ${at(base)}`);
    const [before, after] = [loadModel(at(name)), loadModel(at('out'))];
    expect(after.adapter).toEqual(before.adapter);
    for (const { name: parameter } of ownParameters(before))
      expect(after.weights.get(parameter)).toEqual(before.weights.get(parameter));
  });

  test('is refused of a whole model', async () => {
    const refused = exported(fixture('gpt2'), { as: 'adapter' });
    await expect(refused).rejects.toThrow(/gpt2 is a whole model without an adapter; export it as merged/);
    await expect(refused).rejects.toThrow(ModelError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an export that fails leaves nothing', () => {
  test('where a weight does not fit', async () => {
    const model = randomModel(loadModel(fixture('gpt2')).config);
    const large = new Map([['transformer.ln_f.weight', new Float32Array(model.config.width).fill(1e5)]]);
    saveModel({ ...model, weights: withWeights(model.weights, large) }, at('in'));
    await expect(exported(at('in'), { dtype: 'float16' })).rejects.toThrow(
      /tensor "transformer\.ln_f\.weight" holds 100000, beyond what F16 can store; write it as F32 or BF16/,
    );
    expect(readdirSync(folder)).toEqual(['in']);
  });

  test('where it is cancelled in the middle', async () => {
    let tensors = 0;
    const onProgress = () => {
      if (++tensors === 5) throw new Cancelled();
    };
    await expect(exported(fixture('gpt2'), { onProgress, maxShardBytes: 1000 })).rejects.toThrow(Cancelled);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('where something is there already', async () => {
    saveTiny(tinyModel(), at('out'));
    const refused = exported(fixture('gpt2'));
    await expect(refused).rejects.toThrow(/out is not empty \(it holds config\.json\): choose a folder/);
    await expect(refused).rejects.toThrow(DataError);
    expect(loadModel(at('out')).config.vocabularySize).toBe(tinyModel().config.vocabularySize);
  });
});
