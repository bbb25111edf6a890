import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type { TensorSet, TensorSpec } from '../engine.ts';
import type { Queue } from '../queue.ts';
import { checkNames, checkSpecs, checkValues, disposedSet, frozenSet, isFrozen } from '../sets.ts';
import { halfTensor, toHalves } from './tensors.ts';

/** The tensors that the sets of a family have. */
export interface Family {
  readonly specs: readonly TensorSpec[];
}

/** What sets need of their engine. */
export interface GpuMemory {
  readonly queue: Queue;
  /** The sets that hold buffers. */
  readonly live: Set<WebGpuTensorSet>;
  upload(tensor: Tensor): Promise<Tensor>;
  download(tensor: Tensor): Promise<Float32Array>;
  zeros(family: Family): Promise<Map<string, Tensor>>;
}

/** A set of GPU buffers. A change makes new buffers; the old ones are freed at once. */
export class WebGpuTensorSet implements TensorSet {
  readonly family: Family;
  readonly #memory: GpuMemory;
  /** Made by the first task that needs them. */
  #tensors: Map<string, Tensor> | undefined;
  #disposed = false;

  constructor(family: Family, memory: GpuMemory) {
    checkSpecs(family.specs);
    this.family = family;
    this.#memory = memory;
  }

  get specs(): readonly TensorSpec[] {
    return this.family.specs;
  }

  sibling(): WebGpuTensorSet {
    if (this.#disposed) throw disposedSet(this.specs);
    if (isFrozen(this.specs)) throw frozenSet(this.specs);
    return new WebGpuTensorSet(this.family, this.#memory);
  }

  write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    return this.#memory.queue.run(async () => {
      await this.prepare();
      checkValues(this.specs, values);
      const given = this.specs.filter(({ name }) => values[name]);
      const converted = given.map((spec) => [spec.name, stored(spec, values[spec.name]!)] as const);
      for (const [name, tensor] of converted) this.replace(name, await this.#memory.upload(tensor));
    });
  }

  read(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    return this.#memory.queue.run(async () => {
      await this.prepare();
      const values: Record<string, Float32Array> = {};
      for (const name of checkNames(this.specs, names))
        values[name] = await this.#memory.download(this.tensor(name));
      return values;
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    // A run under way may be reading the buffers.
    this.#memory.queue.run(() => this.release()).catch(() => undefined);
  }

  /** Frees the buffers; only for tasks on the queue. */
  release(): void {
    this.#tensors?.forEach((tensor) => tensor.dispose());
    this.#tensors = undefined;
    this.#disposed = true;
    this.#memory.live.delete(this);
  }

  /** Makes sure that there are tensors; only for tasks on the queue. */
  async prepare(): Promise<void> {
    if (this.#disposed) throw disposedSet(this.specs);
    this.#tensors ??= await this.#memory.zeros(this.family);
    this.#memory.live.add(this);
  }

  tensor(name: string): Tensor {
    return this.#tensors!.get(name)!;
  }

  replace(name: string, tensor: Tensor): void {
    this.#tensors!.get(name)!.dispose();
    this.#tensors!.set(name, tensor);
  }
}

const stored = ({ name, shape, dtype }: TensorSpec, value: Float32Array): Tensor =>
  dtype === 'float16' ? halfTensor(toHalves(value, name), shape) : new Tensor('float32', value, shape);

/** For what changes sets, or combines them with others. */
export function changeable(set: TensorSet): WebGpuTensorSet {
  if (isFrozen(set.specs)) throw frozenSet(set.specs);
  return ours(set);
}

export function ours(set: TensorSet): WebGpuTensorSet {
  if (set instanceof WebGpuTensorSet) return set;
  throw new EngineError('a tensor set of another engine was given to the WebGPU engine');
}
