import type { Node, Tensor } from './tensor.ts';

/** The nodes that tensors depend on, each after its inputs. Loop bodies are not entered. */
export function topological(tensors: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  for (const { node } of tensors) {
    // An explicit stack: graphs are deeper than the call stack likes.
    const stack: { node: Node; next: number }[] = [{ node, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (seen.has(top.node)) stack.pop();
      else if (top.next < top.node.inputs.length)
        stack.push({ node: top.node.inputs[top.next++]!.node, next: 0 });
      else {
        seen.add(top.node);
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
