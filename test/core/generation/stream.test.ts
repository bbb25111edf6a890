import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { decodeOptions, Generator, type SamplingOptions } from '../../../core/generation/generate.ts';
import { StreamingGenerator } from '../../../core/generation/stream.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { openTestEngine } from '../../support/engine.ts';
import { everyConfig, randomModel, randomPrompt, smallConfigs } from './small-models.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

const { gpt2 } = smallConfigs;
const everything: SamplingOptions = { temperature: 1, topK: 0, topP: 1 };
const limits = { maxTokens: 17, endTokens: [3], padToken: 0 };
const rows = 12;
const streamOf = (row: number) => randomStream(1, 'completion', row);

interface Asked {
  readonly config?: ModelConfig;
  readonly sampling?: SamplingOptions;
  readonly promptLength?: number;
}

/** Completions of one prompt: in one, and in parts of the given numbers of tokens, repeated until it is over. */
async function bothWays(parts: readonly number[], asked: Asked = {}) {
  const { config = gpt2, sampling = everything, promptLength = 6 } = asked;
  const prompt = randomPrompt(promptLength, 4, config);
  const model = randomModel(config);
  const policy = await PlacedModel.place(engine, model);
  const generator = await Generator.compile(engine, model, sampling);
  const prompts = Array.from({ length: rows }, () => prompt);
  const whole = await generator.generate(policy, prompts, streamOf, limits);
  const streaming = await StreamingGenerator.compile(engine, model, decodeOptions(sampling));
  const streams = prompts.map((_, row) => streamOf(row));
  const writing = streaming.begin({ policy, prompt, streams, sampling, limits });
  const seen = [writing.drafts];
  for (let i = 0; !writing.isOver; i++) {
    await writing.goOn(parts[i % parts.length]!);
    seen.push(writing.drafts);
  }
  for (const used of [generator, streaming]) await used.dispose();
  policy.dispose();
  return { whole: whole.map(({ ids, ended }) => ({ ids, ended })), seen };
}

describe.each(everyConfig)('a generation in parts, %s', (_, config) => {
  it.each([[[1]], [[3]], [[1, 4, 2]], [[100]]])('of %j tokens is the one in one', async (parts) => {
    const { whole, seen } = await bothWays(parts, { config });
    expect(seen.at(-1)).toEqual(whole);
    expect(new Set(whole.map(({ ended }) => ended)).size).toBe(2);
  });
});

describe('a generation in parts', () => {
  it.each([
    ['greedy', { temperature: 0, topK: 0, topP: 1 }],
    ['with top-p', { temperature: 1.3, topK: 0, topP: 0.8 }],
    ['with top-k', { temperature: 0.7, topK: 5, topP: 1 }],
  ])('%s is the one in one', async (_, sampling) => {
    const { whole, seen } = await bothWays([2], { sampling });
    expect(seen.at(-1)).toEqual(whole);
  });

  it('begins with nothing, adds a part at a time and never takes back', async () => {
    const { seen } = await bothWays([2]);
    expect(seen[0]!.every(({ ids }) => ids.length === 0)).toBe(true);
    expect(seen.length).toBeGreaterThan(3);
    for (const [i, drafts] of seen.entries())
      for (const [row, { ids, ended }] of drafts.entries()) {
        const before = seen[i - 1]?.[row];
        if (!before) continue;
        expect(ids.subarray(0, before.ids.length)).toEqual(before.ids);
        const added = ids.length - before.ids.length;
        if (before.ended) expect(added).toBe(0);
        else if (!ended && i < seen.length - 1) expect(added).toBe(2);
      }
  });

  it('keeps to the context', async () => {
    const { whole, seen } = await bothWays([2], { promptLength: gpt2.context - 5 });
    expect(seen.at(-1)).toEqual(whole);
    expect(Math.max(...whole.map(({ ids }) => ids.length))).toBe(5);
  });

  it('refuses a prompt that fills the context', async () => {
    await expect(bothWays([1], { promptLength: gpt2.context })).rejects.toThrow("the model's context is 48");
  });
});
