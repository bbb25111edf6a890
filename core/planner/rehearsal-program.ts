import type { Feeds, Program, RunOptions, Value, Values } from '../engine/engine.ts';
import { elementBytes, type RunMemory } from '../engine/onnx/run-memory.ts';
import { CoalescingArena } from '../engine/onnx/allocators.ts';
import type { RehearsalSet } from './rehearsal-set.ts';

/** A program that computes nothing: its runs are followed in what they allocate and free. */
export class RehearsalProgram implements Program {
  readonly memory: RunMemory;
  readonly arena = new CoalescingArena();
  /** Most bytes of one run that cross between the host's arrays and the device. */
  transfers = 0;
  /** And of all runs together. */
  transferred = 0;
  /** What each run was fed that took other sizes than those before, as shapes alone. */
  readonly runs: Feeds[] = [];
  readonly #copies: boolean;

  /** `copies` where a run takes what it reads to the device with it. */
  constructor(memory: RunMemory, copies: boolean) {
    this.memory = memory;
    this.#copies = copies;
  }

  run(feeds: Feeds, { gradients }: RunOptions = {}): Promise<Values> {
    if (gradients) (gradients as RehearsalSet).addTo(this.memory.summed);
    const crossing = fedBytes(feeds) + this.memory.returned(feeds);
    this.transfers = Math.max(this.transfers, crossing);
    this.transferred += crossing;
    this.follow(feeds);
    return Promise.resolve(this.#results(feeds));
  }

  /** Nothing new comes of a run that is in no size larger than one before. */
  follow(feeds: Feeds): void {
    if (this.runs.some((before) => covers(before, feeds))) return;
    this.runs.push(shapesOf(feeds));
    const read = this.#copies ? [this.memory.read, fedBytes(feeds)] : [];
    const blocks = read.map((bytes) => this.arena.allocate(bytes));
    this.memory.replay(feeds, this.arena);
    blocks.forEach((block) => this.arena.free(block));
  }

  #results(feeds: Feeds): Values {
    const integer = unnamedInteger(feeds);
    return Object.fromEntries(
      this.memory.outputs(feeds).map(({ name, dtype, shape }): [string, Value] => {
        const size = shape.reduce((total, dim) => total * dim, 1);
        const data = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size).fill(integer);
        return [name, { data, shape }];
      }),
    );
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

const covers = (before: Feeds, feeds: Feeds): boolean =>
  Object.entries(feeds).every(([name, { shape, data }]) => {
    const other = before[name]!;
    const scalars = shape.length > 0 || data[0]! <= other.data[0]!;
    return scalars && shape.every((size, axis) => size <= other.shape[axis]!);
  });

/** Numbers are kept where they are counts. */
const shapesOf = (feeds: Feeds): Feeds =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [
      name,
      { shape, data: shape.length === 0 ? data : new Float32Array() },
    ]),
  );

const fedBytes = (feeds: Feeds): number =>
  Object.values(feeds).reduce((total, { data }) => total + data.length * elementBytes.float32, 0);

/** So that no token that a rehearsal makes is taken for an end: every completion is as long as it may be. */
function unnamedInteger(feeds: Feeds): number {
  const few = Object.values(feeds).filter(({ data }) => data instanceof Int32Array && data.length <= 8);
  const named = new Set(few.flatMap(({ data }) => Array.from(data)));
  let integer = 0;
  while (named.has(integer)) integer += 1;
  return integer;
}
