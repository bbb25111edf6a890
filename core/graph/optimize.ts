import { bodyResults, loop, makeNode } from './build.ts';
import { expansions, isComposite } from './composites.ts';
import type { LoopBody, Node, NodeOf, Op, OpAttributes, Tensor } from './tensor.ts';
import { topological } from './walk.ts';

/**
 * The composites an engine runs with kernels of its own: always, or only in graphs where none of them has to save
 * statistics for its gradient (its outputs after the first). A graph computes what it computes twice, as the backward
 * pass may do, by the same ops both times, to the same bits.
 */
export type KeptComposites = ReadonlyMap<Op, 'always' | 'without statistics'>;

/**
 * Prepares a graph for an engine: composites become simpler ops (except those in `keep`), equal nodes become one,
 * and, since only what the outputs need is rebuilt, dead nodes are gone. Loop bodies are treated likewise.
 */
export function optimize<T extends Record<string, Tensor>>(outputs: T, keep: KeptComposites): T {
  const rewriter = new Rewriter(keep, usedTensors(Object.values(outputs)));
  const names = Object.keys(outputs);
  const rewritten = rewriter.rewrite(Object.values(outputs));
  return Object.fromEntries(names.map((name, i) => [name, rewritten[i]!])) as T;
}

/** Everything that an output or another node, inside loops too, refers to. */
function usedTensors(outputs: readonly Tensor[]): Set<Tensor> {
  const used = new Set(outputs);
  const visit = (tensors: readonly Tensor[]): void => {
    for (const node of topological(tensors)) {
      for (const input of node.inputs) used.add(input);
      if (node.op !== 'loop') continue;
      const results = bodyResults(node.attributes.body);
      for (const result of results) used.add(result);
      visit(results);
    }
  };
  visit(outputs);
  return used;
}

class Rewriter {
  readonly #keep: KeptComposites;
  /** The ops whose statistics something refers to. */
  readonly #saving: ReadonlySet<Op>;
  readonly #replacement = new Map<Tensor, Tensor>();
  readonly #unique = new Map<string, Node>();
  readonly #ids = new Map<object, number>();

  constructor(keep: KeptComposites, used: ReadonlySet<Tensor>) {
    this.#keep = keep;
    this.#saving = new Set([...used].filter(({ index }) => index > 0).map(({ node }) => node.op));
  }

  rewrite(tensors: readonly Tensor[]): Tensor[] {
    for (const node of topological(tensors)) {
      if (this.#replacement.has(node.outputs[0]!)) continue;
      const replacements = this.#rewriteNode(node);
      node.outputs.forEach((output, i) => this.#replacement.set(output, replacements[i]!));
    }
    return tensors.map((tensor) => this.#replacement.get(tensor)!);
  }

  #rewriteNode(node: Node): readonly Tensor[] {
    if (node.op === 'loop') return this.#rewriteLoop(node);
    const inputs = node.inputs.map((x) => this.#replacement.get(x)!);
    if (isComposite(node.op) && !this.#keeps(node)) {
      const expand = expansions[node.op] as (node: Node) => Tensor[];
      return this.rewrite(expand(makeNode(node.op, inputs, node.attributes) as Node));
    }
    return this.#intern(node.op, inputs, node.attributes).outputs;
  }

  #keeps({ op }: Node): boolean {
    const when = this.#keep.get(op);
    return when === 'always' || (when !== undefined && !this.#saving.has(op));
  }

  /** The one node with this op, these inputs and these attributes. */
  #intern<K extends Op>(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): NodeOf<K> {
    const key = this.#key(op, inputs, attributes);
    const existing = this.#unique.get(key);
    if (existing) return existing as unknown as NodeOf<K>;
    const node = makeNode(op, inputs, attributes);
    this.#unique.set(key, node as unknown as Node);
    // What was rewritten once needs no second visit when an expansion refers to it.
    node.outputs.forEach((output) => this.#replacement.set(output, output));
    return node;
  }

  #key(op: Op, inputs: readonly Tensor[], attributes: object): string {
    const operands = inputs.map((x) => `${this.#id(x.node)}.${x.index}`).join();
    const values = JSON.stringify(attributes, (_, value: unknown) => {
      if (value instanceof Float32Array) return this.#id(value);
      // JSON has no word for infinities and −0.
      return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value;
    });
    return `${op}(${operands})${values}`;
  }

  #id(thing: object): number {
    if (!this.#ids.has(thing)) this.#ids.set(thing, this.#ids.size);
    return this.#ids.get(thing)!;
  }

  #rewriteLoop({ inputs, attributes: { body } }: NodeOf<'loop'>): readonly Tensor[] {
    const count = 1 + body.carried.length;
    const outer = inputs.map((x) => this.#replacement.get(x)!);
    const rewritten = this.rewrite([body.iteration, ...body.carried, ...bodyResults(body)]);
    const next = rewritten.slice(count, count + body.carried.length);
    const fresh: LoopBody = {
      iteration: rewritten[0]!,
      carried: rewritten.slice(1, count),
      next,
      again: rewritten[count + next.length]!,
      stacked: rewritten.slice(count + next.length + 1),
      steps: body.steps,
    };
    const { carried, stacked } = loop(outer[0]!, outer.slice(1, count), fresh);
    return [...carried, ...stacked];
  }
}
