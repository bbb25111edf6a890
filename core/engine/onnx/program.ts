/** Programs of either provider; what differs is where their resident tensors are, which a `Binding` knows. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type { Feeds, Program, ProgramSource, Provider, RunOptions, Values } from '../engine.ts';
import type { Queue } from '../queue.ts';
import { SetChecks } from '../sets.ts';
import { describeProgram } from '../sources.ts';
import { hostValues, Inputs } from './inputs.ts';
import { lower, type Lowered } from './lower.ts';
import { createSession, runSession, type SessionOptions, type Tensors } from './session.ts';

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
      const compiled = { description: describeProgram(source), lowered, session };
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
    this.#checks = new SetChecks(compiled.lowered.parameters, compiled.lowered.gradients);
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
