/** How ONNX Runtime's allocators lay out what a run asks for, so that their room can be known before it is taken. */
import type { Allocator } from './run-memory.ts';

const MEBIBYTE = 2 ** 20;

interface Region {
  /** Stretches that were in use at some time, as [from, to] in bytes; what was never is not there in fact. */
  touched: (readonly [from: number, to: number])[];
}

interface Chunk {
  readonly region: Region;
  readonly at: number;
  size: number;
  free: boolean;
  before: Chunk | undefined;
  after: Chunk | undefined;
}

/** Sizes are rounded up to it. */
const ROUNDING = 256;
/** A free chunk is cut where twice as much is there as is asked for, or so much would be left unused. */
const MOST_UNUSED = 128 * MEBIBYTE;
const FIRST_REGION = MEBIBYTE;
const LARGEST_STEP = 1024 * MEBIBYTE;

/**
 * Best fit with coalescing, of the processor and of CUDA: regions are asked of the system, each twice as large as the
 * one before, and never given back (onnxruntime/core/framework/bfc_arena.cc).
 */
export class CoalescingArena implements Allocator<Chunk> {
  readonly #free = new Set<Chunk>();
  readonly #regions: Region[] = [];
  #step = FIRST_REGION;
  #reserved = 0;

  /** Bytes asked of the system. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Bytes in use at some time: what the system has had to give in fact, where it gives pages when they are touched. */
  get touched(): number {
    const stretches = this.#regions.flatMap(({ touched }) => touched);
    return stretches.reduce((total, [from, to]) => total + to - from, 0);
  }

  allocate(bytes: number): Chunk {
    const size = Math.max(1, Math.ceil(bytes / ROUNDING)) * ROUNDING;
    const chunk = this.#bestFit(size) ?? this.#extend(size);
    this.#free.delete(chunk);
    chunk.free = false;
    if (chunk.size >= 2 * size || chunk.size - size >= MOST_UNUSED) this.#cut(chunk, size);
    touch(chunk.region, chunk.at, chunk.at + bytes);
    return chunk;
  }

  free(chunk: Chunk): void {
    chunk.free = true;
    if (chunk.after?.free) this.#join(chunk, chunk.after);
    if (chunk.before?.free) this.#join(chunk.before, chunk);
    else this.#free.add(chunk);
  }

  #bestFit(size: number): Chunk | undefined {
    let best: Chunk | undefined;
    for (const chunk of this.#free) if (chunk.size >= size && (!best || chunk.size < best.size)) best = chunk;
    return best;
  }

  #extend(size: number): Chunk {
    const fits = size <= this.#step;
    while (size > this.#step) this.#step *= 2;
    const region: Region = { touched: [] };
    this.#regions.push(region);
    this.#reserved += this.#step;
    const chunk = { region, at: 0, size: this.#step, free: true, before: undefined, after: undefined };
    if (fits) this.#step = Math.min(2 * this.#step, LARGEST_STEP);
    return chunk;
  }

  #cut(chunk: Chunk, size: number): void {
    const { region, at, after } = chunk;
    const rest = { region, at: at + size, size: chunk.size - size, free: true, before: chunk, after };
    if (after) after.before = rest;
    chunk.after = rest;
    chunk.size = size;
    this.#free.add(rest);
  }

  #join(chunk: Chunk, next: Chunk): void {
    this.#free.delete(next);
    chunk.size += next.size;
    chunk.after = next.after;
    if (next.after) next.after.before = chunk;
  }
}

function touch(region: Region, from: number, to: number): void {
  const apart = region.touched.filter(([start, end]) => end < from || start > to);
  const joined = region.touched.filter(([start, end]) => end >= from && start <= to);
  const whole = [
    Math.min(from, ...joined.map(([start]) => start)),
    Math.max(to, ...joined.map(([, end]) => end)),
  ] as const;
  region.touched = [...apart, whole];
}
