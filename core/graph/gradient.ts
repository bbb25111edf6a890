/**
 * Reverse-mode differentiation. One rule per op: given the gradient of each output (undefined where the loss does
 * not depend on it), the gradient of each input. The formula stands beside the code; ȳ is the gradient of y.
 */
import { GraphError } from '../contract/errors.ts';
import {
  add,
  cast,
  concat,
  div,
  exp,
  expand,
  gatherRows,
  groupHeads,
  joinHeads,
  less,
  makeNode,
  matmul,
  mul,
  neg,
  not,
  reduceMean,
  reduceSum,
  reshape,
  rotary,
  scalar,
  scatterAddRows,
  slice,
  split,
  splitHeads,
  sub,
  transpose,
  ungroupHeads,
} from './build.ts';
import { geluCubic, geluLinear } from './composites.ts';
import { Recomputation } from './recompute.ts';
import type { Node, NodeOf, Op, Tensor } from './tensor.ts';
import { evaluate, product, sameShape, type Shape } from './shape.ts';
import { topological } from './walk.ts';

type Gradients = (Tensor | undefined)[];
type GradientRule<K extends Op> = (node: NodeOf<K>, gradients: Gradients) => Gradients;

/** Sums a gradient over the axes along which its operand was broadcast. */
function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < extra || (shape[axis - extra] === 1 && gradient.shape[axis] !== 1));
  return reshape(reduceSum(gradient, axes), shape);
}

const binary =
  (rule: (node: Node, gradient: Tensor) => [Tensor, Tensor]) =>
  (node: Node, [gradient]: Gradients): Gradients =>
    rule(node, gradient!).map((g, i) => unbroadcast(g, node.inputs[i]!.shape));

const unary =
  (rule: (gradient: Tensor, x: Tensor, y: Tensor) => Tensor) =>
  (node: Node, [gradient]: Gradients): Gradients => [rule(gradient!, node.inputs[0]!, node.outputs[0]!)];

/** Where one operand wins an elementwise contest; a tie goes to the first. */
const contest = (firstLoses: (a: Tensor, b: Tensor) => Tensor) =>
  binary(({ inputs: [a, b] }, g) => {
    const loses = firstLoses(a!, b!);
    return [mul(g, cast(not(loses), 'float32')), mul(g, cast(loses, 'float32'))];
  });

const none = (node: Node): Gradients => node.inputs.map(() => undefined);

function undifferentiable(node: Node): Gradients {
  throw new GraphError(`${node.op} has no gradient, yet the loss depends on its output`);
}

/** y = s·op(a)·op(b) + c:  ā = s·ȳ·op(b)ᵀ,  b̄ = s·op(a)ᵀ·ȳ, transposed where the operand was;  c̄ = Σ_rows ȳ */
const matmulRule: GradientRule<'matmul'> = (node, [g]) => {
  const [a, b, bias] = node.inputs as [Tensor, Tensor, Tensor?];
  const { transposeA, transposeB, scale } = node.attributes;
  const forA = transposeA
    ? matmul(b, g!, { transposeA: transposeB, transposeB: true, scale })
    : matmul(g!, b, { transposeB: !transposeB, scale });
  const forB = transposeB
    ? matmul(g!, a, { transposeA: true, transposeB: transposeA, scale })
    : matmul(a, g!, { transposeA: !transposeA, scale });
  return [
    unbroadcast(forA, a.shape),
    unbroadcast(forB, b.shape),
    ...(bias ? [unbroadcast(g!, bias.shape)] : []),
  ];
};

/** Each part gets its stretch of ȳ. */
const concatRule: GradientRule<'concat'> = ({ inputs, attributes: { axis } }, [g]) => {
  const sizes = inputs.map(({ shape }) => shape[axis]!);
  const symbolic = sizes.find((size) => typeof size === 'string');
  if (symbolic) throw new GraphError(`concat has no gradient along symbolic '${symbolic}'`);
  return [...split(g!, axis, sizes as number[])];
};

/** x̄ = ȳ between zeros */
const sliceRule: GradientRule<'slice'> = (node, [g]) => {
  const x = node.inputs[0]!;
  const { axis, start, end } = node.attributes;
  const size = x.shape[axis];
  if (typeof size !== 'number' || typeof start !== 'number' || typeof end !== 'number')
    throw new GraphError(`slice has no gradient along symbolic '${size}'`);
  const zeros = (count: number) =>
    expand(
      scalar(0),
      x.shape.map((dim, i) => (i === axis ? count : dim)),
    );
  const parts = [...(start > 0 ? [zeros(start)] : []), g!, ...(end < size ? [zeros(size - end)] : [])];
  return [parts.length === 1 ? g : makeNode('concat', parts, { axis, dim: size }).outputs[0]];
};

