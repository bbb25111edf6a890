import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import {
  Generator,
  unfiltered,
  unpad,
  type Completion,
  type SamplingOptions,
} from '../../../core/generation/generate.ts';
import { decodeGraph } from '../../../core/generation/decode.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { LogprobScorer } from '../../../core/training/scoring.ts';
import { join } from '../../../core/training/sequences.ts';
import { floats, integers, openTestEngine } from '../../support/engine.ts';
import { expectClose } from '../graph/references.ts';
import {
  everyConfig,
  logitsOf,
  logSoftmax,
  randomModel,
  randomPrompt,
  smallConfigs,
} from './small-models.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

/** No token of the vocabulary: generation goes on to its limit. */
const noEnd = 1000;
const limits = { maxTokens: 12, endTokens: [noEnd], padToken: 0 };
const streamsOf = (seed: number) => (prompt: number) => randomStream(seed, 'completion', prompt);

interface Subject {
  readonly policy: PlacedModel;
  readonly prompts: readonly Int32Array[];
  readonly generate: (
    prompts?: readonly Int32Array[],
    options?: { seed?: number; limits?: Partial<typeof limits> & { batchSize?: number } },
  ) => Promise<Completion[]>;
}

/** A random model with its generator, and prompts of several lengths. */
async function withGenerator(
  config: ModelConfig,
  options: SamplingOptions,
  test: (subject: Subject) => Promise<void>,
): Promise<void> {
  const model = randomModel(config);
  const generator = await Generator.compile(engine, model, options);
  const policy = await PlacedModel.place(engine, model);
  const lengths = [5, 1, 9, 3, 5, 20];
  const standard = lengths.map((length, i) => randomPrompt(length, i, config));
  const generate: Subject['generate'] = (prompts = standard, { seed = 1, limits: changed = {} } = {}) =>
    generator.generate(policy, prompts, streamsOf(seed), { ...limits, ...changed });
  await test({ policy, prompts: standard, generate });
  policy.dispose();
  await generator.dispose();
}

const ids = (completions: readonly Completion[]) =>
  completions.map((completion) => Array.from(completion.ids));

describe.each(everyConfig)('generation with a cache, %s', (_, config) => {
  it.each([0.6, 1, 1.7])(
    'at temperature %d gives the log-probabilities of scoring the text',
    async (temperature) => {
      const scorer = await LogprobScorer.compile(engine, randomModel(config), temperature, 4096);
      await withGenerator(config, unfiltered(temperature), async ({ policy, prompts, generate }) => {
        const completions = await generate();
        const texts = completions.map((completion, i) => join(prompts[i]!, completion.ids));
        const scores = await scorer.score(policy, texts);
        completions.forEach(({ logprobs, ids: made }, i) => {
          expect(made.length).toBe(limits.maxTokens);
          expectClose(logprobs, scores[i]!.logprobs, `log-probabilities of prompt ${i}`, [1e-4, 0]);
        });
      });
      await scorer.dispose();
    },
  );

  it('at temperature 0 takes the likeliest token of a model without a cache', async () => {
    await withGenerator(config, unfiltered(0), async ({ prompts, generate }) => {
      const completions = await generate();
      for (const [i, { ids: made, logprobs }] of completions.entries()) {
        const prompt = prompts[i]!;
        const logits = await logitsOf(engine, randomModel(config), join(prompt, made).ids);
        const predicting = logits.slice(prompt.length - 1, -1);
        expect(Array.from(made)).toEqual(predicting.map((row) => row.indexOf(Math.max(...row))));
        const expected = predicting.map((row, t) => logSoftmax(row)[made[t]!]!);
        expectClose(logprobs, expected, `log-probabilities of prompt ${i}`, [1e-4, 0]);
      }
    });
  });

  it('completes a prompt alike alone, beside longer ones, in another order and unpadded from either side', async () => {
    await withGenerator(config, unfiltered(1), async ({ prompts, generate }) => {
      const together = await generate();
      const alone = await generate(prompts, { limits: { batchSize: 1 } });
      const inPairs = await generate(prompts, { limits: { batchSize: 2 } });
      expect(ids(alone)).toEqual(ids(together));
      expect(ids(inPairs)).toEqual(ids(together));
      alone.forEach(({ logprobs }, i) =>
        expectClose(logprobs, together[i]!.logprobs, `log-probabilities of prompt ${i}`, [1e-4, 0]),
      );
      for (const side of ['left', 'right'] as const) {
        const { ids: padded, mask, length } = pad(prompts, side);
        const again = unpad(padded, mask, length);
        expect(again).toEqual(prompts);
        expect(ids(await generate(again))).toEqual(ids(together));
      }
    });
  });
});

function pad(prompts: readonly Int32Array[], side: 'left' | 'right') {
  const length = Math.max(...prompts.map((prompt) => prompt.length));
  const padded = {
    ids: new Int32Array(prompts.length * length),
    mask: new Uint8Array(prompts.length * length),
  };
  prompts.forEach((prompt, row) => {
    const start = row * length + (side === 'left' ? length - prompt.length : 0);
    padded.ids.set(prompt, start);
    padded.mask.fill(1, start, start + prompt.length);
  });
  return { ...padded, length };
}

const { gpt2 } = smallConfigs;

