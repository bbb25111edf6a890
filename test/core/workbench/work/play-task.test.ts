import { copyFileSync, rmSync, utimesSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { randomStream } from '../../../../core/data/random.ts';
import type { Engine } from '../../../../core/engine/engine.ts';
import { Generator, unfiltered } from '../../../../core/generation/generate.ts';
import { loadModel, withAdapter } from '../../../../core/model/model.ts';
import { PlacedModel } from '../../../../core/model/placed.ts';
import { WEIGHTS } from '../../../../core/model/weights.ts';
import { ScalarScorer } from '../../../../core/training/scoring.ts';
import { join } from '../../../../core/training/sequences.ts';
import { initialWeights } from '../../../../core/model/parameters.ts';
import { trainBpe } from '../../../../core/model/bpe.ts';
import { Tokenizer } from '../../../../core/model/tokenizer.ts';
import { sampleCompletions } from '../../../../core/workbench/sampling.ts';
import { openFolder } from '../../../../core/workbench/sources.ts';
import { LoadedModels } from '../../../../core/workbench/work/loaded-models.ts';
import type { PlayTask, ReportOf } from '../../../../core/workbench/work/protocol.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { saveTiny, tinyConfig, tinyModel, tinyWorld, type World } from '../tiny.ts';
import { ofType, performHere } from './task-hosts.ts';

let engine: Engine;
let world: World;
let models: LoadedModels;
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
});
beforeEach(() => {
  models = new LoadedModels(engine);
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

const question = (changes: Partial<PlayTask> = {}): PlayTask => ({
  ...{ kind: 'play', models: [world.model], prompt: 'the cat', rewardModel: null },
  ...{ samples: 2, temperature: 1, topP: 1, maxTokens: 20, seed: 1 },
  ...changes,
});

type Played = ReportOf<'played'>;

async function ask(changes: Partial<PlayTask> = {}) {
  const { reports, message } = await performHere(engine, question(changes), { models });
  const played = ofType(reports, 'played');
  return { played, message, answers: lastOfEach(played) };
}

/** The last told of every answer, in their order. */
function lastOfEach(played: readonly Played[]): Played[] {
  const last = new Map(played.map((each) => [`${each.model} ${each.sample}`, each]));
  return [...last.values()].sort((a, b) => a.model - b.model || a.sample - b.sample);
}

/** Another tiny model of the same tokens. */
function otherModel(name = 'other', seed = 8): string {
  const weights = initialWeights(tinyConfig, randomStream(seed, 'tiny'));
  return saveTiny({ config: tinyConfig, head: 'language', weights }, world.at(name));
}

test('tells of every answer while it is written, and of its end', async () => {
  const { played, answers, message } = await ask({ samples: 3, maxTokens: 40 });
  expect(message).toBe('3 answers written');
  expect(answers).toHaveLength(3);
  for (const { sample, state } of answers) {
    expect(state).not.toBe('writing');
    const own = played.filter((each) => each.sample === sample);
    expect(own[0]).toMatchObject({ state: 'writing', tokens: 1 });
    const tokens = own.map((each) => each.tokens);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    for (const { text } of own) expect(own.at(-1)!.text.startsWith(text)).toBe(true);
  }
});

/** What is sampled in one with the same random numbers. */
async function sampledInOne(samples: number, maxTokens: number, temperature: number) {
  const { model, texts } = openFolder(world.model);
  const generator = await Generator.compile(engine, model, unfiltered(temperature));
  const parameters = await PlacedModel.place(engine, model);
  const prompt = texts.prompt('the cat');
  const made = await generator.generate(
    parameters,
    Array.from({ length: samples }, () => prompt),
    (sample) => randomStream(1, 'play', sample),
    { maxTokens, endTokens: texts.endTokens, padToken: texts.tokenizer.padId },
  );
  parameters.dispose();
  await generator.dispose();
  return { made, prompt, tokenizer: texts.tokenizer };
}

test('answers are what is sampled in one, those that end by themselves and those that are cut', async () => {
  const { answers } = await ask({ samples: 24, maxTokens: 40, temperature: 3 });
  const { made, prompt, tokenizer } = await sampledInOne(24, 40, 3);
  expect(new Set(made.map(({ ended }) => ended)).size).toBe(2);
  expect(answers).toEqual(
    made.map(({ ids, ended }, sample) => ({
      ...{ type: 'played', model: 0, sample, reward: null },
      text: tokenizer.continuation(prompt, ids),
      state: ended ? 'ended' : 'cut',
      tokens: ids.length,
    })),
  );
});

test('greedy answers are those of the command line', async () => {
  const { answers } = await ask({ temperature: 0 });
  const request = { model: world.model, prompts: ['the cat'], temperature: 0, maxTokens: 20 };
  const sampled: string[] = [];
  for await (const chunk of sampleCompletions(request, engine))
    sampled.push(...chunk.map(({ completion }) => completion));
  expect(answers.map(({ text }) => text)).toEqual([sampled[0], sampled[0]]);
});

test('the same seed gives the same answers, also beside another model, and another seed others', async () => {
  const texts = async (changes: Partial<PlayTask>) => (await ask(changes)).answers.map(({ text }) => text);
  const alone = await texts({ samples: 3 });
  expect(new Set(alone).size).toBe(3);
  expect(await texts({ samples: 3 })).toEqual(alone);
  expect(await texts({ samples: 1 })).toEqual(alone.slice(0, 1));
  expect(await texts({ samples: 3, seed: 2 })).not.toEqual(alone);
  // A copy of the model draws with the same numbers, and another model is another.
  const copy = saveTiny(tinyModel(), world.at('copy'));
  const together = await texts({ samples: 3, models: [world.model, copy, otherModel()] });
  expect(together.slice(0, 3)).toEqual(alone);
  expect(together.slice(3, 6)).toEqual(alone);
  expect(together.slice(6)).not.toEqual(alone);
});

test('models write side by side: each begins before any has ended', async () => {
  const { played } = await ask({ models: [world.model, otherModel()], maxTokens: 40 });
  const begun = (model: number) => played.findIndex((each) => each.model === model);
  const ended = (model: number) =>
    played.findIndex((each) => each.model === model && each.state !== 'writing');
  expect(Math.max(begun(0), begun(1))).toBeLessThan(Math.min(ended(0), ended(1)));
});

test('a reward model scores every answer as it was written', async () => {
  const { answers } = await ask({ rewardModel: world.rewardModel, samples: 20, maxTokens: 30 });
  const { made, prompt } = await sampledInOne(20, 30, 1);
  const { model } = openFolder(world.rewardModel);
  const scorer = await ScalarScorer.compile(engine, model, 4096);
  const parameters = await PlacedModel.place(engine, model);
  const rewards = await scorer.rewards(
    parameters,
    made.map(({ ids }) => join(prompt, ids)),
  );
  expect(new Set(rewards).size).toBeGreaterThan(15);
  for (const [sample, { reward }] of answers.entries()) expect(reward).toBeCloseTo(rewards[sample]!, 5);
  parameters.dispose();
  await scorer.dispose();
});

describe('a part of a character', () => {
  /** A model that knows bytes alone, so that most characters take several tokens. */
  const byteModel = () => {
    const config = { ...tinyConfig, vocabularySize: 258 };
    const tokenizer = Tokenizer.of(trainBpe(['é'], 258, ['<|endoftext|>', '<|pad|>']), {
      ...{ eos: '<|endoftext|>', pad: '<|pad|>' },
    });
    const weights = initialWeights(config, randomStream(3, 'bytes'));
    return saveTiny({ config, head: 'language', weights }, world.at('bytes'), tokenizer);
  };

  test('is never shown at the end of what is still being written', async () => {
    const { played } = await ask({ models: [byteModel()], samples: 16, maxTokens: 40 });
    const ends = (state: Played['state']) =>
      played.filter((each) => each.state === state && each.text.endsWith('\uFFFD'));
    expect(ends('writing')).toEqual([]);
    // Random bytes are cut in the middle of a character now and then, and that is then what was written.
    expect(ends('cut').length).toBeGreaterThan(0);
  });
});

test('a question that is stopped ends between two parts', async () => {
  const controller = new AbortController();
  const stopped = performHere(engine, question({ maxTokens: 40 }), {
    models,
    signal: controller.signal,
    onReport: ({ type }) => type === 'played' && controller.abort(),
  });
  await expect(stopped).rejects.toThrow('stopped as asked');
});

describe('models stay loaded', () => {
  test('for the next question, until their folder changes', async () => {
    const folder = otherModel('changing', 8);
    const [before] = (await ask({ models: [folder] })).answers;
    const loaded = await models.load(folder);
    await ask({ models: [folder] });
    expect(await models.load(folder)).toBe(loaded);
    otherModel('changing', 9);
    utimesSync(world.at('changing', 'model.safetensors'), 1, 1);
    const [after] = (await ask({ models: [folder] })).answers;
    expect(await models.load(folder)).not.toBe(loaded);
    expect(after!.text).not.toBe(before!.text);
  });

  test('over their base, until that changes', async () => {
    const base = otherModel('changing-base', 8);
    const lora = { rank: 2, alpha: 4, targets: ['attn.c_attn'] };
    const adapted = withAdapter(loadModel(base), base, lora, randomStream(1, 'adapter'));
    const folder = saveTiny(adapted, world.at('over-changing'));
    const [before] = (await ask({ models: [folder] })).answers;
    copyFileSync(`${otherModel('changed', 9)}/${WEIGHTS}`, `${base}/${WEIGHTS}`);
    const [after] = (await ask({ models: [folder] })).answers;
    expect(after!.text).not.toBe(before!.text);
  });

  test('but not a program that could not be compiled', async () => {
    const compile = vi.spyOn(engine, 'compile').mockRejectedValueOnce(new Error('no memory'));
    await expect(ask()).rejects.toThrow('no memory');
    compile.mockRestore();
    expect((await ask()).answers).toHaveLength(2);
  });

  test('the last four, or as many as a question needs', async () => {
    const folders = Array.from({ length: 6 }, (_, i) => otherModel(`many-${i}`, i));
    const loadedOf = (folder: string) => models.load(folder);
    await ask({ models: folders, samples: 1, maxTokens: 2 });
    const all = await Promise.all(folders.map(loadedOf));
    await ask({ models: folders.slice(4, 5), samples: 1, maxTokens: 2 });
    expect(await loadedOf(folders[4]!)).toBe(all[4]);
    for (const i of [2, 3, 5]) expect(await loadedOf(folders[i]!)).toBe(all[i]);
    for (const i of [0, 1]) expect(await loadedOf(folders[i]!)).not.toBe(all[i]);
  });
});
