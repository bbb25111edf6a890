/** When ONNX Runtime makes and frees the values of a graph: in the order in which it runs the nodes. */
import type { GraphProto, NodeProto } from './proto.ts';

export interface MemoryPlan {
  readonly steps: readonly MemoryStep[];
  /** Owners of the graph's results, which nothing frees. */
  readonly kept: ReadonlySet<string>;
}

export interface MemoryStep {
  readonly node: NodeProto;
  /** The results that need room. */
  readonly makes: readonly string[];
  /** Values, each by its owner, that nothing needs after this step. */
  readonly frees: readonly string[];
  /** One iteration, where the node is a loop. */
  readonly body?: MemoryPlan;
}

/** Ops whose result is what they are given, under another shape. */
const renaming: ReadonlySet<string> = new Set(['Reshape']);

/** `elsewhere` are results that have their room already. */
export function planOf(graph: GraphProto, elsewhere: ReadonlySet<string> = new Set()): MemoryPlan {
  const nodes = runOrder(graph.node);
  const owners = ownersOf(nodes);
  const owner = (name: string): string => owners.get(name) ?? name;
  const kept = new Set(graph.output.map(({ name }) => owner(name)));
  const made = new Set<string>();
  const last = new Map<string, number>();
  nodes.forEach((node, step) => {
    node.output.forEach((name) => made.add(owner(name)));
    for (const name of [...usedBy(node), ...node.output]) last.set(owner(name), step);
  });
  const frees: string[][] = nodes.map(() => []);
  for (const [name, step] of last) if (made.has(name) && !kept.has(name)) frees[step]!.push(name);
  const steps = nodes.map((node, i): MemoryStep => {
    const body = bodyOf(node);
    const makes = node.output.filter((name) => owner(name) === name && !elsewhere.has(name));
    return { node, makes, frees: frees[i]!, ...(body && { body: planOf(body) }) };
  });
  return { steps, kept };
}

/** Which value has the room that another names. */
function ownersOf(nodes: readonly NodeProto[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { opType, input, output } of nodes)
    if (renaming.has(opType)) owners.set(output[0]!, owners.get(input[0]!) ?? input[0]!);
  return owners;
}

const bodyOf = ({ attribute }: NodeProto): GraphProto | undefined => attribute.find(({ g }) => g)?.g;

/** What a node reads, and what the body of a loop reads of the graph around it. */
function usedBy(node: NodeProto): string[] {
  const body = bodyOf(node);
  return body
    ? [...node.input, ...body.node.flatMap(usedBy), ...body.output.map(({ name }) => name)]
    : [...node.input];
}

/**
 * ONNX Runtime goes back depth first from the results, the last written first, and so from every node to its inputs
 * (GraphViewer and Graph::ReverseDFSFrom in onnxruntime/core/graph).
 */
function runOrder(written: readonly NodeProto[]): NodeProto[] {
  const producers = new Map<string, number>();
  written.forEach(({ output }, i) => output.forEach((name) => producers.set(name, i)));
  const before = written.map((node) => producersOf(node, producers));
  const read = new Set(before.flat());
  const stack = written.flatMap((_, i) => (read.has(i) ? [] : [{ node: i, ready: false }]));
  const visited = new Set<number>();
  const order: NodeProto[] = [];
  while (stack.length > 0) {
    const { node, ready } = stack.pop()!;
    if (ready) order.push(written[node]!);
    else if (!visited.has(node)) {
      visited.add(node);
      stack.push({ node, ready: true });
      for (const input of before[node]!) if (!visited.has(input)) stack.push({ node: input, ready: false });
    }
  }
  return order;
}

const producersOf = (node: NodeProto, producers: ReadonlyMap<string, number>): number[] =>
  [...new Set(usedBy(node).flatMap((name) => producers.get(name) ?? []))].sort((a, b) => a - b);
