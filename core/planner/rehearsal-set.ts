import type { TensorSet, TensorSpec } from '../engine/engine.ts';
import { checkNames, elements } from '../engine/sets.ts';
import type { MemoryPart } from '../contract/memory.ts';

/** Every tensor of a set begins on a cache line of its own. */
const ALIGNMENT = 64;

const bytesOf = (spec: TensorSpec): number =>
  Math.ceil((elements(spec) * (spec.dtype === 'float16' ? 2 : 4)) / ALIGNMENT) * ALIGNMENT;

const totalBytes = (specs: readonly TensorSpec[]): number =>
  specs.reduce((total, spec) => total + bytesOf(spec), 0);

/** A set without values, that notes what becomes of it. */
export class RehearsalSet implements TensorSet {
  readonly specs: readonly TensorSpec[];
  readonly virtual = true;
  part: MemoryPart;
  /** Whether it holds something already, so that what is added to it lies somewhere else first. */
  isSum = false;
  /** Bytes of that other room. */
  landing = 0;
  readonly #register: (set: RehearsalSet) => void;

  constructor(specs: readonly TensorSpec[], register: (set: RehearsalSet) => void) {
    this.specs = specs;
    this.part = specs.every(({ name }) => isOfAdapter(name)) ? 'adapters' : 'weights';
    this.#register = register;
    register(this);
  }

  get bytes(): number {
    return totalBytes(this.specs);
  }

  sibling(): RehearsalSet {
    return new RehearsalSet(this.specs, this.#register);
  }

  write(): Promise<void> {
    this.isSum = true;
    return Promise.resolve();
  }

  read(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    const none = new Float32Array();
    return Promise.resolve(Object.fromEntries(checkNames(this.specs, names).map((name) => [name, none])));
  }

  /** Takes the gradients of a run. */
  addTo(summed: readonly TensorSpec[]): void {
    this.part = 'gradients';
    if (this.isSum) this.landing = Math.max(this.landing, totalBytes(summed));
    this.isSum = true;
  }

  /** Its room stays with its family. */
  dispose(): void {}
}

/** Tensors as PEFT names them, and the head that each adapter has of its own. */
const isOfAdapter = (name: string): boolean => name.includes('.lora_') || name.startsWith('score.');
