import { EngineError } from '../../contract/errors.ts';
import type { Feeds, Program, ProgramSource, RunOptions, Values } from '../engine.ts';
import { bindSymbols, checkFeeds } from '../feeds.ts';
import type { Queue } from '../queue.ts';
import { SetChecks } from '../sets.ts';
import { describeProgram, type DeclaredInput } from '../sources.ts';
import { CompiledGraph } from './compiled.ts';
import type { DeviceTensor, Library } from './library.ts';
import { ours } from './set.ts';
import { download, upload } from './transfer.ts';

/** What programs need of their engine. */
export interface Runtime {
  readonly tf: Library;
  readonly queue: Queue;
}

export class TensorFlowProgram implements Program {
  readonly #runtime: Runtime;
  readonly #description: string;
  readonly #outputs: readonly string[];
  readonly #gradients: readonly string[];
  readonly #graph: CompiledGraph;
  readonly #inputs: ReadonlyMap<string, DeclaredInput>;
  readonly #checks: SetChecks;
  #released = false;

  constructor(source: ProgramSource, runtime: Runtime) {
    const { outputs, gradients = {} } = source;
    this.#runtime = runtime;
    this.#description = describeProgram(source);
    this.#outputs = Object.keys(outputs);
    this.#gradients = Object.keys(gradients);
    this.#graph = new CompiledGraph(runtime.tf, { ...prefixed('output', outputs), ...lastFirst(gradients) });
    this.#inputs = new Map(this.#graph.inputs.map((input) => [input.name, input]));
    const wanted = Object.entries(gradients).map(([name, { shape }]) => ({ name, shape: shape.map(Number) }));
    this.#checks = new SetChecks(this.#graph.parameters, wanted);
  }

  run(feeds: Feeds, options: RunOptions = {}): Promise<Values> {
    return this.#runtime.queue.runUnlessCancelled(async () => {
      if (this.#released)
        throw new EngineError(`the program of ${this.#description} was used after it was disposed`);
      checkFeeds(this.#inputs, feeds);
      const symbols = bindSymbols(this.#inputs.values(), feeds);
      this.#checks.check(options);
      const results = await this.#compute(feeds, symbols, options);
      return this.#deliver(results, options);
    });
  }

  dispose(): Promise<void> {
    return this.#runtime.queue.run(() => this.release());
  }

  /** Only for tasks on the queue. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#graph.dispose();
  }

  #compute(
    feeds: Feeds,
    symbols: ReadonlyMap<string, number>,
    { sets = {} }: RunOptions,
  ): Promise<Record<string, DeviceTensor>> {
    const groups = new Map(Object.entries(sets).map(([group, set]) => [group, ours(set)]));
    groups.forEach((set) => set.requireLive());
    return this.#graph.run({
      symbols,
      feed: ({ name, dtype }) => upload(this.#runtime.tf, dtype, feeds[name]!),
      resident: ({ group, name }) => groups.get(group)!.tensor(name),
    });
  }

  /** The gradients are added last, so that a run that fails leaves none behind. */
  async #deliver(results: Record<string, DeviceTensor>, { gradients }: RunOptions): Promise<Values> {
    try {
      const values: Values = {};
      for (const name of this.#outputs) values[name] = await download(results[`output:${name}`]!);
      for (const name of this.#gradients) ours(gradients!).add(name, results[`gradient:${name}`]!);
      return values;
    } finally {
      this.#runtime.tf.dispose(results);
    }
  }
}

type Tensors = NonNullable<ProgramSource['gradients']>;

const prefixed = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}:${name}`, tensor]));

/**
 * A model names its parameters from the input to the output, and the backward pass goes the other way. In its order
 * each layer's gradients are worked out when it comes by, and what they need can be freed.
 */
const lastFirst = (gradients: Tensors): Tensors =>
  prefixed('gradient', Object.fromEntries(Object.entries(gradients).reverse()));
