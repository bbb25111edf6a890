import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphError } from '../../../core/contract/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import {
  add,
  cast,
  exp,
  input,
  matmul,
  mul,
  parameter,
  reduceSum,
  tanh,
  type Operand,
} from '../../../core/graph/build.ts';
import { gradient } from '../../../core/graph/gradient.ts';
import { print } from '../../../core/graph/print.ts';
import { topological } from '../../../core/graph/walk.ts';
import { openTestEngine } from '../../support/engine.ts';
import { smallBatch, smallGpt, smallGptSets, type GptOptions } from '../engine/small-gpt.ts';

const x = input('x', 'float32', ['rows', 2]);
const w = parameter('policy', 'w', [2]);
const v = parameter('policy', 'v', [2]);

/** Two blocks after something before them, scaled by what depends on neither, and a loss. */
function twoBlocks(scale: Operand = exp(w)) {
  const first = mul(x, w);
  const second = add(first, tanh(mul(first, scale)));
  const third = add(second, tanh(mul(second, scale)));
  return { boundaries: [first, second], loss: reduceSum(mul(third, v)) };
}

describe('what is computed again', () => {
  it('prints as the first block once more, after the gradient of where it ends', () => {
    const { loss, boundaries } = twoBlocks();
    const [ofW] = gradient(loss, [w], { recompute: boundaries });
    expect(`\n${print({ ofW: ofW! })}\n`).toMatchSnapshot();
  });

  it('is nothing before the first boundary, after the last, or independent of both', () => {
    const { loss, boundaries } = twoBlocks();
    const ops = topological(gradient(loss, [w, v], { recompute: boundaries })).map(({ op }) => op);
    const count = (op: string) => ops.filter((other) => other === op).length;
    expect([count('tanh'), count('exp'), count('after')]).toEqual([3, 1, 1]);
  });

  it('is nothing where there is one boundary or none', () => {
    const { loss, boundaries } = twoBlocks();
    const plain = print({ ofW: gradient(loss, [w])[0]! });
    for (const recompute of [[], boundaries.slice(0, 1)])
      expect(print({ ofW: gradient(loss, [w], { recompute })[0]! })).toBe(plain);
  });

  it('is every cast of a float16 parameter, without boundaries too', () => {
    const half = parameter('base', 'half', [2, 2], 'float16');
    const hidden = tanh(matmul(mul(x, w), cast(half, 'float32')));
    const [ofW] = gradient(reduceSum(matmul(hidden, cast(half, 'float32'))), [w]);
    expect(`\n${print({ ofW: ofW! })}\n`).toMatchSnapshot();
  });

  it('cannot be marked by a tensor that the loss does not depend on', () => {
    const { loss } = twoBlocks();
    const make = () => gradient(loss, [w], { recompute: [exp(x)] });
    expect(make).toThrow(GraphError);
    expect(make).toThrow('the loss does not depend on the exp [rows, 2] given as a boundary');
  });
});

describe('the gradients of a model whose blocks are computed again', () => {
  let engine: Engine;
  beforeAll(async () => (engine = await openTestEngine()));
  afterAll(() => engine.dispose());

  async function gradientsOf(options: GptOptions): Promise<Record<string, Float32Array>> {
    const program = await engine.compile(smallGpt(options));
    const sets = await smallGptSets(engine, options);
    const gradients = sets.policy.sibling();
    await program.run(smallBatch(3, 7), { sets, gradients });
    const values = await gradients.read();
    await program.dispose();
    return values;
  }

  it('are the same bits', async () => {
    const kept = await gradientsOf({});
    expect(await gradientsOf({ recompute: true })).toEqual(kept);
  });

  it('are the same bits where the frozen weights are float16 too', async () => {
    const base = { dtype: 'float16', rank: 2 } as const;
    const kept = await gradientsOf({ base });
    expect(await gradientsOf({ base, recompute: true })).toEqual(kept);
  });
});
