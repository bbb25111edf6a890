/** What the tensor sets of every provider check alike. */
import { EngineError } from '../contract/errors.ts';
import { sameShape, showShape } from '../graph/shape.ts';
import type { RunOptions, TensorSet, TensorSpec } from './engine.ts';
import type { DeclaredParameter } from './sources.ts';

export const elements = ({ shape }: TensorSpec): number => shape.reduce((total, dim) => total * dim, 1);

export function checkSpecs(specs: readonly TensorSpec[]): void {
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw new EngineError(`a tensor set has two tensors named '${name}'`);
    names.add(name);
  }
}

export const isFrozen = (specs: readonly TensorSpec[]): boolean =>
  specs.some(({ dtype }) => dtype === 'float16');

/** A set by its tensors, since it has no name of its own. */
export function describeSet(specs: readonly TensorSpec[]): string {
  const [first, ...rest] = specs.map(({ name }) => `'${name}'`);
  return rest.length === 0 ? `${first ?? 'no tensors'}` : `${first} and ${rest.length} more`;
}

export const disposedSet = (specs: readonly TensorSpec[]): EngineError =>
  new EngineError(`the tensor set of ${describeSet(specs)} was used after it was disposed`);

export const frozenSet = (specs: readonly TensorSpec[]): EngineError =>
  new EngineError(
    `the tensor set of ${describeSet(specs)} stores float16, so programs can read it and nothing can change it`,
  );

/** The names asked for, or all. */
export function checkNames(specs: readonly TensorSpec[], names?: readonly string[]): readonly string[] {
  const unknown = names?.find((name) => !findSpec(specs, name));
  if (unknown !== undefined) throw new EngineError(`the tensor set has no '${unknown}' to read`);
  return names ?? specs.map(({ name }) => name);
}

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

type WantedTensor = Omit<DeclaredParameter, 'group' | 'dtype'> & Partial<Pick<DeclaredParameter, 'dtype'>>;

/** Checks that a set has the tensors a program asks of it. */
export function checkTensors(set: TensorSet, wanted: readonly WantedTensor[], role: string): void {
  const specs = new Map(set.specs.map((spec) => [spec.name, spec]));
  for (const { name, shape, dtype = 'float32' } of wanted) {
    const spec = specs.get(name);
    if (!spec) throw new EngineError(`the ${role} has no '${name}', which the program uses`);
    const stored = spec.dtype ?? 'float32';
    if (stored !== dtype)
      throw new EngineError(`'${name}' is ${dtype} in the program but ${stored} in the ${role}`);
    if (!sameShape(spec.shape, shape))
      throw new EngineError(
        `'${name}' is ${showShape(shape)} in the program but ${showShape(spec.shape)} in the ${role}`,
      );
  }
}

/** Checks, once for each set, that what a run names is what the program needs. */
export class SetChecks {
  readonly #gradients: readonly WantedTensor[];
  readonly #groups: ReadonlyMap<string, readonly DeclaredParameter[]>;
  readonly #checked = new Map<string, WeakSet<TensorSet>>();

  constructor(parameters: readonly DeclaredParameter[], gradients: readonly WantedTensor[]) {
    this.#gradients = gradients;
    this.#groups = Map.groupBy(parameters, ({ group }) => group);
  }

  check({ sets = {}, gradients }: RunOptions): void {
    for (const [group, parameters] of this.#groups) {
      const set = sets[group];
      if (!set) throw new EngineError(`the program needs a set for its parameters '${group}'`);
      this.#once(`set of '${group}'`, set, parameters);
    }
    if (this.#gradients.length === 0) return;
    if (!gradients) throw new EngineError('the program makes gradients, but the run names no set for them');
    // A result may be written before an input that shares its memory has been read.
    if ([...this.#groups.keys()].some((group) => sets[group] === gradients))
      throw new EngineError('gradients cannot be added to a set that the program reads its parameters from');
    this.#once('set of gradients', gradients, this.#gradients);
  }

  #once(role: string, set: TensorSet, wanted: readonly WantedTensor[]): void {
    const checked = this.#checked.get(role) ?? new WeakSet();
    if (checked.has(set)) return;
    checkTensors(set, wanted, role);
    this.#checked.set(role, checked.add(set));
  }
}
