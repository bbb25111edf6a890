import type { Feeds, ProgramSource, Value } from '../../../core/engine/engine.ts';
import {
  add,
  attention,
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
import { gradient } from '../../../core/graph/gradient.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import { floats, integers, noise, sizeOf } from '../../support/engine.ts';

const [vocabulary, width, heads, layers, longest] = [19, 16, 2, 2, 12];

const linear = (name: string, from: number, to: number) => ({
  [`${name}.weight`]: [from, to],
  [`${name}.bias`]: [to],
});
const norm = (name: string) => ({ [`${name}.gain`]: [width], [`${name}.shift`]: [width] });

const block = (name: string) => ({
  ...norm(`${name}.norm1`),
  ...linear(`${name}.query`, width, width),
  ...linear(`${name}.key`, width, width),
  ...linear(`${name}.value`, width, width),
  ...linear(`${name}.output`, width, width),
  ...norm(`${name}.norm2`),
  ...linear(`${name}.up`, width, 4 * width),
  ...linear(`${name}.down`, 4 * width, width),
});

type Shapes = Record<string, number[]>;

const shapes: Shapes = {
  tokens: [vocabulary, width],
  positions: [longest, width],
  ...(Object.assign({}, ...Array.from({ length: layers }, (_, i) => block(`block${i}`))) as Shapes),
  ...norm('final'),
};

/** Initial values of the parameters. */
export const smallGptValues = (): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => {
      const offset = name.endsWith('gain') ? 1 : 0;
      return [
        name,
        floats(
          noise(sizeOf(shape), i + 1).map((x) => 0.3 * x + offset),
          shape,
        ),
      ];
    }),
  );

/** A training step of a GPT of two layers: the mean loss of next tokens and its gradients. */
export function smallGpt(): ProgramSource {
  const parameters = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, parameter('policy', name, shape)]),
  );
  const of = (name: string) => parameters[name]!;
  const linear = (x: Tensor, name: string) => matmul(x, of(`${name}.weight`), { bias: of(`${name}.bias`) });
  const norm = (x: Tensor, name: string) => layerNorm(x, of(`${name}.gain`), of(`${name}.shift`), 1e-5);
  const rows = 'batch*length';

  const embedded = gatherRows(of('tokens'), input('ids', 'int32', [rows]));
  let x = add(embedded, gatherRows(of('positions'), input('places', 'int32', [rows])));
  for (let layer = 0; layer < layers; layer++) {
    const name = `block${layer}`;
    const h = norm(x, `${name}.norm1`);
    const [q, k, v] = ['query', 'key', 'value'].map((part) => linear(h, `${name}.${part}`));
    const attributes = { batch: 'batch', length: 'length', heads, keyValueHeads: heads };
    x = add(x, linear(attention(q!, k!, v!, attributes), `${name}.output`));
    x = add(x, linear(gelu(linear(norm(x, `${name}.norm2`), `${name}.up`)), `${name}.down`));
  }
  const targets = input('targets', 'int32', [rows]);
  const { logProbability } = tokenLogProbability(norm(x, 'final'), of('tokens'), targets);
  const mask = input('mask', 'float32', ['batch', 'length']);
  const weighted = mul(reshape(logProbability, ['batch', 'length']), mask);
  const loss = reshape(neg(div(reduceSum(weighted), reduceSum(mask))), []);

  const names = Object.keys(parameters);
  const gradients = gradient(loss, Object.values(parameters));
  return { outputs: { loss }, gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) };
}

/** A batch whose token ids come up many times. */
export function smallBatch(batch: number, length: number): Feeds {
  const count = batch * length;
  const ids = Array.from({ length: count }, (_, i) => (i * i) % 7);
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