/** y = softmax(x):  x̄ = y ⊙ (ȳ − Σ ȳ⊙y) */
const softmaxRule = unary((g, _, y) => mul(y, sub(g, reduceSum(mul(g, y), [-1]))));

/**
 * With x̂ = (x − μ)·r from the saved mean μ and inverse deviation r, and h = ȳ⊙gain:
 * x̄ = r·(h − mean(h) − x̂⊙mean(h⊙x̂)),  gain̄ = Σ_rows ȳ⊙x̂,  bias̄ = Σ_rows ȳ
 */
const layerNormRule: GradientRule<'layerNorm'> = ({ inputs: [x, gain, bias], outputs }, [g]) => {
  const [, mean, inverse] = outputs as [Tensor, Tensor, Tensor];
  const normalized = mul(sub(x!, mean), inverse);
  const weighted = mul(g!, normalized);
  const h = mul(g!, gain!);
  const along = reduceMean(mul(weighted, gain!), [-1]);
  return [
    mul(inverse, sub(sub(h, reduceMean(h, [-1])), mul(normalized, along))),
    unbroadcast(weighted, gain!.shape),
    unbroadcast(g!, bias!.shape),
  ];
};

/** With x̂ = x·r and h = ȳ⊙gain:  x̄ = r·(h − x̂⊙mean(h⊙x̂)),  gain̄ = Σ_rows ȳ⊙x̂ */
const rmsNormRule: GradientRule<'rmsNorm'> = ({ inputs: [x, gain], outputs }, [g]) => {
  const inverse = outputs[1]!;
  const normalized = mul(x!, inverse);
  const weighted = mul(g!, normalized);
  const along = reduceMean(mul(weighted, gain!), [-1]);
  return [mul(inverse, sub(mul(g!, gain!), mul(normalized, along))), unbroadcast(weighted, gain!.shape)];
};

/** y = x·σ(2u), u = √(2/π)(x + 0.044715x³), σ saved:  x̄ = ȳ⊙(σ + 2u'·(y − y⊙σ)), 2u' = 3q − 2c for q = 2u/x, c = 2√(2/π) */
const geluRule: GradientRule<'gelu'> = ({ inputs: [x], outputs: [y, sigma] }, [g]) => {
  const q = add(mul(mul(x!, x!), geluCubic), geluLinear);
  const slope = sub(mul(q, 3), 2 * geluLinear);
  return [mul(g!, add(sigma!, mul(slope, sub(y!, mul(y!, sigma!)))))];
};

