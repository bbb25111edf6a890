import { EngineError } from '../../contract/errors.ts';
import type {
  AdamWUpdate,
  Device,
  Engine,
  EngineOptions,
  Program,
  ProgramSource,
  TensorSet,
  TensorSpec,
} from '../engine.ts';
import { Queue } from '../queue.ts';
import { describeSet, isFrozen } from '../sets.ts';
import { adamwFactors, adamwGraph, addScaledGraph, lerpGraph, sumOfSquaresGraph } from '../updates.ts';
import { nativeLibrary, type Library } from './library.ts';
import { TensorFlowProgram } from './program.ts';
import { ours, TensorFlowTensorSet, type Memory } from './set.ts';
import { Updates } from './updates.ts';

type Options = Pick<EngineOptions, 'signal'>;

/** Loads TensorFlow's native library, which may be missing. */
export const openTensorFlow = async (options: Options, device: Device): Promise<Engine> =>
  new TensorFlowEngine(device, await nativeLibrary(), options);

/** Runs graphs op by op through TensorFlow.js, on the device of the library's backend. */
export class TensorFlowEngine implements Engine {
  readonly device: Device;
  readonly float16 = false;
  readonly stepsTogether = 1;
  readonly #memory: Memory;
  readonly #updates: Updates;
  readonly #programs = new Set<TensorFlowProgram>();

  constructor(device: Device, library: Library, { signal }: Options = {}) {
    this.device = device;
    this.#memory = { tf: library, queue: new Queue(signal), live: new Set() };
    this.#updates = new Updates(library);
  }

  allocate(specs: readonly TensorSpec[]): TensorSet {
    if (isFrozen(specs))
      throw new EngineError(`TensorFlow.js cannot store float16; store ${describeSet(specs)} as float32`);
    return TensorFlowTensorSet.allocate(specs, this.#memory);
  }

  compile(source: ProgramSource): Promise<Program> {
    return this.#memory.queue.run(() => {
      const program = new TensorFlowProgram(source, this.#memory);
      this.#programs.add(program);
      return program;
    });
  }

  zero(set: TensorSet): Promise<void> {
    return this.#memory.queue.run(() => {
      ours(set).requireLive();
      ours(set).clear();
    });
  }

  addScaled(target: TensorSet, source: TensorSet, scale: number): Promise<void> {
    return this.#apply(addScaledGraph, { scale }, { target, source });
  }

  lerp(target: TensorSet, source: TensorSet, weight: number): Promise<void> {
    return this.#apply(lerpGraph, { weight }, { target, source });
  }

  norm(set: TensorSet): Promise<number> {
    return this.#memory.queue.run(async () =>
      Math.sqrt(await this.#updates.number(sumOfSquaresGraph, { target: ours(set) })),
    );
  }

  adamw(update: AdamWUpdate): Promise<void> {
    const { parameters, gradients, firstMoment, secondMoment } = update;
    const sets = { parameters, gradients, firstMoment, secondMoment };
    return this.#apply(adamwGraph, adamwFactors(update), sets);
  }

  dispose(): Promise<void> {
    return this.#memory.queue.close(() => {
      this.#memory.live.forEach((set) => set.release());
      this.#programs.forEach((program) => program.release());
      this.#updates.release();
    });
  }

  #apply(
    graph: Parameters<Updates['apply']>[0],
    factors: Readonly<Record<string, number>>,
    sets: Readonly<Record<string, TensorSet>>,
  ): Promise<void> {
    const own = Object.fromEntries(Object.entries(sets).map(([group, set]) => [group, ours(set)]));
    return this.#memory.queue.run(() => this.#updates.apply(graph, factors, own));
  }
}
