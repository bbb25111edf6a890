import { describe, expect, it } from 'vitest';
import type { Rollouts } from '../../../core/contract/calls.ts';
import { colourOf, depthOf, reachOf } from '../../../renderer/views/train/lens/colour-scale.ts';
import { quantities } from '../../../renderer/views/train/lens/quantities.ts';
import {
  found,
  rolloutsOf,
  sorted,
  sumOf,
  type Order,
} from '../../../renderer/views/train/lens/rollout-table.ts';

const data: Rollouts = {
  step: 3,
  klCoef: 0.1,
  prompts: ['Name a fruit.', 'Greet Ada.', 'Name a fruit.'],
  completions: ['A pear', 'Hello', 'Plum jam'],
  lengths: Int32Array.of(2, 1, 3),
  tokens: ['A', ' pear', 'Hello', 'Pl', 'um', ' jam'],
  ended: [true, true, false],
  scores: Float32Array.of(0.5, -1, 2),
  quantities: {
    kl: Float32Array.of(1, 2, 0.5, -1, -1, 3),
    advantages: Float32Array.of(1, 0, 4, 2, 2, 2),
    logprobs: Float32Array.of(-1, -1, -5, -2, -2, -2),
    // The others are not there, as in a file that holds less.
  } as Rollouts['quantities'],
};
const rollouts = rolloutsOf(data);
const order = (by: Order, descending = false) =>
  sorted(rollouts, data, by, descending).map(({ index }) => index);

describe('rollouts of a step', () => {
  it('know which of the tokens are theirs', () => {
    const words = rollouts.map(({ first, length }) => data.tokens.slice(first, first + length).join(''));
    expect(words).toEqual(data.completions);
    expect(rollouts.map((rollout) => sumOf('kl', rollout, data))).toEqual([3, 0.5, 1]);
  });

  it('are sorted by what they sum up to, either way, and as sampled where that is equal', () => {
    expect(order('kl')).toEqual([1, 2, 0]);
    expect(order('kl', true)).toEqual([0, 2, 1]);
    expect(order('score', true)).toEqual([2, 0, 1]);
    expect(order('advantages', true)).toEqual([1, 2, 0]);
    expect(order('logprobs')).toEqual([1, 2, 0]);
    // No values were kept: nothing tells them apart.
    expect(order('values', true)).toEqual([0, 1, 2]);
  });

  it('are found by words of their prompt or completion', () => {
    const indexes = (words: string) => found(rollouts, words).map(({ index }) => index);
    expect(indexes(' FRUIT ')).toEqual([0, 2]);
    expect(indexes('hello')).toEqual([1]);
    expect(indexes('')).toEqual([0, 1, 2]);
  });
});

describe('the colour of a token', () => {
  it('reaches its deepest where all but two in a hundred have theirs, so that an outlier pales nothing', () => {
    const values = new Float32Array(1000).fill(1).map((one, i) => (i % 2 === 0 ? one : -one));
    values[0] = 1e6;
    values[1] = NaN;
    expect(reachOf(values)).toBe(1);
    expect(depthOf(1e6, 1)).toBe(1);
    expect(depthOf(-0.5, 1)).toBe(-0.5);
  });

  it('is none for what is not known, and where all are 0', () => {
    expect(depthOf(NaN, 1)).toBe(0);
    expect(depthOf(0, reachOf(new Float32Array(4)))).toBe(0);
    expect(reachOf(new Float32Array())).toBe(0);
  });

  it('tells the sign of what is signed by its hue, and the size by its depth', () => {
    const colour = (depth: number) => colourOf(depth, quantities.kl);
    expect(colour(1)).toContain('--token-positive');
    expect(colour(-1)).toContain('--token-negative');
    const share = (depth: number) => Number(/([\d.]+)%/.exec(colour(depth))![1]);
    expect(share(0)).toBe(0);
    expect(share(0.5)).toBeCloseTo(share(1) / 2, 1);
  });
});