describe('generation', () => {
  it('gives the same text for the same seed and another for another', async () => {
    await withGenerator(gpt2, unfiltered(1), async ({ generate }) => {
      const first = await generate();
      expect(await generate()).toEqual(first);
      const other = await generate(undefined, { seed: 2 });
      ids(other).forEach((made, i) => expect(made).not.toEqual(ids(first)[i]));
    });
  });

  it('stops at the end token, which it keeps', async () => {
    await withGenerator(gpt2, unfiltered(1.5), async ({ generate }) => {
      const free = await generate();
      // A token that some completions have and others do not.
      const counts = ids(free)
        .flat()
        .map((id) => [id, ids(free).filter((made) => made.includes(id)).length] as const);
      const [endToken] = counts.find(([, count]) => count > 1 && count < free.length)!;
      const stopped = await generate(undefined, { limits: { endTokens: [noEnd, endToken] } });
      stopped.forEach((completion, i) => {
        const whole = Array.from(free[i]!.ids);
        const end = whole.indexOf(endToken);
        const length = end < 0 ? whole.length : end + 1;
        expect(completion.ended).toBe(end >= 0);
        expect(Array.from(completion.ids)).toEqual(whole.slice(0, length));
        expectClose(completion.logprobs, free[i]!.logprobs.slice(0, length), 'log-probabilities', [1e-4, 0]);
      });
      expect(new Set(stopped.map(({ ended }) => ended)).size).toBe(2);
    });
  });

  it('pads after the end token and stops once every row has ended', async () => {
    const program = await engine.compile({
      outputs: decodeGraph(randomModel(gpt2), 'policy', { greedy: true, topK: 0, nucleus: false }),
    });
    const policy = await PlacedModel.place(engine, randomModel(gpt2));
    const decode = async (...endTokens: number[]) => {
      const { tokens } = await program.run(
        {
          ids: integers([4, 9, 7, 0]),
          positions: integers([0, 1]),
          promptMask: floats([0, 0, 0, -1e9], [2, 1, 1, 2]),
          promptLengths: integers([2, 1]),
          lastRows: integers([1, 2]),
          limit: integers([10], []),
          ahead: integers(Array.from({ length: 10 }, (_, step) => step)),
          temperature: floats([1], []),
          endTokens: integers(endTokens),
          padToken: integers([28], []),
        },
        { sets: policy.sets('policy') },
      );
      const rows = [0, 1].map((row) => Array.from(tokens!.data).filter((_, i) => i % 2 === row));
      return { steps: tokens!.shape[0], rows };
    };
    const { rows, steps } = await decode(noEnd);
    expect(steps).toBe(10);
    const padded = (row: number[], end: number, length: number) =>
      [...row.slice(0, row.indexOf(end) + 1), ...new Array<number>(length).fill(28)].slice(0, length);
    // The token that the first row makes at its third step.
    const end = rows[0]![2]!;
    const ends = rows.map((row) => (row.includes(end) ? row.indexOf(end) + 1 : 10));
    const stopped = await decode(end);
    expect(stopped.steps).toBe(Math.max(...ends));
    rows.forEach((row, i) =>
      expect(stopped.rows[i]).toEqual(row.includes(end) ? padded(row, end, stopped.steps!) : row),
    );
    policy.dispose();
    await program.dispose();
  });

  it('keeps to the context', async () => {
    await withGenerator(gpt2, unfiltered(1), async ({ generate }) => {
      const prompt = randomPrompt(gpt2.context - 3, 1, gpt2);
      const [completion] = await generate([prompt]);
      expect(completion!.ids.length).toBe(3);
      expect(completion!.ended).toBe(false);
    });
  });

  it.each([
    ['top-k', { temperature: 1, topK: 3, topP: 1 }],
    ['top-p', { temperature: 1, topK: 0, topP: 0.5 }],
    ['both', { temperature: 1, topK: 4, topP: 0.6 }],
  ])(
    'with %s makes allowed tokens only, and reports their unfiltered log-probabilities',
    async (_, options) => {
      await withGenerator(gpt2, options, async ({ prompts, generate }) => {
        const completions = await generate();
        for (const [i, { ids: made, logprobs }] of completions.entries()) {
          const logits = await logitsOf(engine, randomModel(gpt2), join(prompts[i]!, made).ids);
          made.forEach((id, t) => {
            const row = logSoftmax(logits[prompts[i]!.length - 1 + t]!);
            const { topK, topP } = options;
            const likelier = row.filter((value) => value > row[id]! + 1e-5);
            if (topK > 0) expect(likelier.length).toBeLessThan(topK);
            const kept = row.toSorted((a, b) => b - a).slice(0, topK || row.length);
            const mass = (values: number[]) => values.reduce((sum, value) => sum + Math.exp(value), 0);
            expect(mass(likelier)).toBeLessThan(topP * mass(kept) + 1e-5);
            expect(Math.abs(logprobs[t]! - row[id]!)).toBeLessThan(1e-4);
          });
        }
      });
    },
  );

  it.each([
    ['an empty prompt', [], 'prompt 2 is empty; give at least one token'],
    [
      'a prompt that fills the context',
      new Array<number>(48).fill(1),
      "prompt 2 has 48 tokens, but the model's context is 48; shorten it",
    ],
    [
      'a token beyond the vocabulary',
      [1, 29],
      "prompt 2 has token 29, but the model's vocabulary ends at 28",
    ],
    ['a negative token', [-1], "prompt 2 has token -1, but the model's vocabulary ends at 28"],
  ])('refuses %s', async (_, prompt, message) => {
    await withGenerator(gpt2, unfiltered(1), async ({ generate }) => {
      const refused = generate([Int32Array.of(1), Int32Array.from(prompt)]);
      await expect(refused).rejects.toThrow(DataError);
      await expect(refused).rejects.toThrow(message);
    });
  });

  it('of no prompts gives no completions', async () => {
    await withGenerator(gpt2, unfiltered(1), async ({ generate }) => {
      expect(await generate([])).toEqual([]);
    });
  });
});
