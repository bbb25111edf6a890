/** What a run descends from, as a tree that can be read from top to bottom. */
import type { Lineage } from '../../../../core/contract/calls.ts';

type Node = Lineage['nodes'][number];

export interface Descent {
  readonly node: Node;
  /** What it was to the one above it; empty for the run itself. */
  readonly role: string;
  /** It stands above already, with all that it was made from. */
  readonly isRepeated: boolean;
  readonly from: readonly Descent[];
}

/** The tree below a run; undefined where it is not among the nodes. */
export function lineageTree({ nodes, edges }: Lineage, path: string): Descent | undefined {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const descend = (node: Node, role: string): Descent => {
    const isRepeated = seen.has(node.id);
    seen.add(node.id);
    const from = isRepeated ? [] : edges.filter(({ to }) => to === node.id);
    return {
      node,
      role,
      isRepeated: isRepeated && edges.some(({ to }) => to === node.id),
      from: from.flatMap(({ from, role }) => {
        const source = byId.get(from);
        return source ? [descend(source, role)] : [];
      }),
    };
  };
  const root = nodes.find((node) => node.kind === 'run' && node.path === path);
  return root && descend(root, '');
}
