import { EngineError } from '../../contract/errors.ts';
import type { TensorSpec } from '../engine.ts';
import { kernelsOver, type Kernels } from './kernels.ts';
import { checkSpecs, describeSet, elements } from '../sets.ts';

const pageBytes = 65_536;
const memoryPages = 65_536;
/** Parameters, gradients, a scratch for more gradients, two moments and a few averages fit one memory. */
const slotsPerMemory = 8;
/** Keeps every tensor on cache lines of its own, and every kernel free of a tail. */
const alignment = 64;

const bytesOf = (spec: TensorSpec): number => Math.ceil((elements(spec) * 4) / alignment) * alignment;

/** One memory and the kernels over it. Every set of the family has a slot in it, with the same tensors in each. */
class Shard {
  readonly specs: TensorSpec[] = [];
  bytes = 0;
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: memoryPages });
  readonly kernels: Kernels = kernelsOver(this.#memory);

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /** Makes room for a slot. Growing detaches the views there are; what it adds is zero. */
  reserve(slot: number): void {
    const pages = Math.ceil(((slot + 1) * this.bytes - this.buffer.byteLength) / pageBytes);
    if (pages <= 0) return;
    try {
      this.#memory.grow(pages);
    } catch (error) {
      const names = describeSet(this.specs);
      throw new EngineError(`there is no memory for one more set of ${names}`, { cause: error });
    }
  }
}

interface Place {
  readonly shard: Shard;
  /** In bytes from the start of a slot. */
  readonly offset: number;
  readonly elements: number;
  readonly bytes: number;
}

/** The memories of a family of sets. A memory ends at 4 GiB, so a large family is spread over several. */
export class Arena {
  readonly specs: readonly TensorSpec[];
  readonly shards: Shard[] = [];
  readonly #places = new Map<string, Place>();
  readonly #free: number[] = [];
  #slots = 0;

  constructor(specs: readonly TensorSpec[]) {
    checkSpecs(specs);
    this.specs = specs;
    for (const spec of specs) this.#place(spec);
  }

  take(): Slot {
    const free = this.#free.pop();
    return new Slot(this, free ?? this.#slots++, free !== undefined);
  }

  release(index: number): void {
    this.#free.push(index);
  }

  place(name: string): Place {
    return this.#places.get(name)!;
  }

  #place(spec: TensorSpec): void {
    const bytes = bytesOf(spec);
    let shard = this.shards.at(-1);
    if (!shard || (shard.bytes + bytes) * slotsPerMemory > memoryPages * pageBytes) {
      shard = new Shard();
      this.shards.push(shard);
    }
    this.#places.set(spec.name, { shard, offset: shard.bytes, elements: elements(spec), bytes });
    shard.specs.push(spec);
    shard.bytes += bytes;
  }
}

/** The room of one set in every memory of its family. */
export class Slot {
  readonly arena: Arena;
  readonly #index: number;
  readonly #used: boolean;
  readonly #views = new Map<string, Float32Array>();
  #reserved = false;

  constructor(arena: Arena, index: number, used: boolean) {
    this.arena = arena;
    this.#index = index;
    this.#used = used;
  }

  /** To be called before anything else in every task, and for every slot of it before the first view is taken. */
  reserve(): void {
    if (this.#reserved) return;
    for (const shard of this.arena.shards) shard.reserve(this.#index);
    if (this.#used) this.fillWithZeros();
    this.#reserved = true;
  }

  release(): void {
    this.#views.clear();
    this.arena.release(this.#index);
  }

  address(shard: Shard): number {
    return this.#index * shard.bytes;
  }

  fillWithZeros(): void {
    for (const shard of this.arena.shards)
      new Uint8Array(shard.buffer, this.address(shard), shard.bytes).fill(0);
  }

  /** target ← target + the same tensor of another slot */
  add(name: string, source: Slot): void {
    const { shard, offset, bytes } = this.arena.place(name);
    shard.kernels.addScaled(this.address(shard) + offset, source.address(shard) + offset, bytes, 1);
  }

  view(name: string): Float32Array {
    const { shard, offset, elements } = this.arena.place(name);
    const existing = this.#views.get(name);
    if (existing?.buffer === shard.buffer) return existing;
    const view = new Float32Array(shard.buffer, this.address(shard) + offset, elements);
    this.#views.set(name, view);
    return view;
  }
}

export type { Shard };
