import { EngineError } from '../../contract/errors.ts';
import type { TensorSet, TensorSpec } from '../engine.ts';
import type { Queue } from '../queue.ts';
import { checkNames, checkSpecs, checkValues, disposedSet } from '../sets.ts';
import type { DeviceTensor, Library } from './library.ts';
import { download, upload } from './transfer.ts';

/** The tensors that the sets of a family have. */
export interface Family {
  readonly specs: readonly TensorSpec[];
  readonly byName: ReadonlyMap<string, TensorSpec>;
}

/** What sets need of their engine. */
export interface Memory {
  readonly tf: Library;
  readonly queue: Queue;
  /** The sets that may hold tensors. */
  readonly live: Set<TensorFlowTensorSet>;
}

/**
 * A set of TensorFlow's tensors, which never change: an update puts a new one in the place of the old. A tensor that
 * is not there is zero, and made when something asks for it.
 */
export class TensorFlowTensorSet implements TensorSet {
  readonly family: Family;
  readonly #memory: Memory;
  readonly #tensors = new Map<string, DeviceTensor>();
  #disposed = false;

  private constructor(family: Family, memory: Memory) {
    this.family = family;
    this.#memory = memory;
    memory.live.add(this);
  }

  static allocate(specs: readonly TensorSpec[], memory: Memory): TensorFlowTensorSet {
    checkSpecs(specs);
    const byName = new Map(specs.map((spec) => [spec.name, spec]));
    return new TensorFlowTensorSet({ specs, byName }, memory);
  }

  get specs(): readonly TensorSpec[] {
    return this.family.specs;
  }

  sibling(): TensorFlowTensorSet {
    this.requireLive();
    return new TensorFlowTensorSet(this.family, this.#memory);
  }

  write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    return this.#memory.queue.run(() => {
      this.requireLive();
      checkValues(this.specs, values);
      for (const [name, value] of Object.entries(values)) this.replace(name, this.#upload(name, value));
    });
  }

  read(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    return this.#memory.queue.run(async () => {
      this.requireLive();
      const values: Record<string, Float32Array> = {};
      for (const name of checkNames(this.specs, names))
        values[name] = (await download(this.tensor(name))).data as Float32Array;
      return values;
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    // A run under way may be reading the tensors.
    this.#memory.queue.run(() => this.release()).catch(() => undefined);
  }

  /** Frees the tensors for good; like the rest, only for tasks on the queue. */
  release(): void {
    this.clear();
    this.#disposed = true;
    this.#memory.live.delete(this);
  }

  requireLive(): void {
    if (this.#disposed) throw disposedSet(this.specs);
  }

  /** Makes every tensor zero. */
  clear(): void {
    this.#tensors.forEach((tensor) => tensor.dispose());
    this.#tensors.clear();
  }

  tensor(name: string): DeviceTensor {
    const existing = this.#tensors.get(name);
    if (existing) return existing;
    const zeros = this.#memory.tf.fill(this.#shape(name), 0, 'float32');
    this.#tensors.set(name, zeros);
    return zeros;
  }

  /** Takes a tensor into the place of another. */
  replace(name: string, tensor: DeviceTensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, tensor);
  }

  /** Adds the values of a tensor, which stays its owner's. */
  add(name: string, tensor: DeviceTensor): void {
    const { tf } = this.#memory;
    const before = this.#tensors.get(name);
    this.replace(name, before ? tf.add(before, tensor) : tf.clone(tensor));
  }

  /**
   * A copy, since on the processor the library keeps the array itself. It sends an array to a GPU when an op first asks
   * for it, and the host would hold it until then: a reshape asks.
   */
  #upload(name: string, value: Float32Array): DeviceTensor {
    const { tf } = this.#memory;
    const host = upload(tf, 'float32', { data: value.slice(), shape: this.#shape(name) });
    const sent = tf.reshape(host, host.shape);
    host.dispose();
    return sent;
  }

  #shape(name: string): number[] {
    return [...this.family.byName.get(name)!.shape];
  }
}

export function ours(set: TensorSet): TensorFlowTensorSet {
  if (set instanceof TensorFlowTensorSet) return set;
  throw new EngineError('a tensor set of another engine was given to the TensorFlow engine');
}
