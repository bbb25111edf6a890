import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { draw, filter, type Filters } from '../../../core/generation/sampling.ts';
import { expand, input } from '../../../core/graph/build.ts';
import { evaluateOnce, floats, integers, openTestEngine } from '../../support/engine.ts';
import { expectClose } from '../graph/references.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

const everything: Filters = { topK: 0, nucleus: false };

/** One token for every uniform number, all from one distribution. */
async function drawn(
  distribution: readonly number[],
  uniforms: ArrayLike<number>,
  { topP = 1, ...filters }: Partial<Filters> & { topP?: number } = {},
): Promise<number[]> {
  const width = distribution.length;
  const probabilities = expand(input('probabilities', 'float32', [1, width]), ['rows', width]);
  const { topK = 0, nucleus = topP < 1 } = filters;
  const kept = filter(probabilities, input('topP', 'float32', []), { topK, nucleus });
  const tokens = draw(
    kept,
    input('uniforms', 'float32', ['rows', 1]),
    input('rowNumbers', 'int32', ['rows']),
  );
  const rows = uniforms.length;
  const values = await evaluateOnce(
    engine,
    { tokens },
    {
      probabilities: floats(distribution, [1, width]),
      uniforms: floats(Array.from(uniforms), [rows, 1]),
      rowNumbers: integers(Array.from({ length: rows }, (_, row) => row)),
      ...(nucleus && { topP: floats([topP], []) }),
    },
  );
  return Array.from(values.tokens!.data);
}

/** A distribution with some zeros, also at both ends. */
function distribution(size: number): number[] {
  const stream = randomStream(size, 'distribution');
  const masses = Array.from({ length: size }, (_, i) =>
    size > 4 && (i % 4 === 0 || i === size - 1) ? 0 : stream.uniform() ** 3 + 1e-4,
  );
  const total = masses.reduce((a, b) => a + b);
  return masses.map((mass) => Math.fround(mass / total));
}

const evenly = (count: number) => Array.from({ length: count }, (_, i) => (i + 0.5) / count);
const counts = (tokens: readonly number[], size: number) =>
  Array.from({ length: size }, (_, token) => tokens.filter((t) => t === token).length);

/** Sizes that are squares, between squares, and such that the last block is partly or mostly padding. */
const sizes = [1, 2, 3, 4, 5, 7, 9, 10, 11, 16, 17, 29, 50];

describe('a draw', () => {
  it.each(sizes)('from %i tokens inverts the distribution', async (size) => {
    const p = distribution(size);
    const tokens = await drawn(p, evenly(2000));
    // Evenly spread numbers hit each token in proportion, to within one at either edge.
    counts(tokens, size).forEach((count, token) => {
      expect(Math.abs(count - 2000 * p[token]!)).toBeLessThanOrEqual(1.01);
      if (p[token] === 0) expect(count).toBe(0);
    });
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
  });

  it.each(sizes)('from %i tokens lands on one that can happen, for 0 and just below 1', async (size) => {
    const p = distribution(size);
    const [first, last] = await drawn(p, [0, 1 - 2 ** -24]);
    expect(first).toBe(p.findIndex((mass) => mass > 0));
    expect(last).toBe(p.findLastIndex((mass) => mass > 0));
  });

  it('has the right frequencies for random numbers', async () => {
    const p = distribution(29);
    const draws = 4000;
    const tokens = await drawn(p, randomStream(3, 'uniforms').uniforms(draws));
    expect(chiSquare(counts(tokens, 29), p, draws)).toBeLessThan(chiSquareBound(p));
  });

  it('needs no probabilities that sum to 1', async () => {
    const uniforms = evenly(300);
    const p = distribution(11);
    const thirds = p.map((mass) => mass / 3);
    expect(await drawn(thirds, uniforms)).toEqual(await drawn(p, uniforms));
  });

  it('from a large vocabulary keeps to the tokens that can happen', async () => {
    const stream = randomStream(1, 'large');
    const p = Array.from({ length: 5003 }, (_, i) => (i % 3 === 1 ? stream.uniform() : 0));
    const uniforms = [0, 1e-7, ...evenly(500), 1 - 1e-6, 1 - 2 ** -24];
    const tokens = await drawn(p, uniforms);
    expect(tokens.every((token) => p[token]! > 0)).toBe(true);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
  });

  it('of a row does not depend on the rows beside it', async () => {
    const width = 10;
    const rows = [1, 7, 4].map((token) => Array.from({ length: width }, (_, i) => Number(i === token)));
    const tokens = draw(
      input('probabilities', 'float32', ['rows', width]),
      input('uniforms', 'float32', ['rows', 1]),
      input('rowNumbers', 'int32', ['rows']),
    );
    const values = await evaluateOnce(
      engine,
      { tokens },
      {
        probabilities: floats(rows.flat(), [3, width]),
        uniforms: floats([0.9, 0.1, 0.5], [3, 1]),
        rowNumbers: integers([0, 1, 2]),
      },
    );
    expect(values.tokens).toEqual(integers([1, 7, 4]));
  });
});

