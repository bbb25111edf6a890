import { WorkbenchError } from '../../contract/errors.ts';
import { showShape } from '../../graph/shape.ts';
import type { Op, Tensor } from '../../graph/tensor.ts';
import { engineFailure } from '../failures.ts';
import type { DeviceTensor, Library } from './library.ts';
import type { Plan, Step } from './plan.ts';
import type { Context, Rule } from './rule.ts';
import { rules } from './rules.ts';
import type { Sizes } from './sizes.ts';
import type { Tables } from './tables.ts';

/** The library and what a program keeps in it between runs. */
export interface Resources {
  readonly tf: Library;
  readonly tables: Tables;
}

/**
 * The tensors of a run, or of one iteration of a loop inside it. What is put here is freed here; what is not here is
 * looked for around it, and belongs to others.
 */
export class Scope {
  readonly #own: Map<Tensor, DeviceTensor>;
  readonly #around: (tensor: Tensor) => DeviceTensor;

  constructor(own: ReadonlyMap<Tensor, DeviceTensor>, around: (tensor: Tensor) => DeviceTensor) {
    this.#own = new Map(own);
    this.#around = around;
  }

  get(tensor: Tensor): DeviceTensor {
    return this.#own.get(tensor) ?? this.#around(tensor);
  }

  put(tensor: Tensor, value: DeviceTensor): void {
    this.#own.set(tensor, value);
  }

  free(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) {
      this.#own.get(tensor)?.dispose();
      this.#own.delete(tensor);
    }
  }

  /** Sizes that are known by what is here. */
  teach(sizes: Sizes): void {
    this.#own.forEach(({ shape }, { node, shape: declared }) => sizes.learn(node.op, declared, shape));
  }

  clear(): void {
    this.free(this.#own.keys());
  }
}

/** Runs the steps of a plan and gives its results; every other tensor of the scope is freed as soon as it can be. */
export async function execute(
  { steps, results }: Plan,
  scope: Scope,
  sizes: Sizes,
  resources: Resources,
): Promise<DeviceTensor[]> {
  try {
    scope.teach(sizes);
    for (const step of steps) {
      const made = await compute(step, scope, sizes, resources);
      step.node.outputs.forEach((output, i) => scope.put(output, made[i]!));
      if (step.teaches)
        step.node.outputs.forEach(({ shape }, i) => sizes.learn(step.node.op, shape, made[i]!.shape));
      scope.free(step.frees);
    }
    return results.map((result) => resources.tf.clone(scope.get(result)));
  } finally {
    scope.clear();
  }
}

async function compute(
  { node, body }: Step,
  scope: Scope,
  sizes: Sizes,
  resources: Resources,
): Promise<readonly DeviceTensor[]> {
  const iterate: Context['iterate'] = (given) =>
    execute(body!, new Scope(given, (tensor) => scope.get(tensor)), sizes.forBody(), resources);
  const inputs = node.inputs.map((tensor) => scope.get(tensor));
  try {
    const results = await (rules[node.op] as Rule<Op>)(node, inputs, { ...resources, sizes, iterate });
    return Array.isArray(results) ? (results as DeviceTensor[]) : [results as DeviceTensor];
  } catch (error) {
    if (error instanceof WorkbenchError) throw error;
    const shapes = inputs.map(({ dtype, shape }) => `${dtype} ${showShape(shape)}`).join(', ');
    throw engineFailure(`${node.op} of ${shapes} failed`, error);
  }
}
