import { availableParallelism } from 'node:os';
import { EngineError } from '../../contract/errors.ts';
import type {
  AdamWUpdate,
  Device,
  Engine,
  EngineOptions,
  Program,
  ProgramSource,
  RunOptions,
  TensorSet,
  TensorSpec,
} from '../engine.ts';
import { cpuDevice } from '../devices.ts';
import { adamwFactors } from '../updates.ts';
import type { Slot } from './arena.ts';
import { CpuTensorSet, ours } from './cpu-set.ts';
import { FrozenSet } from './frozen-set.ts';
import { GradientSums } from './gradient-sums.ts';
import type { Kernels } from './kernels.ts';
import type { Lowered } from './lower.ts';
import { Programs, type Binding } from './program.ts';
import { Queue } from '../queue.ts';
import { isFrozen } from '../sets.ts';
import type { Tensors } from './session.ts';

/** What computes; the resident tensors are the processor's in any case. */
export interface Computes {
  readonly device: Device;
  readonly executionProviders: readonly string[];
}

/** Steps of one crossing: each adds a copy of its micro-batches, and together they share one of the weights. */
const ACROSS_A_BUS = 8;

/** Runs graphs over resident tensors in WebAssembly memory: on the processor, or on what reads and writes its memory. */
export class CpuEngine implements Engine {
  readonly device: Device;
  readonly float16 = true;
  readonly stepsTogether: number;
  readonly #queue: Queue;
  readonly #programs: Programs;

  constructor(
    { threads = availableParallelism(), signal }: EngineOptions,
    { device, executionProviders }: Computes = { device: cpuDevice(), executionProviders: ['cpu'] },
  ) {
    this.device = device;
    this.stepsTogether = device.provider === 'cpu' ? 1 : ACROSS_A_BUS;
    this.#queue = new Queue(signal);
    const sessionOptions = () => ({ executionProviders, intraOpNumThreads: threads });
    this.#programs = new Programs({ provider: 'cpu', sessionOptions, bind }, this.#queue);
  }

  allocate(specs: readonly TensorSpec[]): TensorSet {
    return isFrozen(specs) ? new FrozenSet(specs, this.#queue) : CpuTensorSet.allocate(specs, this.#queue);
  }

  compile(source: ProgramSource): Promise<Program> {
    return this.#programs.compile(source);
  }

  zero(set: TensorSet): Promise<void> {
    return this.#queue.run(() => ours(set).markZero());
  }

  addScaled(target: TensorSet, source: TensorSet, scale: number): Promise<void> {
    return this.#update([target, source], (kernels, bytes, [to, from]) =>
      kernels.addScaled(to!, from!, bytes, scale),
    );
  }

  lerp(target: TensorSet, source: TensorSet, weight: number): Promise<void> {
    return this.#update([target, source], (kernels, bytes, [to, from]) =>
      kernels.lerp(to!, from!, bytes, weight),
    );
  }

  norm(set: TensorSet): Promise<number> {
    return this.#queue.run(() => {
      let total = 0;
      eachShard([ours(set).slot()], (kernels, bytes, [x]) => (total += kernels.sumOfSquares(x!, bytes)));
      return Math.sqrt(total);
    });
  }

  adamw(update: AdamWUpdate): Promise<void> {
    const { parameters, gradients, firstMoment, secondMoment } = update;
    const { gradientScale, oneMinusBeta1, beta2, oneMinusBeta2, ...rest } = adamwFactors(update);
    const { keep, rate, spread, epsilon } = rest;
    return this.#update([parameters, firstMoment, secondMoment, gradients], (kernels, bytes, [p, m, v, g]) =>
      kernels.adamw(
        ...([p!, g!, m!, v!, bytes, gradientScale, oneMinusBeta1] as const),
        ...([beta2, oneMinusBeta2, keep, rate, spread, epsilon] as const),
      ),
    );
  }

  dispose(): Promise<void> {
    return this.#queue.close(() => this.#programs.release());
  }

  /** Changes sets of one family in place: all but the last, or the first of two. */
  #update(sets: readonly TensorSet[], change: ShardTask): Promise<void> {
    return this.#queue.run(() => {
      const own = sets.map(ours);
      const slots = own.map((set) => set.slot());
      if (slots.some(({ arena }) => arena !== slots[0]!.arena))
        throw new EngineError('only sets made from one another by sibling() can be combined');
      eachShard(slots, change);
      own.slice(0, -1).forEach((set) => set.markWritten());
    });
  }
}

type ShardTask = (kernels: Kernels, bytes: number, addresses: readonly number[]) => void;

function eachShard(slots: readonly Slot[], task: ShardTask): void {
  for (const shard of slots[0]!.arena.shards)
    task(
      shard.kernels,
      shard.bytes,
      slots.map((slot) => slot.address(shard)),
    );
}

/** Feeds the sets as they lie in memory, and has the gradients written where they can be added up. */
function bind({ parameters, gradients }: Lowered, { sets = {}, gradients: into }: RunOptions): Binding {
  const groups = new Map(
    Object.entries(sets).map(([group, set]) => [group, set instanceof FrozenSet ? set : ours(set)]),
  );
  const sums = gradients.length > 0 ? new GradientSums(gradients, ours(into!)) : undefined;
  // Making room for one set may detach the views of another: first room for all.
  groups.forEach((set) => set.prepare());
  const feeds: Tensors = {};
  for (const { value, group, name, shape } of parameters)
    feeds[value] = groups.get(group)!.tensor(name, shape);
  return { feeds, fetches: sums?.fetches() ?? {}, finish: (results) => sums?.add(results) };
}
