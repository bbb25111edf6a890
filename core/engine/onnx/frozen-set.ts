import type { Tensor } from 'onnxruntime-node';
import { float16ToFloat32 } from '../../data/float16.ts';
import type { TensorSet, TensorSpec } from '../engine.ts';
import type { Queue } from '../queue.ts';
import { checkNames, checkSpecs, checkValues, disposedSet, elements, frozenSet } from '../sets.ts';
import { halfTensor, hostTensors, toHalves } from './tensors.ts';

/**
 * A set that programs read and nothing changes but `write`, in memory of its own: no kernel of ours reads float16,
 * and a family of sets in one WebAssembly memory would have room for the siblings that it never has.
 */
export class FrozenSet implements TensorSet {
  readonly specs: readonly TensorSpec[];
  readonly #queue: Queue;
  readonly #memory: Map<string, Uint16Array | Float32Array>;
  #disposed = false;

  constructor(specs: readonly TensorSpec[], queue: Queue) {
    checkSpecs(specs);
    this.specs = specs;
    this.#queue = queue;
    this.#memory = new Map(
      specs.map((spec) => {
        const size = elements(spec);
        return [spec.name, spec.dtype === 'float16' ? new Uint16Array(size) : new Float32Array(size)];
      }),
    );
  }

  sibling(): TensorSet {
    throw frozenSet(this.specs);
  }

  write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    return this.#queue.run(() => {
      this.prepare();
      checkValues(this.specs, values);
      const converted = Object.entries(values).map(([name, value]) => {
        const half = this.#memory.get(name) instanceof Uint16Array;
        return [name, half ? toHalves(value, name) : value.slice()] as const;
      });
      // A number that float16 cannot hold has been refused by now, before anything changed.
      for (const [name, stored] of converted) this.#memory.set(name, stored);
    });
  }

  read(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    return this.#queue.run(() => {
      this.prepare();
      const wanted = checkNames(this.specs, names);
      return Object.fromEntries(wanted.map((name) => [name, floats(this.#memory.get(name)!)]));
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#memory.clear();
  }

  /** To be called before its tensors are used. */
  prepare(): void {
    if (this.#disposed) throw disposedSet(this.specs);
  }

  tensor(name: string, shape: readonly number[]): Tensor {
    const stored = this.#memory.get(name)!;
    return stored instanceof Float32Array ? hostTensors.float32(stored, shape) : halfTensor(stored, shape);
  }
}

function floats(stored: Uint16Array | Float32Array): Float32Array {
  if (stored instanceof Float32Array) return stored.slice();
  const singles = new Float32Array(stored.length);
  float16ToFloat32(stored, singles);
  return singles;
}
