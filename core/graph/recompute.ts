import { GraphError } from '../contract/errors.ts';
import { after, cast, makeNode } from './build.ts';
import { showShape } from './shape.ts';
import type { Node, Tensor } from './tensor.ts';

/** A part of the forward pass between two boundaries. */
interface Stretch {
  readonly boundary: Tensor;
  readonly nodes: Node[];
  /** Its tensors computed again, once the backward pass has reached it. */
  again?: Map<Tensor, Tensor>;
}

/**
 * The forward pass as the backward pass reads it. The stretches between boundaries are computed again from the
 * boundary they begin with, as late as the gradient of where they end: it is a data dependency, so that no engine
 * can do it early or take it for what it computed before. The same goes for casts of float16 parameters: their
 * float32 copies are never kept.
 */
export class Recomputation {
  /** By the tensors of the forward pass; those of the last stretch and those before the first are not there. */
  readonly #stretches = new Map<Node, Stretch>();

  constructor(order: readonly Node[], boundaries: readonly Tensor[]) {
    const nodes = new Set(order);
    for (const boundary of boundaries)
      if (!nodes.has(boundary.node))
        throw new GraphError(
          `the loss does not depend on the ${boundary.node.op} ${showShape(boundary.shape)} given as a boundary`,
        );
    this.#assign(order, boundaries);
  }

  /** A node whose inputs and outputs are those the backward pass is to use, once the gradient `upstream` is there. */
  view(node: Node, upstream: Tensor): Node {
    const stretch = this.#stretches.get(node);
    if (stretch) stretch.again ??= computeAgain(stretch, upstream);
    const again = (x: Tensor): Tensor => stretch?.again?.get(x) ?? x;
    const inputs = node.inputs.map((x) => (fromFloat16(x) ? castAgain(x, upstream) : again(x)));
    return { ...node, inputs, outputs: node.outputs.map(again) };
  }

  /** Every node belongs to the stretch of the last boundary that it depends on. */
  #assign(order: readonly Node[], boundaries: readonly Tensor[]): void {
    const place = new Map(boundaries.map((boundary, i) => [boundary, i]));
    const stretches = boundaries.slice(0, -1).map((boundary): Stretch => ({ boundary, nodes: [] }));
    const last = new Map<Node, number>();
    for (const node of order) {
      const behind = node.inputs.map((x) => place.get(x) ?? last.get(x.node)!);
      last.set(node, Math.max(-1, ...behind));
      const stretch = stretches[last.get(node)!];
      if (!stretch) continue;
      stretch.nodes.push(node);
      this.#stretches.set(node, stretch);
    }
  }
}

function computeAgain({ boundary, nodes }: Stretch, upstream: Tensor): Map<Tensor, Tensor> {
  const again = new Map([[boundary, after(boundary, upstream)]]);
  for (const node of nodes) {
    const inputs = node.inputs.map((x) => (fromFloat16(x) ? castAgain(x, upstream) : (again.get(x) ?? x)));
    const { outputs } = makeNode(node.op, inputs, node.attributes);
    node.outputs.forEach((output, i) => again.set(output, outputs[i]!));
  }
  return again;
}

const fromFloat16 = ({ node }: Tensor): boolean => node.op === 'cast' && node.inputs[0]!.dtype === 'float16';

const castAgain = ({ node, dtype }: Tensor, upstream: Tensor): Tensor =>
  cast(after(node.inputs[0]!, upstream), dtype);
