import { describe, expect, test } from 'vitest';
import type { Feeds, ProgramSource } from '../../../../core/engine/engine.ts';
import { RunMemory, type Allocator } from '../../../../core/engine/onnx/run-memory.ts';
import {
  add,
  concat,
  exp,
  input,
  less,
  loop,
  matmul,
  parameter,
  reduceSum,
  reshape,
} from '../../../../core/graph/build.ts';
import { gradientsOf } from '../../../../core/graph/gradient.ts';
import { floats, integers } from '../../../support/engine.ts';

/** Bytes in use at most, and left over at the end. */
class Meter implements Allocator<number> {
  live = 0;
  peak = 0;
  allocate(bytes: number): number {
    this.live += bytes;
    this.peak = Math.max(this.peak, this.live);
    return bytes;
  }
  free(bytes: number): void {
    this.live -= bytes;
  }
}

function measure(source: ProgramSource, feeds: Feeds, resident = false): Meter {
  const meter = new Meter();
  new RunMemory(source, 'cpu', resident).replay(feeds, meter);
  return meter;
}

const x = input('x', 'float32', ['n', 8]);
const feeds = { x: floats(new Float32Array(80), [10, 8]) };
const VALUE = 10 * 8 * 4;

test('a chain needs room for two values at a time, and leaves none taken', () => {
  const chain = exp(exp(exp(exp(x))));
  expect(measure({ outputs: { y: chain } }, feeds)).toMatchObject({ peak: 2 * VALUE, live: 0 });
});

test('a value is kept until its last use', () => {
  const first = exp(x);
  const chain = add(exp(exp(first)), first);
  expect(measure({ outputs: { y: chain } }, feeds).peak).toBe(3 * VALUE);
});

test('sizes follow what is fed', () => {
  const twice = { x: floats(new Float32Array(160), [20, 8]) };
  const source = { outputs: { y: exp(exp(x)) } };
  expect(measure(source, twice).peak).toBe(2 * measure(source, feeds).peak);
});

describe('gradients', () => {
  const w = parameter('model', 'w', [8, 64]);
  const loss = reduceSum(exp(matmul(x, w)));
  const source = { outputs: { loss }, gradients: gradientsOf(loss, new Map([['w', w]])) };
  const gradient = 8 * 64 * 4;

  test('that have their room in a set take none', () => {
    const one = { x: floats(new Float32Array(8), [1, 8]) };
    expect(measure(source, one).peak).toBeGreaterThan(gradient);
    expect(measure(source, one, true).peak).toBeLessThan(gradient);
  });

  test('are returned with the outputs, and summed whole', () => {
    const memory = new RunMemory(source, 'cpu', true);
    expect(memory.returned(feeds)).toBe(gradient + 4);
    expect(memory.summed.map(({ name, shape }) => [name, shape])).toEqual([['w', [8, 64]]]);
  });
});

test('a loop keeps what it carries from one iteration to the next, as large as it has grown', () => {
  const one = input('one', 'float32', [4, 1]);
  const cache = input('cache', 'float32', [4, 'made']);
  const grown = concat([cache, one], 1, 'grown');
  const body = {
    ...{
      iteration: input('step', 'int64', []),
      carried: [cache],
      next: [grown],
      stacked: [],
      steps: 'steps',
    },
    again: less(0, reshape(reduceSum(one), [])),
  };
  const { carried } = loop(input('limit', 'int32', []), [input('start', 'float32', [4, 'begun'])], body);
  const source = { outputs: { sum: reduceSum(carried[0]!) } };
  const run = (limit: number) =>
    measure(source, {
      ...{ limit: integers([limit], []), start: floats([], [4, 0]), one: floats([1, 1, 1, 1], [4, 1]) },
    });
  const [few, many] = [run(10).peak, run(20).peak];
  // The cache as it was and as it is then.
  expect(many - few).toBe(2 * 10 * 4 * 4);
});
