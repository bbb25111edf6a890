import type {
  AdamWUpdate,
  Device,
  Engine,
  Feeds,
  Program,
  ProgramSource,
  TensorSet,
  TensorSpec,
} from '../engine/engine.ts';
import { RunMemory } from '../engine/onnx/run-memory.ts';
import { adamwFactors, adamwGraph, scalarFeeds } from '../engine/updates.ts';
import { layoutOf, type Layout } from './layout.ts';
import { RehearsalProgram } from './rehearsal-program.ts';
import { RehearsalSet } from './rehearsal-set.ts';

/** An engine that computes nothing: it counts what the code that drives it would have taken of a device's memory. */
export class RehearsalEngine implements Engine {
  readonly device: Device;
  readonly float16: boolean;
  readonly stepsTogether = 1;
  readonly layout: Layout;
  readonly sets: RehearsalSet[] = [];
  readonly programs: RehearsalProgram[] = [];

  readonly #updates = new Map<readonly TensorSpec[], RehearsalProgram>();

  constructor(device: Device) {
    this.device = device;
    this.layout = layoutOf(device);
    this.float16 = device.provider === 'cpu' || device.float16 === true;
  }

  allocate(specs: readonly TensorSpec[]): TensorSet {
    return new RehearsalSet(specs, (set) => this.sets.push(set));
  }

  compile(source: ProgramSource): Promise<Program> {
    const program = this.#program(source);
    this.programs.push(program);
    return Promise.resolve(program);
  }

  zero(set: TensorSet): Promise<void> {
    ours(set).isSum = false;
    return Promise.resolve();
  }

  addScaled(target: TensorSet): Promise<void> {
    ours(target).isSum = true;
    return Promise.resolve();
  }

  lerp(): Promise<void> {
    return Promise.resolve();
  }

  norm(): Promise<number> {
    return Promise.resolve(1);
  }

  adamw(update: AdamWUpdate): Promise<void> {
    const { parameters, gradients, firstMoment, secondMoment } = update;
    ours(gradients).part = 'gradients';
    ours(firstMoment).part = ours(secondMoment).part = 'moments';
    if (this.layout.renews && !this.#updates.has(parameters.specs)) {
      const program = this.#program({ outputs: adamwGraph(parameters.specs) });
      this.#updates.set(parameters.specs, program);
      return program.run(scalarFeeds(adamwFactors(update))).then(() => undefined);
    }
    return Promise.resolve();
  }

  /** What updates the sets, one for each family of them. */
  get updates(): readonly RehearsalProgram[] {
    return [...this.#updates.values()];
  }

  #program(source: ProgramSource): RehearsalProgram {
    const { lowered, inPlace, copies } = this.layout;
    return new RehearsalProgram(new RunMemory(source, lowered, inPlace), copies);
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  /** A program that no step came to, such as one that is for the end of an epoch, is fed as others that read the same. */
  followIdlePrograms(): void {
    const all = this.programs.flatMap(({ runs }) => runs);
    for (const program of this.programs)
      if (program.runs.length === 0) {
        const names = program.memory.inputs.map(({ name }) => name);
        for (const feeds of all) if (names.every((name) => feeds[name])) program.follow(only(names, feeds));
      }
  }
}

const only = (names: readonly string[], feeds: Feeds): Feeds =>
  Object.fromEntries(names.map((name) => [name, feeds[name]!]));

const ours = (set: TensorSet): RehearsalSet => set as RehearsalSet;
