/** Programs of either provider; what differs is where their resident tensors are, which a `Binding` knows. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type { Feeds, Program, ProgramSource, Provider, RunOptions, TensorSet, Values } from '../engine.ts';
import { hostValues, Inputs } from './inputs.ts';
import { lower, type Lowered, type LoweredParameter } from './lower.ts';
import type { Queue } from './queue.ts';
import { createSession, runSession, type SessionOptions, type Tensors } from './session.ts';
import { checkTensors } from './sets.ts';

/** The resident tensors of one run. */
export interface Binding {
  readonly feeds: Tensors;
  /** Where resident results are to be written, or null where the provider makes a new tensor. */
  readonly fetches: Readonly<Record<string, Tensor | null>>;
  /** Takes the resident results into the sets they belong to. */
  finish(results: Tensors): void;
}

/** How a provider makes sessions and binds resident tensors. */
export interface Runtime {
  readonly provider: Provider;
  sessionOptions(lowered: Lowered): SessionOptions;
  bind(lowered: Lowered, options: RunOptions): Binding | Promise<Binding>;
}

/** The programs of an engine that are not disposed yet. */
export class Programs {
  readonly #runtime: Runtime;
  readonly #queue: Queue;
  readonly #programs = new Set<OnnxProgram>();

  constructor(runtime: Runtime, queue: Queue) {
    this.#runtime = runtime;
    this.#queue = queue;
  }

  compile(source: ProgramSource): Promise<Program> {
    return this.#queue.run(async () => {
      const lowered = lower(source, this.#runtime.provider);
      const session = await createSession(lowered.model, this.#runtime.sessionOptions(lowered));
      const compiled = { description: describe(source), lowered, session };
      const program = new OnnxProgram(compiled, this.#runtime, this.#queue);
      this.#programs.add(program);
      return program;
    });
  }

  async release(): Promise<void> {
    for (const program of this.#programs) await program.release();
    this.#programs.clear();
  }
}

interface Compiled {
  readonly description: string;
  readonly lowered: Lowered;
  readonly session: InferenceSession;
}

/** A program by what it computes, since it has no name of its own. */
const describe = ({ outputs, gradients = {} }: ProgramSource): string =>
  [...Object.keys(outputs), ...Object.keys(gradients)]
    .slice(0, 2)
    .map((name) => `'${name}'`)
    .join(' and ');

class OnnxProgram implements Program {
  readonly #compiled: Compiled;
  readonly #runtime: Runtime;
  readonly #queue: Queue;
  readonly #inputs: Inputs;
  readonly #checks: SetChecks;
  #released = false;

  constructor(compiled: Compiled, runtime: Runtime, queue: Queue) {
    this.#compiled = compiled;
    this.#runtime = runtime;
    this.#queue = queue;
    this.#inputs = new Inputs(compiled.lowered);
    this.#checks = new SetChecks(compiled.lowered);
  }

  run(feeds: Feeds, options: RunOptions = {}): Promise<Values> {
    return this.#queue.runUnlessCancelled(async () => {
      const { description, lowered, session } = this.#compiled;
      if (this.#released)
        throw new EngineError(`the program of ${description} was used after it was disposed`);
      const fed = this.#inputs.tensors(feeds);
      this.#checks.check(options);
      const binding = await this.#runtime.bind(lowered, options);
      const fetches: Record<string, Tensor | null> = { ...binding.fetches };
      for (const { value } of lowered.outputs) fetches[value] = null;
      const results = await runSession(session, { ...fed, ...binding.feeds }, fetches);
      binding.finish(results);
      return hostValues(lowered.outputs, results);
    });
  }

  dispose(): Promise<void> {
    return this.#queue.run(() => this.release());
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#compiled.session.release();
  }
}

/** Checks, once for each set, that what a run names is what the program needs. */
class SetChecks {
  readonly #lowered: Lowered;
  readonly #groups: ReadonlyMap<string, readonly LoweredParameter[]>;
  readonly #checked = new Map<string, WeakSet<TensorSet>>();

  constructor(lowered: Lowered) {
    this.#lowered = lowered;
    this.#groups = Map.groupBy(lowered.parameters, ({ group }) => group);
  }

  check({ sets = {}, gradients }: RunOptions): void {
    for (const [group, parameters] of this.#groups) {
      const set = sets[group];
      if (!set) throw new EngineError(`the program needs a set for its parameters '${group}'`);
      this.#once(`set of '${group}'`, set, parameters);
    }
    if (this.#lowered.gradients.length === 0) return;
    if (!gradients) throw new EngineError('the program makes gradients, but the run names no set for them');
    // ONNX Runtime may write a result before it has read an input that shares its memory.
    if ([...this.#groups.keys()].some((group) => sets[group] === gradients))
      throw new EngineError('gradients cannot be added to a set that the program reads its parameters from');
    this.#once('set of gradients', gradients, this.#lowered.gradients);
  }

  #once(role: string, set: TensorSet, wanted: Parameters<typeof checkTensors>[1]): void {
    const checked = this.#checked.get(role) ?? new WeakSet();
    if (checked.has(set)) return;
    checkTensors(set, wanted, role);
    this.#checked.set(role, checked.add(set));
  }
}
