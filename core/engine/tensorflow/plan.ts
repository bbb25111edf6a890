/** A graph as a list of steps, each with what can be freed after it; worked out once, when a program is compiled. */
import { GraphError } from '../../contract/errors.ts';
import { bodyResults } from '../../graph/build.ts';
import { showShape, symbolsOf, type Shape } from '../../graph/shape.ts';
import type { Node, NodeOf, Op, Tensor } from '../../graph/tensor.ts';
import { topological } from '../../graph/walk.ts';

export interface Plan {
  readonly steps: readonly Step[];
  readonly results: readonly Tensor[];
}

export interface Step {
  readonly node: Node;
  /** What nothing needs after this step. */
  readonly frees: readonly Tensor[];
  /** Whether the shapes of its results give symbols a value. */
  readonly teaches: boolean;
  /** One iteration, where the node is a loop. */
  readonly body?: Plan;
}

/** What no step computes: it is fed, resident or constant. */
export const isGiven = ({ op }: Node): boolean =>
  op === 'input' || op === 'parameter' || op === 'scalar' || op === 'table';

/**
 * The steps to `results`. `fed` are the symbols that fed shapes give; `outside` the nodes around the loop whose body
 * this is. Throws a `GraphError` where a size can never be known.
 */
export function planOf(
  results: readonly Tensor[],
  fed: ReadonlySet<string>,
  given: readonly Tensor[] = [],
  outside: ReadonlySet<Node> = new Set(),
): Plan {
  const nodes = topological(results).filter((node) => !isGiven(node) && !outside.has(node));
  const around = new Set([...outside, ...nodes]);
  const frees = freedAfter(nodes, results);
  const known = new Set(fed);
  given.forEach(({ shape }) => learn(shape, known));
  const steps = nodes.map((node, i): Step => {
    requireKnown(node, known);
    const before = known.size;
    for (const { shape } of node.outputs) learn(shape, known);
    const step = { node, frees: frees[i]!, teaches: known.size > before };
    return node.op === 'loop' ? { ...step, body: bodyPlan(node, fed, around) } : step;
  });
  return { steps, results };
}

const bodyPlan = (
  { attributes: { body } }: NodeOf<'loop'>,
  fed: ReadonlySet<string>,
  around: Set<Node>,
): Plan => planOf(bodyResults(body), fed, body.carried, around);

/** For every node the tensors that it is the last to use, and its own results that nothing uses. */
function freedAfter(nodes: readonly Node[], results: readonly Tensor[]): Tensor[][] {
  const last = new Map<Tensor, number>();
  nodes.forEach(({ inputs, outputs }, i) => [...inputs, ...outputs].forEach((tensor) => last.set(tensor, i)));
  results.forEach((result) => last.delete(result));
  const frees: Tensor[][] = nodes.map(() => []);
  last.forEach((step, tensor) => frees[step]!.push(tensor));
  return frees;
}

/** As `bindShape` does: a dimension gives a value to the one symbol in it that has none. */
function learn(shape: Shape, known: Set<string>): void {
  for (const dim of shape) {
    const unknown = unknownIn([dim], known);
    if (unknown.length === 1) known.add(unknown[0]!);
  }
}

const unknownIn = (shape: Shape, known: ReadonlySet<string>): string[] =>
  symbolsOf(shape).filter((symbol) => !known.has(symbol));

function requireKnown(node: Node, known: ReadonlySet<string>): void {
  const rule = neededSizes[node.op] as ((node: Node, known: ReadonlySet<string>) => Shape) | undefined;
  const unknown = unknownIn(rule?.(node, known) ?? [], known);
  if (unknown.length > 0)
    throw new GraphError(
      `${node.op} to ${showShape(node.outputs[0]!.shape)} needs the value of '${unknown.join("', '")}', which no fed shape gives`,
    );
}

/** The sizes that an op cannot take from the tensors it is given. */
const neededSizes: { readonly [K in Op]?: (node: NodeOf<K>, known: ReadonlySet<string>) => Shape } = {
  causalMask: ({ attributes: { length } }) => [length],
  rotaryTable: ({ attributes: { spans } }) => spans,
  expand: ({ inputs: [x], attributes: { shape } }) => newDims(x!.shape, shape),
  slice: ({ attributes: { start, end } }) => (end === null ? [start] : [start, end]),
  scatterAddRows: ({ attributes: { rows } }) => [rows],
  reshape: ({ attributes: { shape } }, known) => {
    const unknown = shape.filter((dim) => unknownIn([dim], known).length > 0);
    return unknown.length > 1 ? unknown : [];
  },
};

/** The dimensions of an expanded shape that the tensor does not have already. */
const newDims = (from: Shape, to: Shape): Shape =>
  to.filter((dim, axis) => dim !== from[axis - to.length + from.length]);
