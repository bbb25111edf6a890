import { GraphError } from '../contract/errors.ts';
import { bodyResults } from './build.ts';
import { infer } from './ops.ts';
import { sameShape, showShape } from './shape.ts';
import type { Node, Tensor, TensorType } from './tensor.ts';
import { topological } from './walk.ts';

/**
 * Checks a whole graph before an engine sees it: every node's outputs are what its op makes of its inputs, and
 * every input and parameter name stands for one thing. Throws a `GraphError` naming the op and the shapes.
 */
export function verify(outputs: Record<string, Tensor>): void {
  const declared = new Map<string, Node>();
  const visit = (tensors: readonly Tensor[]): void => {
    for (const node of topological(tensors)) {
      verifyNode(node);
      verifyName(node, declared);
      if (node.op === 'loop') visit(bodyResults(node.attributes.body));
    }
  };
  visit(Object.values(outputs));
}

const show = ({ dtype, shape }: TensorType): string => `${dtype} ${showShape(shape)}`;

function verifyNode(node: Node): void {
  infer(node.op, node.inputs, node.attributes).forEach((expected, i) => {
    const actual = node.outputs[i]!;
    if (actual.dtype !== expected.dtype || !sameShape(actual.shape, expected.shape))
      throw new GraphError(`${node.op} gives ${show(expected)}, but its output ${i} says ${show(actual)}`);
  });
}

function verifyName(node: Node, declared: Map<string, Node>): void {
  if (node.op !== 'input' && node.op !== 'parameter') return;
  const { attributes } = node;
  const name = node.op === 'input' ? attributes.name : `${node.attributes.group}/${attributes.name}`;
  const other = declared.get(name);
  const [type, before] = [node.outputs[0]!, other?.outputs[0]];
  if (before && (before.dtype !== type.dtype || !sameShape(before.shape, type.shape)))
    throw new GraphError(`'${name}' is declared both as ${show(before)} and as ${show(type)}`);
  declared.set(name, node);
}
