import type {
  Engine,
  Feeds,
  ProgramSource,
  TensorSet,
  TensorSpec,
  Value,
} from '../../../core/engine/engine.ts';
import {
  add,
  attention,
  cast,
  div,
  gatherRows,
  gelu,
  input,
  layerNorm,
  matmul,
  mul,
  neg,
  parameter,
  reduceSum,
  reshape,
  tokenLogProbability,
} from '../../../core/graph/build.ts';
import { gradientsOf } from '../../../core/graph/gradient.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import { filledSet, floats, integers, noise, sizeOf } from '../../support/engine.ts';

/** A GPT of this shape; `longest` is the longest sequence it has positions for. */
export interface GptSize {
  readonly vocabulary: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly longest: number;
}

export const smallSize: GptSize = { vocabulary: 19, width: 16, heads: 2, layers: 2, longest: 12 };

export interface GptOptions {
  /** Compute the blocks again in the backward pass. */
  readonly recompute?: boolean;
  /** Frozen weights in the group `base`, stored so, under adapters of this rank that are what is trained. */
  readonly base?: { readonly dtype: 'float32' | 'float16'; readonly rank: number };
}

const linear = (name: string, from: number, to: number) => ({
  [`${name}.weight`]: [from, to],
  [`${name}.bias`]: [to],
});

const block = (name: string, width: number) => ({
  ...norm(`${name}.norm1`, width),
  ...linear(`${name}.query`, width, width),
  ...linear(`${name}.key`, width, width),
  ...linear(`${name}.value`, width, width),
  ...linear(`${name}.output`, width, width),
  ...norm(`${name}.norm2`, width),
  ...linear(`${name}.up`, width, 4 * width),
  ...linear(`${name}.down`, 4 * width, width),
});

const norm = (name: string, width: number) => ({ [`${name}.gain`]: [width], [`${name}.shift`]: [width] });

type Shapes = Record<string, number[]>;

export const gptShapes = ({ vocabulary, width, layers, longest }: GptSize): Shapes => ({
  tokens: [vocabulary, width],
  positions: [longest, width],
  ...(Object.assign({}, ...Array.from({ length: layers }, (_, i) => block(`block${i}`, width))) as Shapes),
  ...norm('final', width),
});

/** The shapes of adapters for every linear layer. */
export const adapterShapes = (size: GptSize, rank: number): Shapes =>
  Object.fromEntries(
    Object.entries(gptShapes(size)).flatMap(([name, [from, to]]) =>
      /block.*weight/.test(name)
        ? [
            [`${name}.down`, [from!, rank]],
            [`${name}.up`, [rank, to!]],
          ]
        : [],
    ),
  );

/** The tensors of a frozen base: matrices are stored as asked for, vectors as float32. */
export const baseSpecs = (size: GptSize, dtype: 'float32' | 'float16'): TensorSpec[] =>
  Object.entries(gptShapes(size)).map(([name, shape]) => ({
    name,
    shape,
    ...(dtype === 'float16' && shape.length > 1 ? { dtype } : {}),
  }));

/** Initial values of parameters. */
export const gptValues = (shapes: Shapes, scale = 0.3): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => {
      const offset = name.endsWith('gain') ? 1 : 0;
      const values = noise(sizeOf(shape), i + 1).map((x) => scale * x + offset);
      return [name, { data: values, shape }];
    }),
  );

export const smallGptValues = (): Record<string, Value> => gptValues(gptShapes(smallSize));

/** The sets that a step of the small GPT runs with. */
export async function smallGptSets(engine: Engine, { base }: GptOptions = {}): Promise<GptSets> {
  if (!base) return { policy: await filledSet(engine, smallGptValues()) };
  const frozen = engine.allocate(baseSpecs(smallSize, base.dtype));
  const values = Object.entries(smallGptValues()).map(([name, { data }]) => [name, Float32Array.from(data)]);
  await frozen.write(Object.fromEntries(values) as Record<string, Float32Array>);
  const adapters = gptValues(adapterShapes(smallSize, base.rank));
  return { policy: await filledSet(engine, adapters), base: frozen };
}

type GptSets = Record<string, TensorSet> & { readonly policy: TensorSet };

/** A training step of a GPT: the mean loss of next tokens and its gradients. */
export function gptStep(size: GptSize, { recompute = false, base }: GptOptions = {}): ProgramSource {
  const shapes = base ? adapterShapes(size, base.rank) : gptShapes(size);
  const trained = new Map(
    Object.entries(shapes).map(([name, shape]) => [name, parameter('policy', name, shape)]),
  );
  const frozen = new Map(
    base &&
      baseSpecs(size, base.dtype).map(({ name, shape, dtype }) => [
        name,
        parameter('base', name, shape, dtype),
      ]),
  );
  const stored = (name: string) => frozen.get(name) ?? trained.get(name)!;
  const of = (name: string) => cast(stored(name), 'float32');
  const linear = (x: Tensor, name: string) => {
    const y = matmul(x, of(`${name}.weight`), { bias: of(`${name}.bias`) });
    if (!base) return y;
    return add(y, matmul(matmul(x, of(`${name}.weight.down`)), of(`${name}.weight.up`)));
  };
  const norm = (x: Tensor, name: string) => layerNorm(x, of(`${name}.gain`), of(`${name}.shift`), 1e-5);
  const rows = 'batch*length';
  const embedded = (name: string, indices: string) =>
    cast(gatherRows(stored(name), input(indices, 'int32', [rows])), 'float32');

  let x = add(embedded('tokens', 'ids'), embedded('positions', 'places'));
  const boundaries: Tensor[] = [];
  for (let layer = 0; layer < size.layers; layer++) {
    boundaries.push(x);
    const name = `block${layer}`;
    const h = norm(x, `${name}.norm1`);
    const [q, k, v] = ['query', 'key', 'value'].map((part) => linear(h, `${name}.${part}`));
    const attributes = { batch: 'batch', length: 'length', heads: size.heads, keyValueHeads: size.heads };
    x = add(x, linear(attention(q!, k!, v!, attributes), `${name}.output`));
    x = add(x, linear(gelu(linear(norm(x, `${name}.norm2`), `${name}.up`)), `${name}.down`));
  }
  const targets = input('targets', 'int32', [rows]);
  const { logProbability } = tokenLogProbability(norm(x, 'final'), of('tokens'), targets);
  const mask = input('mask', 'float32', ['batch', 'length']);
  const weighted = mul(reshape(logProbability, ['batch', 'length']), mask);
  const loss = reshape(neg(div(reduceSum(weighted), reduceSum(mask))), []);
  return {
    outputs: { loss },
    gradients: gradientsOf(loss, trained, recompute ? { recompute: boundaries } : {}),
  };
}

export const smallGpt = (options: GptOptions = {}): ProgramSource => gptStep(smallSize, options);

/** A batch whose token ids come up many times. */
export const smallBatch = (batch: number, length: number): Feeds =>
  gptBatch(batch, length, { vocabulary: smallSize.vocabulary, distinct: 7 });

export function gptBatch(
  batch: number,
  length: number,
  { vocabulary, distinct }: { vocabulary: number; distinct: number },
): Feeds {
  const count = batch * length;
  const ids = Array.from({ length: count }, (_, i) => (i * i) % distinct);
  return {
    ids: integers(ids),
    targets: integers(ids.map((id) => (id * 3 + 1) % vocabulary)),
    places: integers(ids.map((_, i) => i % length)),
    mask: floats(
      ids.map((_, i) => (i % 5 === 4 ? 0 : 1)),
      [batch, length],
    ),
  };
}
