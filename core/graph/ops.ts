import { GraphError } from '../contract/errors.ts';
import { broadcast, product, sameShape, showShape, type Dim, type Shape } from './shape.ts';
import type { DType, Op, OpAttributes, TensorType } from './tensor.ts';

type InferRule<K extends Op> = (inputs: readonly TensorType[], attributes: OpAttributes[K]) => TensorType[];

const float = (shape: Shape): TensorType => ({ shape, dtype: 'float32' });

class Mismatch extends Error {}

function must(condition: boolean, expectation: string): asserts condition {
  if (!condition) throw new Mismatch(expectation);
}

const source: InferRule<'input' | 'parameter'> = (_, { shape, dtype }) => [{ shape, dtype }];

const operandsOf = {
  any: 'operands cast from float16',
  float32: 'float32 operands',
  bool: 'bool operands',
} satisfies Partial<Record<DType | 'any', string>>;

const elementwise =
  (dtype: keyof typeof operandsOf, result?: DType) =>
  ([a, b]: readonly TensorType[]): TensorType[] => {
    must(a!.dtype === b!.dtype, 'operands of one dtype');
    must(dtype === 'any' ? a!.dtype !== 'float16' : a!.dtype === dtype, operandsOf[dtype]);
    const shape = broadcast(a!.shape, b!.shape);
    must(shape !== undefined, 'shapes that broadcast');
    return [{ shape, dtype: result ?? a!.dtype }];
  };

const unary =
  (dtype: DType) =>
  ([x]: readonly TensorType[]): TensorType[] => {
    must(x!.dtype === dtype, `a ${dtype} operand`);
    return [x!];
  };

/** Reductions keep the reduced axes with size 1, so that their result broadcasts back. */
function reduction([x]: readonly TensorType[], { axes }: { axes: readonly number[] }): TensorType[] {
  must(x!.dtype === 'float32', 'a float32 operand');
  must(
    axes.every((axis) => axis >= 0 && axis < x!.shape.length),
    'axes inside the rank',
  );
  return [float(x!.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)))];
}

const withDim = (shape: Shape, axis: number, dim: Dim): Shape => shape.map((d, i) => (i === axis ? dim : d));

