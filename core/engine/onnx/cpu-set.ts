import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type { TensorSet, TensorSpec } from '../engine.ts';
import { Arena, type Slot } from './arena.ts';
import type { Queue } from '../queue.ts';
import { checkNames, checkValues, disposedSet, frozenSet } from '../sets.ts';
import { FrozenSet } from './frozen-set.ts';

/** A set in WebAssembly memory: ONNX Runtime reads its tensors and the kernels change them in place. */
export class CpuTensorSet implements TensorSet {
  readonly specs: readonly TensorSpec[];
  #isZero = true;
  /** Whether memory holds the zeros already: clearing waits until something reads it or writes a part of it. */
  #cleared = true;
  readonly #slot: Slot;
  readonly #queue: Queue;
  readonly #tensors = new Map<string, Tensor>();
  #disposed = false;
  #scratch: CpuTensorSet | undefined;

  private constructor(slot: Slot, queue: Queue) {
    this.#slot = slot;
    this.#queue = queue;
    this.specs = slot.arena.specs;
  }

  static allocate(specs: readonly TensorSpec[], queue: Queue): CpuTensorSet {
    return new CpuTensorSet(new Arena(specs).take(), queue);
  }

  sibling(): CpuTensorSet {
    this.#requireLive();
    return new CpuTensorSet(this.#slot.arena.take(), this.#queue);
  }

  write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    return this.#queue.run(() => {
      const slot = this.slot();
      checkValues(this.specs, values);
      this.markWritten();
      for (const [name, value] of Object.entries(values)) slot.view(name).set(value);
    });
  }

  read(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    return this.#queue.run(() => {
      const slot = this.slot();
      const wanted = checkNames(this.specs, names);
      return Object.fromEntries(wanted.map((name) => [name, slot.view(name).slice()]));
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#tensors.clear();
    this.#scratch?.dispose();
    this.#slot.release();
  }

  /** Whether every value is known to be zero. */
  get isZero(): boolean {
    return this.#isZero;
  }

  markZero(): void {
    this.#requireLive();
    this.#isZero = true;
  }

  markWritten(): void {
    this.#isZero = this.#cleared = false;
  }

  /** To be called for every set of a task before the first of their tensors is taken. */
  prepare(): void {
    this.slot();
  }

  /** The set's room, with memory behind it; only for tasks on the queue, since making room detaches views. */
  slot(): Slot {
    return this.#room(() => true);
  }

  /** The set's room for a task that writes the whole of some tensors before anything reads them. */
  slotToWrite(whole: ReadonlySet<string>): Slot {
    return this.#room((name) => !whole.has(name));
  }

  #room(mustBeClear: (name: string) => boolean): Slot {
    this.#requireLive();
    this.#slot.reserve();
    if (this.#isZero && !this.#cleared)
      for (const { name } of this.specs) if (mustBeClear(name)) this.#slot.view(name).fill(0);
    this.#cleared ||= this.#isZero;
    return this.#slot;
  }

  /** A sibling for values that live no longer than a task. */
  scratch(): CpuTensorSet {
    this.#scratch ??= this.sibling();
    return this.#scratch;
  }

  /** One tensor, as ONNX Runtime takes it, over the set's own memory. */
  tensor(name: string, shape: readonly number[]): Tensor {
    const view = this.#slot.view(name);
    const existing = this.#tensors.get(name);
    if (existing?.data === view) return existing;
    const tensor = new Tensor('float32', view, shape);
    this.#tensors.set(name, tensor);
    return tensor;
  }

  #requireLive(): void {
    if (this.#disposed) throw disposedSet(this.specs);
  }
}

export function ours(set: TensorSet): CpuTensorSet {
  if (set instanceof CpuTensorSet) return set;
  if (set instanceof FrozenSet) throw frozenSet(set.specs);
  throw new EngineError('a tensor set of another engine was given to the CPU engine');
}
