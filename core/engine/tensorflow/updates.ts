import { EngineError } from '../../contract/errors.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { TensorSpec } from '../engine.ts';
import { CompiledGraph } from './compiled.ts';
import type { DeviceTensor, Library } from './library.ts';
import type { Family, TensorFlowTensorSet } from './set.ts';

type UpdateGraph = (specs: readonly TensorSpec[]) => Record<string, Tensor>;
type Factors = Readonly<Record<string, number>>;
type Sets = Readonly<Record<string, TensorFlowTensorSet>>;

/**
 * The update graphs of every family, compiled when first used. A set changes one tensor after another, so that an
 * update needs no more room than one tensor of each set.
 */
export class Updates {
  readonly #tf: Library;
  readonly #families = new WeakMap<Family, Map<UpdateGraph, readonly CompiledGraph[]>>();
  readonly #graphs = new Set<CompiledGraph>();

  constructor(tf: Library) {
    this.#tf = tf;
  }

  /** Replaces the tensors of the sets that the graph's outputs are named after. */
  async apply(graph: UpdateGraph, factors: Factors, sets: Sets): Promise<void> {
    const family = familyOf(sets);
    const parts = family.specs.map((spec) => [spec]);
    await this.#withFactors(factors, async (fed) => {
      for (const compiled of this.#compiled(graph, family, parts))
        for (const [output, tensor] of Object.entries(await run(compiled, fed, sets))) {
          const [group, name] = splitOnce(output);
          sets[group]!.replace(name, tensor);
        }
    });
  }

  /** The number that a graph makes of all tensors of some sets. */
  async number(graph: UpdateGraph, sets: Sets): Promise<number> {
    const family = familyOf(sets);
    const [compiled] = this.#compiled(graph, family, [family.specs]);
    const results = await run(compiled!, {}, sets);
    const [value] = await Object.values(results)[0]!.data();
    this.#tf.dispose(results);
    return value!;
  }

  release(): void {
    this.#graphs.forEach((graph) => graph.dispose());
    this.#graphs.clear();
  }

  #compiled(
    graph: UpdateGraph,
    family: Family,
    parts: readonly (readonly TensorSpec[])[],
  ): readonly CompiledGraph[] {
    const updates = this.#families.get(family) ?? new Map<UpdateGraph, readonly CompiledGraph[]>();
    this.#families.set(family, updates);
    const existing = updates.get(graph);
    if (existing) return existing;
    const compiled = parts.map((specs) => new CompiledGraph(this.#tf, graph(specs)));
    compiled.forEach((one) => this.#graphs.add(one));
    updates.set(graph, compiled);
    return compiled;
  }

  async #withFactors(
    factors: Factors,
    task: (fed: Record<string, DeviceTensor>) => Promise<void>,
  ): Promise<void> {
    const entries = Object.entries(factors).map(([name, value]) => [name, this.#tf.scalar(value)] as const);
    const fed: Record<string, DeviceTensor> = Object.fromEntries(entries);
    try {
      await task(fed);
    } finally {
      this.#tf.dispose(fed);
    }
  }
}

const run = (
  compiled: CompiledGraph,
  fed: Readonly<Record<string, DeviceTensor>>,
  sets: Sets,
): Promise<Record<string, DeviceTensor>> =>
  compiled.run({
    symbols: new Map(),
    feed: ({ name }) => fed[name]!.clone(),
    resident: ({ group, name }) => sets[group]!.tensor(name),
  });

function familyOf(sets: Sets): Family {
  const all = Object.values(sets);
  for (const set of all) set.requireLive();
  const { family } = all[0]!;
  if (all.some((set) => set.family !== family))
    throw new EngineError('only sets made from one another by sibling() can be combined');
  return family;
}

function splitOnce(output: string): [group: string, name: string] {
  const end = output.indexOf('/');
  return [output.slice(0, end), output.slice(end + 1)];
}
