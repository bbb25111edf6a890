import { describe, expect, it } from 'vitest';
import { GraphError } from '../../../core/contract/errors.ts';
import {
  add,
  after,
  and,
  attention,
  concat,
  div,
  expand,
  gatherLast,
  gatherRows,
  input,
  layerNorm,
  loop,
  matmul,
  neg,
  pad,
  parameter,
  reduceSum,
  reshape,
  rotary,
  scalar,
  scatterAddRows,
  select,
  slice,
  split,
  swiglu,
  tokenLogProbability,
  transpose,
} from '../../../core/graph/build.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { DType, Node, Tensor } from '../../../core/graph/tensor.ts';
import { verify } from '../../../core/graph/verify.ts';

const x = (shape: Shape, dtype: DType = 'float32') => input('x', dtype, shape);

const plain = { batch: 2, length: 3, heads: 2, keyValueHeads: 2 };

const refusals: [string, () => unknown, string][] = [
  [
    'operands that do not broadcast',
    () => add(x([2, 3]), x([2])),
    'add needs shapes that broadcast, but was given float32 [2, 3], float32 [2]',
  ],
  [
    'operands of different symbols',
    () => add(x(['batch']), x(['length'])),
    'add needs shapes that broadcast, but was given float32 [batch], float32 [length]',
  ],
  [
    'operands of different dtypes',
    () => add(x([2]), x([2], 'int32')),
    'add needs operands of one dtype, but was given float32 [2], int32 [2]',
  ],
  [
    'a division of integers',
    () => div(x([2], 'int32'), 2),
    'div needs float32 operands, but was given int32 [2], int32 []',
  ],
  [
    'a logical op of numbers',
    () => and(x([2]), x([2])),
    'and needs bool operands, but was given float32 [2]',
  ],
  ['an elementwise op of integers', () => neg(x([2], 'int32')), 'neg needs a float32 operand'],
  [
    'a condition of numbers',
    () => select(x([2]), 1, 2),
    'select needs a bool condition, but was given float32 [2], float32 [], float32 []',
  ],
  [
    'a reduction of an axis beyond the rank',
    () => reduceSum(x([2, 3]), [2]),
    'reduceSum needs axes inside the rank, but was given float32 [2, 3]',
  ],
  [
    'a reshape to another number of elements',
    () => reshape(x(['rows', 4]), ['rows', 3]),
    'reshape needs as many elements as [rows, 3], but was given float32 [rows, 4]',
  ],
  [
    'a permutation of another rank',
    () => transpose(x([2, 3]), [0]),
    'transpose needs a permutation of 2 axes, but was given float32 [2, 3]',
  ],
  [
    'an expansion of an axis that is not 1',
    () => expand(x([2]), [4]),
    'expand needs a shape that broadcasts to [4], but was given float32 [2]',
  ],
  [
    'parts that differ along another axis',
    () => concat([x([2, 3]), x([3, 3])], 1),
    'concat needs parts that differ only along axis 1, but was given float32 [2, 3], float32 [3, 3]',
  ],
  [
    'a slice beyond the axis',
    () => slice(x([2, 3]), 1, 1, 4),
    'slice needs a range inside the axis, but was given float32 [2, 3]',
  ],
  ['an empty slice', () => slice(x([2, 3]), 1, 1, 1), 'slice needs a range inside the axis'],
  [
    'parts that are not the whole axis',
    () => split(x([2, 3]), 1, [1, 1]),
    'split needs 2 elements along axis 1, but was given float32 [2, 3]',
  ],
  [
    'padding of an unknown size',
    () => pad(x(['n']), 1, 0),
    'pad needs float32 and a last axis of known size',
  ],
  [
    'matrices whose inner sizes differ',
    () => matmul(x([2, 3]), x([4, 5])),
    'matmul needs equal inner dimensions (3 against 4), but was given float32 [2, 3], float32 [4, 5]',
  ],
  [
    'matrices whose inner sizes differ once transposed',
    () => matmul(x([2, 3]), x([3, 5]), { transposeB: true }),
    'matmul needs equal inner dimensions (3 against 5), but was given float32 [2, 3], float32 [3, 5]',
  ],
  [
    'matrices of different ranks',
    () => matmul(x([2, 2, 3]), x([3, 5])),
    'matmul needs operands of one rank, at least 2, but was given float32 [2, 2, 3], float32 [3, 5]',
  ],
  [
    'a bias that is not one number a column',
    () => matmul(x([2, 3]), x([3, 5]), { bias: x([2]) }),
    'matmul needs a bias of one value per column, on matrices',
  ],
  [
    'rows by indices that are no integers',
    () => gatherRows(x([4, 2]), x([3])),
    'gatherRows needs int32 indices, but was given float32 [4, 2], float32 [3]',
  ],
  [
    'rows without an index each',
    () => scatterAddRows(x([4, 2]), x([3], 'int32'), 5),
    'scatterAddRows needs one index per row, but was given float32 [4, 2], int32 [3]',
  ],
  [
    'elements by indices of another shape',
    () => gatherLast(x([4, 2]), x([3, 1], 'int32')),
    'gatherLast needs indices shaped as the values but for the last axis',
  ],
  [
    'a gain that is not as wide as its input',
    () => layerNorm(x([2, 3]), x([3]), x([2]), 1e-5),
    'layerNorm needs a gain and bias as wide as the last axis, but was given float32 [2, 3], float32 [3], float32 [2]',
  ],
  ['a gate of another shape', () => swiglu(x([2, 3]), x([2, 4])), 'swiglu needs a gate shaped as the values'],
  [
    'heads that do not divide the width',
    () => rotary(x([2, 7]), x([2, 1]), x([2, 1]), 2),
    'rotary needs heads that divide the width',
  ],
  [
    'angles of another shape',
    () => rotary(x([2, 8]), x([2, 4]), x([2, 2]), 2),
    'rotary needs angles of [2, 2] or narrower, but was given float32 [2, 8], float32 [2, 4], float32 [2, 2]',
  ],
  [
    'angles wider than a head',
    () => rotary(x([2, 10]), x([2, 3]), x([2, 3]), 2),
    'rotary needs angles of [2, 2] or narrower, but was given float32 [2, 10], float32 [2, 3], float32 [2, 3]',
  ],
  [
    'arithmetic on float16',
    () => add(x([2], 'float16'), x([2], 'float16')),
    'add needs operands cast from float16, but was given float16 [2], float16 [2]',
  ],
  [
    'a product of float16',
    () => matmul(x([2, 2]), x([2, 2], 'float16')),
    'matmul needs float32 operands, but was given float32 [2, 2], float16 [2, 2]',
  ],
  [
    'a tensor to wait for that is no float',
    () => after(x([2]), x([2], 'int32')),
    'after needs a float32 tensor to wait for, but was given float32 [2], int32 [2]',
  ],
  [
    'segments of another shape',
    () => attention(x([6, 4]), x([6, 4]), x([6, 4]), plain, x([6])),
    'attention needs float32 segments of [2, 3], but was given float32 [6, 4], float32 [6, 4], float32 [6, 4], float32 [6]',
  ],
  [
    'keys of another width',
    () => attention(x([6, 8]), x([6, 8]), x([6, 4]), { batch: 2, length: 3, heads: 4, keyValueHeads: 2 }),
    'attention needs keys and values of width 4, but was given float32 [6, 8], float32 [6, 8], float32 [6, 4]',
  ],
  [
    'targets that are no integers',
    () => tokenLogProbability(x([2, 4]), x([7, 4]), x([2])),
    'tokenLogProbability needs int32 targets, but was given float32 [2, 4], float32 [7, 4], float32 [2]',
  ],
];

