/** What the tensor sets of both providers check alike. */
import { EngineError } from '../../contract/errors.ts';
import { sameShape, showShape } from '../../graph/shape.ts';
import type { TensorSet, TensorSpec } from '../engine.ts';

export const elements = ({ shape }: TensorSpec): number => shape.reduce((total, dim) => total * dim, 1);

export function checkSpecs(specs: readonly TensorSpec[]): void {
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw new EngineError(`a tensor set has two tensors named '${name}'`);
    names.add(name);
  }
}

/** A set by its tensors, since it has no name of its own. */
export function describeSet(specs: readonly TensorSpec[]): string {
  const [first, ...rest] = specs.map(({ name }) => `'${name}'`);
  return rest.length === 0 ? `${first ?? 'no tensors'}` : `${first} and ${rest.length} more`;
}

export const disposedSet = (specs: readonly TensorSpec[]): EngineError =>
  new EngineError(`the tensor set of ${describeSet(specs)} was used after it was disposed`);

export function checkValues(
  specs: readonly TensorSpec[],
  values: Readonly<Record<string, Float32Array>>,
): void {
  for (const [name, value] of Object.entries(values)) {
    const spec = findSpec(specs, name);
    if (!spec) throw new EngineError(`the tensor set has no '${name}' to write to`);
    if (value.length !== elements(spec))
      throw new EngineError(
        `'${name}' is ${showShape(spec.shape)}, ${elements(spec)} values, but was given ${value.length}`,
      );
  }
}

const findSpec = (specs: readonly TensorSpec[], name: string): TensorSpec | undefined =>
  specs.find((spec) => spec.name === name);

/** Checks that a set has the tensors a program asks of it. */
export function checkTensors(set: TensorSet, wanted: readonly TensorSpec[], role: string): void {
  const specs = new Map(set.specs.map((spec) => [spec.name, spec]));
  for (const { name, shape } of wanted) {
    const spec = specs.get(name);
    if (!spec) throw new EngineError(`the ${role} has no '${name}', which the program uses`);
    if (!sameShape(spec.shape, shape))
      throw new EngineError(
        `'${name}' is ${showShape(shape)} in the program but ${showShape(spec.shape)} in the ${role}`,
      );
  }
}
