import type { Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type { CpuTensorSet } from './cpu-set.ts';
import type { LoweredGradient } from './lower.ts';
import type { Tensors } from './session.ts';

/**
 * Adds the gradients of one run to a set. ONNX Runtime writes them straight into the set where it is zero, and
 * otherwise into a scratch sibling; what it returns besides is a copy that is not used.
 */
export class GradientSums {
  readonly #gradients: readonly LoweredGradient[];
  readonly #set: CpuTensorSet;
  readonly #landing: CpuTensorSet;

  constructor(gradients: readonly LoweredGradient[], set: CpuTensorSet) {
    this.#gradients = gradients;
    this.#set = set;
    const dense = gradients.filter((gradient) => gradient.dense !== undefined);
    set.slotToWrite(new Set(set.isZero ? dense.map(({ name }) => name) : []));
    this.#landing = set.isZero ? set : set.scratch();
    this.#landing.slot();
  }

  fetches(): Record<string, Tensor | null> {
    const fetches: Record<string, Tensor | null> = {};
    for (const { name, shape, dense, rows } of this.#gradients) {
      if (dense !== undefined) fetches[dense] = this.#landing.tensor(name, shape);
      for (const { updates, indices } of rows) fetches[updates] = fetches[indices] = null;
    }
    this.#set.markWritten();
    return fetches;
  }

  add(results: Tensors): void {
    const [target, landing] = [this.#set.slot(), this.#landing.slot()];
    for (const { name, dense, rows } of this.#gradients) {
      if (dense !== undefined && landing !== target) target.add(name, landing);
      for (const { updates, indices } of rows)
        addRows(name, target.view(name), results[updates]!, results[indices]!);
    }
  }
}

/** Adds rows at their indices one after the other, so that equal indices always sum in the same order. */
function addRows(name: string, target: Float32Array, updates: Tensor, indices: Tensor): void {
  const values = updates.data as Float32Array;
  const places = indices.data as Int32Array;
  const width = values.length / places.length;
  const rows = target.length / width;
  places.forEach((place, row) => {
    const start = (place < 0 ? place + rows : place) * width;
    if (start < 0 || start >= target.length)
      throw new EngineError(`index ${place} is outside the ${rows} rows of '${name}'`);
    for (let i = 0; i < width; i++) target[start + i]! += values[row * width + i]!;
  });
}