const matmul: InferRule<'matmul'> = ([a, b, bias], { transposeA, transposeB }) => {
  must(a!.dtype === 'float32' && b!.dtype === 'float32', 'float32 operands');
  must(a!.shape.length >= 2 && a!.shape.length === b!.shape.length, 'operands of one rank, at least 2');
  const [rows, inner] = transposeA
    ? [a!.shape.at(-1)!, a!.shape.at(-2)!]
    : [a!.shape.at(-2)!, a!.shape.at(-1)!];
  const [innerB, columns] = transposeB
    ? [b!.shape.at(-1)!, b!.shape.at(-2)!]
    : [b!.shape.at(-2)!, b!.shape.at(-1)!];
  must(inner === innerB, `equal inner dimensions (${inner} against ${innerB})`);
  const outer = broadcast(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  must(outer !== undefined, 'outer dimensions that broadcast');
  must(
    bias === undefined ||
      (outer.length === 0 && bias.dtype === 'float32' && sameShape(bias.shape, [columns])),
    'a bias of one value per column, on matrices',
  );
  return [float([...outer, rows, columns])];
};

const normalization =
  (statistics: number) =>
  ([x, ...affine]: readonly TensorType[]): TensorType[] => {
    const width = x!.shape.at(-1)!;
    must(
      affine.every(({ shape }) => sameShape(shape, [width])),
      'a gain and bias as wide as the last axis',
    );
    return [
      x!,
      ...Array.from({ length: statistics }, () => float(withDim(x!.shape, x!.shape.length - 1, 1))),
    ];
  };

const attention: InferRule<'attention'> = ([q, k, v, segments], { batch, length, heads, keyValueHeads }) => {
  const rows = product([batch, length]);
  must(
    [q!, k!, v!].every(({ shape }) => shape.length === 2 && shape[0] === rows),
    `queries, keys and values of ${rows} rows`,
  );
  const width = q!.shape[1] as number;
  must(heads % keyValueHeads === 0 && width % heads === 0, 'heads that divide the width');
  const keyWidth = (width / heads) * keyValueHeads;
  must(k!.shape[1] === keyWidth && v!.shape[1] === keyWidth, `keys and values of width ${keyWidth}`);
  must(
    segments === undefined || (segments.dtype === 'float32' && sameShape(segments.shape, [batch, length])),
    `float32 segments of ${showShape([batch, length])}`,
  );
  const groupRows = product([heads / keyValueHeads, length]);
  return [q!, float([batch, keyValueHeads, groupRows, length])];
};

const tokenLogProbability: InferRule<'tokenLogProbability'> = ([hidden, unembedding, targets]) => {
  must(targets!.dtype === 'int32', 'int32 targets');
  must(hidden!.shape[1] === unembedding!.shape[1], 'an unembedding as wide as the hidden states');
  must(targets!.shape[0] === hidden!.shape[0], 'one target per row');
  const rows = hidden!.shape[0]!;
  return [float([rows, 1]), float([rows, 1]), float([rows, unembedding!.shape[0]!])];
};

const loop: InferRule<'loop'> = ([, ...initial], { body }) => {
  must(
    body.carried.every(
      ({ dtype, shape }, i) => initial[i]?.dtype === dtype && initial[i].shape.length === shape.length,
    ),
    'an initial value of the same dtype and rank for everything carried',
  );
  must(body.again.dtype === 'bool' && body.again.shape.length === 0, 'a bool scalar to go on by');
  body.next.forEach((tensor, i) => {
    const before = body.carried[i]!;
    must(
      tensor.dtype === before.dtype && tensor.shape.length === before.shape.length,
      `carried value ${i} to keep its dtype and rank`,
    );
  });
  return [
    ...body.next,
    ...body.stacked.map(({ shape, dtype }) => ({ shape: [body.steps, ...shape], dtype })),
  ];
};

const inferRules: { [K in Op]: InferRule<K> } = {
  input: source,
  parameter: source,
  scalar: (_, { dtype }) => [{ shape: [], dtype }],
  table: (_, { shape }) => [float(shape)],
  causalMask: (_, { length }) => [float([length, length])],
  rotaryTable: (_, { name, frequencies }) => Array<TensorType>(2).fill(float([name, frequencies.length])),

  add: elementwise('any'),
  sub: elementwise('any'),
  mul: elementwise('any'),
  div: elementwise('float32'),
  maximum: elementwise('float32'),
  minimum: elementwise('float32'),
  less: elementwise('any', 'bool'),
  and: elementwise('bool'),
  not: unary('bool'),
  select: ([condition, a, b]) => {
    must(condition!.dtype === 'bool', 'a bool condition');
    const [chosen] = elementwise('any')([a!, b!]);
    const shape = broadcast(condition!.shape, chosen!.shape);
    must(shape !== undefined, 'shapes that broadcast');
    return [{ shape, dtype: chosen!.dtype }];
  },
  neg: unary('float32'),
  exp: unary('float32'),
  log: unary('float32'),
  sqrt: unary('float32'),
  tanh: unary('float32'),
  sigmoid: unary('float32'),
  softplus: unary('float32'),
  erf: unary('float32'),
  cast: ([x], { to }) => [{ shape: x!.shape, dtype: to }],

  reduceSum: reduction,
  reduceMean: reduction,
  reduceMax: reduction,

  reshape: ([x], { shape }) => {
    must(product(x!.shape) === product(shape), `as many elements as ${showShape(shape)}`);
    return [{ shape, dtype: x!.dtype }];
  },
  transpose: ([x], { permutation }) => {
    const axes = permutation.toSorted((a, b) => a - b);
    must(
      axes.length === x!.shape.length && axes.every((axis, i) => axis === i),
      `a permutation of ${x!.shape.length} axes`,
    );
    return [{ shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }];
  },
  expand: ([x], { shape }) => {
    const result = broadcast(x!.shape, shape);
    must(result !== undefined && sameShape(result, shape), `a shape that broadcasts to ${showShape(shape)}`);
    return [{ shape, dtype: x!.dtype }];
  },
  concat: (inputs, { axis, dim }) => {
    must(axis >= 0 && axis < inputs[0]!.shape.length, 'an axis inside the rank');
    const sizes = inputs.map(({ shape }) => shape[axis]!);
    const total = sizes.every((size) => typeof size === 'number') && sizes.reduce((a, b) => a + b, 0);
    must(total === false || total === dim, `a joint size of ${total}`);
    const expected = withDim(inputs[0]!.shape, axis, 1);
    must(
      inputs.every((x) => x.dtype === inputs[0]!.dtype && sameShape(withDim(x.shape, axis, 1), expected)),
      `parts that differ only along axis ${axis}`,
    );
    return [{ shape: withDim(inputs[0]!.shape, axis, dim), dtype: inputs[0]!.dtype }];
  },
  slice: ([x], { axis, start, end, dim }) => {
    const size = x!.shape[axis];
    must(size !== undefined, 'an axis inside the rank');
    const numbers = typeof size === 'number' && typeof start === 'number' && typeof end === 'number';
    must(!numbers || (start >= 0 && start < end && end <= size), 'a range inside the axis');
    return [{ shape: withDim(x!.shape, axis, dim), dtype: x!.dtype }];
  },
  split: ([x], { axis, sizes }) => {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    must(x!.shape[axis] === total, `${total} elements along axis ${axis}`);
    return sizes.map((size) => ({ shape: withDim(x!.shape, axis, size), dtype: x!.dtype }));
  },
  pad: ([x], { end }) => {
    const width = x!.shape.at(-1);
    must(x!.dtype === 'float32' && typeof width === 'number', 'float32 and a last axis of known size');
    return [float([...x!.shape.slice(0, -1), width + end])];
  },

  after: ([x, first]) => {
    must(first!.dtype === 'float32', 'a float32 tensor to wait for');
    return [x!];
  },

  matmul,

  gatherRows: ([table, indices]) => {
    must(indices!.dtype === 'int32', 'int32 indices');
    return [{ shape: [...indices!.shape, ...table!.shape.slice(1)], dtype: table!.dtype }];
  },
  scatterAddRows: ([updates, indices], { rows }) => {
    must(indices!.dtype === 'int32' && indices!.shape.length === 1, 'an int32 vector of indices');
    must(updates!.shape[0] === indices!.shape[0], 'one index per row');
    return [float([rows, ...updates!.shape.slice(1)])];
  },
  gatherLast: ([x, indices]) => {
    must(indices!.dtype === 'int32', 'int32 indices');
    must(
      sameShape(indices!.shape.slice(0, -1), x!.shape.slice(0, -1)),
      'indices shaped as the values but for the last axis',
    );
    return [{ shape: indices!.shape, dtype: x!.dtype }];
  },
  argmax: ([x]) => [{ shape: [...x!.shape.slice(0, -1), 1], dtype: 'int32' }],
  topValues: ([x], { count }) => {
    const width = x!.shape.at(-1);
    must(typeof width === 'number' && count >= 1 && count <= width, `a last axis of at least ${count}`);
    return [float([...x!.shape.slice(0, -1), count])];
  },

  softmax: unary('float32'),
  layerNorm: normalization(2),
  rmsNorm: normalization(1),
  gelu: ([x]) => [x!, x!],
  geluExact: ([x]) => [x!, x!],
  swiglu: ([gate, up]) => {
    must(sameShape(gate!.shape, up!.shape), 'a gate shaped as the values');
    return [gate!, gate!];
  },
  rotary: ([x, cosine, sine], { heads }) => {
    const [rows, width] = x!.shape;
    must(typeof width === 'number' && width % heads === 0, 'heads that divide the width');
    const [angleRows, half] = cosine!.shape;
    must(
      sameShape(cosine!.shape, sine!.shape) && angleRows === rows && (half as number) <= width / heads / 2,
      `angles of ${showShape([rows!, Math.floor(width / heads / 2)])} or narrower`,
    );
    return [x!];
  },
  attention,
  tokenLogProbability,
  loop,
};

/** The output types of an op, or a `GraphError` that names the op and the shapes that do not fit. */
export function infer<K extends Op>(
  op: K,
  inputs: readonly TensorType[],
  attributes: OpAttributes[K],
): TensorType[] {
  try {
    return inferRules[op](inputs, attributes);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const given = inputs.map(({ dtype, shape }) => `${dtype} ${showShape(shape)}`).join(', ');
    throw new GraphError(`${op} needs ${error.message}, but was given ${given}`);
  }
}
