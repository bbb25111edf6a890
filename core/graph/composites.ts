/**
 * Composite ops as graphs of simpler ones. Each exists because its hand-derived gradient is faster or more stable
 * than what its parts would give; the gradients stand in `gradient.ts`. An engine with a kernel of its own for one
 * keeps it whole.
 */
import {
  add,
  causalMask,
  concat,
  div,
  erf,
  exp,
  gatherLast,
  groupHeads,
  log,
  matmul,
  maximum,
  mul,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  sigmoid,
  slice,
  softmax,
  splitHeads,
  sqrt,
  square,
  sub,
  ungroupHeads,
} from './build.ts';
import type { NodeOf, Op, OpAttributes, Tensor } from './tensor.ts';

export type Composite =
  | 'softmax'
  | 'layerNorm'
  | 'rmsNorm'
  | 'gelu'
  | 'geluExact'
  | 'swiglu'
  | 'rotary'
  | 'attention'
  | 'tokenLogProbability';

type Expansion<K extends Op> = (node: NodeOf<K>) => Tensor[];

/** GELU is x·σ(2u) with 2u = x·(geluLinear + geluCubic·x²). */
export const geluLinear = 2 * Math.sqrt(2 / Math.PI);
export const geluCubic = geluLinear * 0.044715;

const last = [-1];

/**
 * A score this far below its row's largest has a weight of e⁻⁴⁰ = 4e-18, far below float32's rounding. Masked
 * scores are raised to it: weights closer to zero are denormal, and make the softmax and its gradient 4 times slower.
 */
const negligible = 40;

/** What masks the scores whose axes are [batch, …, length, length]: the future, and the other segments of the row. */
function attentionMask(
  { batch, length }: OpAttributes['attention'],
  segments: Tensor | undefined,
  axes: number,
): Tensor {
  if (!segments) return causalMask(length);
  const between = Array<number>(axes - 3).fill(1);
  const [rows, columns] = [
    reshape(segments, [batch, ...between, length, 1]),
    reshape(segments, [batch, ...between, 1, length]),
  ];
  // Segments are numbered by integers, so that those of two differ by 1 at least.
  return add(mul(square(sub(rows, columns)), -1e9), causalMask(length));
}

const attention: Expansion<'attention'> = ({ inputs, attributes }) => {
  const [q, k, v, segments] = inputs as [Tensor, Tensor, Tensor, Tensor?];
  const { batch, length, heads, keyValueHeads } = attributes;
  const scale = 1 / Math.sqrt((q.shape[1] as number) / heads);
  const keyed = (x: Tensor) => splitHeads(x, batch, length, keyValueHeads);
  const group = heads / keyValueHeads;

  const scores = matmul(groupHeads(q, attributes), keyed(k), { transposeB: true, scale });
  // One mask serves every head of a group: scores [batch, keyValueHeads, group, length, length].
  const perHead = [batch, keyValueHeads, group, length, length];
  const mask = (axes: number) => attentionMask(attributes, segments, axes);
  const masked =
    group === 1 ? add(scores, mask(4)) : reshape(add(reshape(scores, perHead), mask(5)), scores.shape);
  const probabilities = softmax(maximum(masked, sub(reduceMax(masked, last), negligible)));
  return [ungroupHeads(matmul(probabilities, keyed(v)), attributes), probabilities];
};

/**
 * Halves (x₁, x₂) of what turns of every head become (x₁cos − x₂sin, x₂cos + x₁sin); the inverse turns by −angle.
 */
const rotary: Expansion<'rotary'> = ({ inputs, attributes }) => {
  const [x, cosine, sine] = inputs as [Tensor, Tensor, Tensor];
  const { heads, inverse } = attributes;
  const rows = x.shape[0]!;
  const width = (x.shape[1] as number) / heads;
  const half = cosine.shape[1] as number;
  const split = reshape(x, [rows, heads, width]);
  const [first, second] = [slice(split, 2, 0, half), slice(split, 2, half, 2 * half)];
  const rest = 2 * half < width ? [slice(split, 2, 2 * half, width)] : [];
  const [cos, sin] = [cosine, sine].map((angle) => reshape(angle, [rows, 1, half])) as [Tensor, Tensor];
  const turn = inverse ? [add, sub] : [sub, add];
  const turned = concat(
    [turn[0]!(mul(first, cos), mul(second, sin)), turn[1]!(mul(second, cos), mul(first, sin)), ...rest],
    2,
  );
  return [reshape(turned, x.shape)];
};

/** log p = (logit − max) + log(max p), which neither overflows nor needs the log-softmax of every entry. */
const tokenLogProbability: Expansion<'tokenLogProbability'> = ({ inputs, attributes }) => {
  const [hidden, unembedding, targets] = inputs as [Tensor, Tensor, Tensor];
  const logits = matmul(hidden, unembedding, { transposeB: true, scale: 1 / attributes.temperature });
  const probabilities = softmax(logits);
  const shift = sub(log(reduceMax(probabilities, last)), reduceMax(logits, last));
  const target = gatherLast(logits, reshape(targets, [targets.shape[0]!, 1]));
  // H = −Σ p log p = −(Σ p·logit) − shift
  const entropy = sub(sub(0, reduceSum(mul(probabilities, logits), last)), shift);
  return [add(target, shift), entropy, probabilities];
};

export const expansions: { [K in Composite]: Expansion<K> } = {
  softmax: ({ inputs: [x] }) => {
    const shifted = exp(sub(x!, reduceMax(x!, last)));
    return [div(shifted, reduceSum(shifted, last))];
  },
  layerNorm: ({ inputs: [x, gain, bias], attributes: { epsilon } }) => {
    const mean = reduceMean(x!, last);
    const centred = sub(x!, mean);
    const inverse = div(1, sqrt(add(reduceMean(square(centred), last), epsilon)));
    return [add(mul(mul(centred, inverse), gain!), bias!), mean, inverse];
  },
  rmsNorm: ({ inputs: [x, gain], attributes: { epsilon } }) => {
    const inverse = div(1, sqrt(add(reduceMean(square(x!), last), epsilon)));
    return [mul(mul(x!, inverse), gain!), inverse];
  },
  gelu: ({ inputs: [x] }) => {
    const q = add(mul(mul(x!, x!), geluCubic), geluLinear);
    const sigma = sigmoid(mul(q, x!));
    return [mul(x!, sigma), sigma];
  },
  geluExact: ({ inputs: [x] }) => {
    const phi = mul(add(erf(mul(x!, Math.SQRT1_2)), 1), 0.5);
    return [mul(x!, phi), phi];
  },
  swiglu: ({ inputs: [gate, up] }) => {
    const sigma = sigmoid(gate!);
    return [mul(mul(gate!, sigma), up!), sigma];
  },
  rotary,
  attention,
  tokenLogProbability,
};

export const isComposite = (op: Op): op is Composite => op in expansions;