describe('a graph', () => {
  it.each(refusals)('cannot be built with %s', (_, build, message) => {
    expect(build).toThrow(GraphError);
    expect(build).toThrow(message);
  });

  it('is refused where a node says something else than its op makes', () => {
    const { node } = neg(x([2, 3]));
    const outputs: Tensor[] = [];
    const forged = { ...node, outputs } as Node;
    outputs.push({ node: forged, index: 0, shape: [3, 2], dtype: 'float32' });
    expect(() => verify({ y: outputs[0]! })).toThrow(
      'neg gives float32 [2, 3], but its output 0 says float32 [3, 2]',
    );
  });

  it('may use one name twice for one thing, never for two', () => {
    expect(() => verify({ y: add(x([2]), x([2])) })).not.toThrow();
    expect(() => verify({ y: neg(x([2])), z: neg(x([3])) })).toThrow(
      "'x' is declared both as float32 [2] and as float32 [3]",
    );
    const weights = [2, 3].map((rows) => parameter('policy', 'w', [rows]));
    expect(() => verify({ y: weights[0]!, z: weights[1]! })).toThrow(
      "'policy/w' is declared both as float32 [2] and as float32 [3]",
    );
  });

  it('is refused for a fault inside the body of a loop', () => {
    const iteration = input('step', 'int64', []);
    const carried = input('carried', 'float32', ['batch']);
    const next = [add(add(carried, x([])), x([1]))];
    const body = { iteration, carried: [carried], next, again: scalar(1, 'bool') };
    const { carried: results } = loop(scalar(3, 'int32'), [x([1])], { ...body, stacked: [], steps: 'steps' });
    expect(() => verify({ y: results[0]! })).toThrow("'x' is declared both as float32 [1] and as float32 []");
  });

  it('has loops that go on by a flag and keep the types they carry', () => {
    const iteration = input('step', 'int64', []);
    const carried = input('carried', 'float32', [2]);
    const rest = { iteration, carried: [carried], stacked: [], steps: 'steps' };
    const make = (next: Tensor, again: Tensor) => () =>
      loop(scalar(3, 'int32'), [x([2])], { ...rest, next: [next], again });
    expect(make(carried, scalar(1))).toThrow('loop needs a bool scalar to go on by');
    expect(make(reshape(carried, [2, 1]), scalar(1, 'bool'))).toThrow(
      'loop needs carried value 0 to keep its dtype and rank',
    );
  });
});