/** y = x·Φ(x), Φ saved:  x̄ = ȳ⊙(Φ + x·φ(x)), φ(x) = e^(−x²/2)/√(2π) */
const geluExactRule: GradientRule<'geluExact'> = ({ inputs: [x], outputs: [, phi] }, [g]) => {
  const density = mul(exp(mul(mul(x!, x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [mul(g!, add(phi!, mul(x!, density)))];
};

/** y = s⊙up for s = gate⊙σ(gate), σ saved:  up̄ = ȳ⊙s,  gatē = ȳ⊙up⊙(σ + s⊙(1 − σ)) */
const swigluRule: GradientRule<'swiglu'> = ({ inputs: [gate, up], outputs: [, sigma] }, [g]) => {
  const silu = mul(gate!, sigma!);
  const slope = add(sigma!, mul(silu, sub(1, sigma!)));
  return [mul(mul(g!, up!), slope), mul(g!, silu)];
};

/**
 * With P = softmax(s·QKᵀ + mask) saved and O = PV:  V̄ = PᵀŌ,  P̄ = ŌVᵀ,  S̄ = P⊙(P̄ − Σ Ō⊙O) (the row sum of P̄⊙P,
 * taken over the narrower O; Dao et al. 2022, App. B),  Q̄ = s·S̄K,  K̄ = s·S̄ᵀQ. The query heads of a group are
 * rows of one product, so that K̄ and V̄ sum over the group by themselves.
 */
const attentionRule: GradientRule<'attention'> = (node, [g]) => {
  const [q, k, v] = node.inputs as [Tensor, Tensor, Tensor];
  const [o, probabilities] = node.outputs as [Tensor, Tensor];
  const { batch, length, heads, keyValueHeads } = node.attributes;
  const scale = 1 / Math.sqrt((q.shape[1] as number) / heads);
  const grouped = (x: Tensor) => groupHeads(x, node.attributes);
  const keyed = (x: Tensor) => splitHeads(x, batch, length, keyValueHeads);

  const upstream = grouped(g!);
  const rowSum = reduceSum(mul(upstream, grouped(o)), [-1]);
  const forScores = mul(probabilities, sub(matmul(upstream, keyed(v), { transposeB: true }), rowSum));
  return [
    ungroupHeads(matmul(forScores, keyed(k), { scale }), node.attributes),
    joinHeads(matmul(forScores, grouped(q), { transposeA: true, scale })),
    joinHeads(matmul(probabilities, upstream, { transposeA: true })),
  ];
};

/**
 * With P = softmax(H·Wᵀ/T) saved, Y the one-hot targets (never formed) and G = diag(ḡ)/T:
 * H̄ = G·(W[target] − P·W),  W̄ = scatter(G·H at the targets) − Pᵀ·G·H
 */
const tokenLogProbabilityRule: GradientRule<'tokenLogProbability'> = (node, [g, entropy, distribution]) => {
  if (entropy || distribution) undifferentiable(node);
  const [hidden, unembedding, targets] = node.inputs as [Tensor, Tensor, Tensor];
  const probabilities = node.outputs[2]!;
  const weight = div(g!, node.attributes.temperature);
  const weighted = mul(hidden, weight);
  return [
    mul(weight, sub(gatherRows(unembedding, targets), matmul(probabilities, unembedding))),
    add(
      scatterAddRows(weighted, targets, unembedding.shape[0]!),
      matmul(probabilities, weighted, { transposeA: true, scale: -1 }),
    ),
    undefined,
  ];
};

export const gradientRules: { [K in Op]: GradientRule<K> } = {
  input: none,
  parameter: none,
  scalar: none,
  table: none,
  causalMask: none,
  rotaryTable: none,

  add: binary((_, g) => [g, g]), // ā = ȳ, b̄ = ȳ
  sub: binary((_, g) => [g, neg(g)]), // ā = ȳ, b̄ = −ȳ
  mul: binary(({ inputs: [a, b] }, g) => [mul(g, b!), mul(g, a!)]), // ā = ȳb, b̄ = ȳa
  div: binary(({ inputs: [, b], outputs: [y] }, g) => [div(g, b!), neg(div(mul(g, y!), b!))]), // ā = ȳ/b, b̄ = −ȳy/b
  maximum: contest((a, b) => less(a, b)), // ȳ to the larger
  minimum: contest((a, b) => less(b, a)), // ȳ to the smaller
  less: none,
  and: none,
  not: none,
  select: (node, [g]) => {
    // ȳ to the chosen operand
    const [condition, a, b] = node.inputs as [Tensor, Tensor, Tensor];
    const chosen = cast(condition, 'float32');
    const other = cast(not(condition), 'float32');
    return [undefined, unbroadcast(mul(g!, chosen), a.shape), unbroadcast(mul(g!, other), b.shape)];
  },
  neg: unary((g) => neg(g)), // x̄ = −ȳ
  exp: unary((g, _, y) => mul(g, y)), // x̄ = ȳy
  log: unary((g, x) => div(g, x)), // x̄ = ȳ/x
  sqrt: unary((g, _, y) => div(mul(g, 0.5), y)), // x̄ = ȳ/2y
  tanh: unary((g, _, y) => mul(g, sub(1, mul(y, y)))), // x̄ = ȳ(1 − y²)
  sigmoid: unary((g, _, y) => mul(g, mul(y, sub(1, y)))), // x̄ = ȳy(1 − y)
  softplus: unary((g, x) => mul(g, makeNode('sigmoid', [x], {}).outputs[0]!)), // x̄ = ȳσ(x)
  erf: unary((g, x) => mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))), // x̄ = ȳ·2/√π·e^(−x²)
  cast: none,

  reduceSum: unary((g, x) => expand(g, x.shape)), // x̄ = ȳ everywhere
  reduceMean: (node, [g]) => {
    // x̄ = ȳ/n everywhere
    const x = node.inputs[0]!;
    const count = product(node.attributes.axes.map((axis) => x.shape[axis]!));
    if (typeof count === 'string')
      throw new GraphError(`reduceMean has no gradient over symbolic '${count}'`);
    return [expand(div(g!, evaluate(count, new Map())), x.shape)];
  },
  reduceMax: undifferentiable,

  reshape: unary((g, x) => reshape(g, x.shape)),
  transpose: (node, [g]) => {
    const inverse: number[] = [];
    node.attributes.permutation.forEach((axis, i) => (inverse[axis] = i));
    return [transpose(g!, inverse)];
  },
  expand: unary((g, x) => unbroadcast(g, x.shape)), // x̄ = Σ ȳ over the copies
  concat: concatRule,
  slice: sliceRule,
  // x̄ = the parts' gradients side by side, zeros where a part was not needed
  split: ({ attributes: { axis }, outputs }, gradients) => [
    concat(
      outputs.map(({ shape }, i) => gradients[i] ?? expand(scalar(0), shape)),
      axis,
    ),
  ],
  pad: (node, [g]) => {
    const x = node.inputs[0]!;
    return [slice(g!, x.shape.length - 1, 0, x.shape.at(-1) as number)];
  },

  after: (_, [g]) => [g, undefined], // x̄ = ȳ

  matmul: matmulRule,

  // table̅ = Σ ȳ rows at their indices
  gatherRows: (node, [g]) => {
    const [rows, indices] = node.inputs as [Tensor, Tensor];
    return [scatterAddRows(g!, indices, rows.shape[0]!, node.attributes.unique), undefined];
  },
  // updates̄ = ȳ rows at the indices
  scatterAddRows: (node, [g]) => [gatherRows(g!, node.inputs[1]!, node.attributes.unique), undefined],
  gatherLast: undifferentiable,
  argmax: none,
  topValues: undifferentiable,

  softmax: softmaxRule,
  layerNorm: layerNormRule,
  rmsNorm: rmsNormRule,
  gelu: geluRule,
  geluExact: geluExactRule,
  swiglu: swigluRule,
  // A rotation's transpose is the rotation back.
  rotary: (node, [g]) => {
    const [, cosine, sine] = node.inputs as [Tensor, Tensor, Tensor];
    const { heads, inverse } = node.attributes;
    return [rotary(g!, cosine, sine, heads, !inverse), undefined, undefined];
  },
  attention: attentionRule,
  tokenLogProbability: tokenLogProbabilityRule,
  loop: undifferentiable,
};

export interface GradientOptions {
  /**
   * Tensors that cut the forward pass, in order: what lies between two of them is computed again in the backward
   * pass instead of kept (Chen et al. 2016). What follows the last is kept, and so is what depends on none.
   */
  readonly recompute?: readonly Tensor[];
}

/**
 * The gradient of a scalar loss with respect to each of `parameters`, shaped as they are.
 * Throws a `GraphError` where the loss does not depend on one.
 */
export function gradient(
  loss: Tensor,
  parameters: readonly Tensor[],
  { recompute = [] }: GradientOptions = {},
): Tensor[] {
  if (product(loss.shape) !== 1)
    throw new GraphError(`only a scalar has a gradient, not [${loss.shape.join(', ')}]`);
  const order = topological([loss]);
  const needed = new Set<Node>(parameters.map(({ node }) => node));
  for (const node of order) if (node.inputs.some((x) => needed.has(x.node))) needed.add(node);

  const recomputation = new Recomputation(order, recompute);
  const gradients = new Map<Tensor, Tensor>([[loss, expand(scalar(1), loss.shape)]]);
  for (const node of order.toReversed()) {
    const upstream = node.outputs.map((output) => gradients.get(output));
    const first = upstream.find((g) => g !== undefined);
    if (!needed.has(node) || !first) continue;
    const rule = gradientRules[node.op] as (node: Node, gradients: Gradients) => Gradients;
    rule(recomputation.view(node, first), upstream).forEach((g, i) => {
      const x = node.inputs[i]!;
      if (!g || !needed.has(x.node)) return;
      const before = gradients.get(x);
      gradients.set(x, before ? add(before, g) : g);
    });
  }
  return parameters.map((parameter) => {
    const found = gradients.get(parameter);
    if (found) return found;
    const { op, attributes } = parameter.node;
    const name = op === 'parameter' || op === 'input' ? attributes.name : op;
    throw new GraphError(`the loss does not depend on '${name}'`);
  });
}

/** The gradient of a scalar loss with respect to each of some named parameters. */
export function gradientsOf(
  loss: Tensor,
  parameters: ReadonlyMap<string, Tensor>,
  options?: GradientOptions,
): Record<string, Tensor> {
  const gradients = gradient(loss, [...parameters.values()], options);
  return Object.fromEntries([...parameters.keys()].map((name, i) => [name, gradients[i]!]));
}
