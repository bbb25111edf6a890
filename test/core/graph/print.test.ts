import { expect, it } from 'vitest';
import { add, input, matmul, mul, parameter, reduceSum } from '../../../core/graph/build.ts';
import { print } from '../../../core/graph/print.ts';

const x = input('x', 'float32', ['batch', 4]);
const w = parameter('policy', 'w', [3, 4]);

it('a graph prints in the order of execution, with the types of all values', () => {
  const y = matmul(x, w, { transposeB: true });
  expect(print({ loss: reduceSum(mul(y, y)), y })).toMatchInlineSnapshot(`
    "x: float32 [batch, 4] = input()
    policy/w: float32 [3, 4] = parameter()
    %0: float32 [batch, 3] = matmul(x, policy/w) transposeB
    %1: float32 [batch, 3] = mul(%0, %0)
    %2: float32 [1, 1] = reduceSum(%1) axes=[0, 1]
    return loss = %2, y = %0"
  `);
});

it('names depend only on the order of execution', () => {
  const first = print({ y: add(mul(x, 2), 1) });
  // Tensors that are made but not used change nothing.
  mul(x, 3);
  expect(print({ y: add(mul(x, 2), 1) })).toBe(first);
});

it('scalars print as the float32 they are', () => {
  expect(print({ y: add(x, 0.1) })).toContain('add(x, 0.10000000149011612)');
});
