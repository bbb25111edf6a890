import { optimize } from '../../graph/optimize.ts';
import type { NodeOf, OpAttributes, Tensor } from '../../graph/tensor.ts';
import { verify } from '../../graph/verify.ts';
import { topological } from '../../graph/walk.ts';
import { learnedSymbols, sourcesOf, type DeclaredInput, type DeclaredParameter } from '../sources.ts';
import { execute, Scope } from './execute.ts';
import type { DeviceTensor, Library } from './library.ts';
import { planOf, type Plan } from './plan.ts';
import { nativeOps } from './rules.ts';
import { Sizes } from './sizes.ts';
import { Tables } from './tables.ts';
import { dtypes } from './transfer.ts';

/** What a run is given besides the graph. */
export interface Given {
  readonly symbols: ReadonlyMap<string, number>;
  /** A tensor of its own for an input; the run frees it. */
  readonly feed: (input: DeclaredInput) => DeviceTensor;
  /** A resident tensor, which stays its owner's. */
  readonly resident: (parameter: OpAttributes['parameter']) => DeviceTensor;
}

/** A graph that is checked, simplified and planned, with its constants on the device. */
export class CompiledGraph {
  /** Everything the graph as written wants to be given, even what turned out not to be needed. */
  readonly inputs: readonly DeclaredInput[];
  readonly parameters: readonly DeclaredParameter[];
  readonly #tf: Library;
  readonly #names: readonly string[];
  readonly #plan: Plan;
  readonly #fed: readonly NodeOf<'input'>[];
  readonly #constants = new Map<Tensor, DeviceTensor>();
  readonly #tables = new Tables();

  /** Results are worked out in the order in which they are named. */
  constructor(tf: Library, results: Readonly<Record<string, Tensor>>) {
    verify(results);
    this.#tf = tf;
    this.#names = Object.keys(results);
    ({ inputs: this.inputs, parameters: this.parameters } = sourcesOf(Object.values(results)));
    const optimized = Object.values(optimize(results, nativeOps));
    this.#plan = planOf(optimized, learnedSymbols(this.inputs));
    const nodes = topological(optimized);
    this.#fed = nodes.filter((node) => node.op === 'input');
    for (const node of nodes)
      if (node.op === 'scalar' || node.op === 'table')
        this.#constants.set(node.outputs[0]!, constant(node, tf));
  }

  /** New tensors by the names of the results. */
  async run({ symbols, feed, resident }: Given): Promise<Record<string, DeviceTensor>> {
    const fed = new Map(this.#fed.map(({ attributes, outputs: [tensor] }) => [tensor!, feed(attributes)]));
    const around = (tensor: Tensor) =>
      this.#constants.get(tensor) ?? resident((tensor.node as NodeOf<'parameter'>).attributes);
    const resources = { tf: this.#tf, tables: this.#tables };
    const results = await execute(this.#plan, new Scope(fed, around), new Sizes(symbols), resources);
    return Object.fromEntries(this.#names.map((name, i) => [name, results[i]!]));
  }

  dispose(): void {
    this.#constants.forEach((tensor) => tensor.dispose());
    this.#tables.dispose();
  }
}

function constant(node: NodeOf<'scalar'> | NodeOf<'table'>, tf: Library): DeviceTensor {
  if (node.op === 'scalar') return tf.scalar(node.attributes.value, dtypes[node.attributes.dtype]);
  return tf.tensor(node.attributes.data, [...node.attributes.shape], 'float32');
}