/** Σ (n − Np)²/Np over the tokens that can happen. */
const chiSquare = (observed: readonly number[], p: readonly number[], draws: number): number =>
  observed.reduce((sum, count, token) => {
    const wanted = draws * p[token]!;
    return wanted === 0 ? sum : sum + (count - wanted) ** 2 / wanted;
  }, 0);

/** Mean plus four deviations of the distribution of χ². */
function chiSquareBound(p: readonly number[]): number {
  const freedom = p.filter((mass) => mass > 0).length - 1;
  return freedom + 4 * Math.sqrt(2 * freedom);
}

describe('filters', () => {
  const p = [0.02, 0.3, 0, 0.1, 0.25, 0.05, 0.2, 0.08];
  const kept = (tokens: readonly number[]) => [...new Set(tokens)].sort((a, b) => a - b);
  const renormalised = (allowed: readonly number[]) => {
    const total = allowed.reduce((sum, token) => sum + p[token]!, 0);
    return p.map((mass, token) => (allowed.includes(token) ? mass / total : 0));
  };

  const cases: [string, Partial<Filters> & { topP?: number }, number[]][] = [
    ['top-k of 1', { topK: 1 }, [1]],
    ['top-k of 3', { topK: 3 }, [1, 4, 6]],
    ['top-k of all', { topK: 8 }, [0, 1, 3, 4, 5, 6, 7]],
    ['top-k of more than all', { topK: 100 }, [0, 1, 3, 4, 5, 6, 7]],
    // 0.3 + 0.25 = 0.55 is still below 0.6, so 0.2 belongs to the nucleus, and 0.1 does not.
    ['top-p of 0.6', { topP: 0.6 }, [1, 4, 6]],
    ['top-p of 0.9', { topP: 0.9 }, [1, 3, 4, 6, 7]],
    ['top-p of next to nothing', { topP: 1e-6 }, [1]],
    ['top-p of nearly all', { topP: 0.9999 }, [0, 1, 3, 4, 5, 6, 7]],
    // Of the mass of three tokens, 0.75: 0.3 is below 0.6 · 0.75 = 0.45, and 0.55 is not.
    ['top-p after top-k', { topK: 3, topP: 0.6 }, [1, 4]],
  ];

  it.each(cases)('%s keep the likeliest tokens and their proportions', async (_, filters, allowed) => {
    const draws = 3000;
    const exact = await drawn(p, evenly(draws), filters);
    expect(kept(exact)).toEqual(allowed);
    const expected = renormalised(allowed);
    expectClose(
      counts(exact, p.length).map((count) => count / draws),
      expected,
      'frequencies',
      [1.01 / draws, 0],
    );
    const random = await drawn(p, randomStream(9, 'filters').uniforms(draws), filters);
    expect(kept(random)).toEqual(allowed);
    expect(chiSquare(counts(random, p.length), expected, draws)).toBeLessThanOrEqual(
      chiSquareBound(expected),
    );
  });

  it('keep all tokens that tie with the last', async () => {
    const tied = [0.25, 0.125, 0.25, 0.125, 0.25];
    expect(kept(await drawn(tied, evenly(100), { topK: 2 }))).toEqual([0, 2, 4]);
  });

  it('off keep everything', async () => {
    expect(kept(await drawn(p, evenly(1000), everything))).toEqual([0, 1, 3, 4, 5, 6, 7]);
  });
});
