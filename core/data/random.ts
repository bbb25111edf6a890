import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * A reproducible stream of random numbers. Streams are addressed, not shared: `randomStream(seed, 'rollout', 12)`
 * is the same stream in a fresh run and in a resumed one, so a checkpoint needs no generator state.
 */
export class RandomStream {
  readonly #generator: RandomGenerator;
  #spareNormal: number | undefined;

  constructor(generator: RandomGenerator) {
    this.#generator = generator;
  }

  /** An unsigned 32-bit integer. */
  bits(): number {
    return this.#generator.next() >>> 0;
  }

  /** Uniform in [0, 1), with 24 bits, so that it is exact in float32 and never rounds up to 1. */
  uniform(): number {
    return (this.bits() >>> 8) / 0x1000000;
  }

  /** A uniform integer in [0, limit). */
  integer(limit: number): number {
    return Math.floor((this.bits() / 0x100000000) * limit);
  }

  /** A standard normal number (Box and Muller, 1958). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** One item of a non-empty list. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  uniforms(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.uniform());
  }

  normals(count: number, deviation: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal() * deviation);
  }
}

/** The stream at an address: a run's seed followed by names and counters. */
export function randomStream(seed: number, ...address: (string | number)[]): RandomStream {
  return new RandomStream(xoroshiro128plus(hash([seed, ...address].join('/'))));
}

/** FNV-1a with a final avalanche, so that neighbouring addresses give unrelated streams. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
