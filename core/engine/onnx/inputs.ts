import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import { bindShape, evaluate, type Shape } from '../../graph/shape.ts';
import type { DType } from '../../graph/tensor.ts';
import type { Feeds, Value, Values } from '../engine.ts';
import type { Lowered, LoweredInput } from './lower.ts';
import type { Tensors } from './session.ts';
import type { Derived } from './writer.ts';

type Symbols = ReadonlyMap<string, number>;

/** A training step sees few different shapes, and masks are large. */
const rememberedShapes = 16;

/** Checks what is fed to a program and makes the tensors of its model from it. */
export class Inputs {
  readonly #inputs: ReadonlyMap<string, LoweredInput>;
  readonly #derived: readonly Derived[];
  readonly #remembered = new Map<string, Tensors>();

  constructor({ inputs, derived }: Lowered) {
    this.#inputs = new Map(inputs.map((input) => [input.name, input]));
    this.#derived = derived;
  }

  tensors(feeds: Feeds): Tensors {
    for (const name of Object.keys(feeds))
      if (!this.#inputs.has(name)) throw new EngineError(`the program has no input '${name}'`);
    const tensors: Tensors = {};
    for (const input of this.#inputs.values()) tensors[input.value] = feedTensor(input, feeds[input.name]);
    return Object.assign(tensors, this.#derivedTensors(feeds));
  }

  #derivedTensors(feeds: Feeds): Tensors {
    const key = [...this.#inputs.keys()].map((name) => feeds[name]!.shape.join()).join(';');
    const existing = this.#remembered.get(key);
    if (existing) return existing;
    const symbols = this.#bind(feeds);
    const made = Object.fromEntries(this.#derived.map((derived) => [derived.name, derive(derived, symbols)]));
    if (this.#remembered.size >= rememberedShapes)
      this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, made);
    return made;
  }

  /** The value of every symbol; a shape may need another's symbols first, hence the rounds. */
  #bind(feeds: Feeds): Symbols {
    const symbols = new Map<string, number>();
    for (let before = -1; before < symbols.size;) {
      before = symbols.size;
      for (const { name, shape } of this.#inputs.values())
        bindShape(name, shape, feeds[name]!.shape, symbols);
    }
    for (const [symbol, value] of symbols)
      if (!Number.isInteger(value)) throw new EngineError(`the fed shapes make '${symbol}' ${value}`);
    return symbols;
  }
}

function feedTensor({ name, dtype }: LoweredInput, value: Value | undefined): Tensor {
  if (!value) throw new EngineError(`the program needs the input '${name}'`);
  const { data, shape } = value;
  const size = shape.reduce((total, dim) => total * dim, 1);
  if (data.length !== size)
    throw new EngineError(`'${name}' has ${data.length} values for the shape [${shape.join(', ')}]`);
  if ((dtype === 'float32') !== data instanceof Float32Array)
    throw new EngineError(`'${name}' takes ${dtype} values, not those of a ${data.constructor.name}`);
  return hostTensors[dtype](data, shape);
}

/** The host knows only floats and 32-bit integers; flags and ONNX's 64-bit counts are made from the latter. */
const hostTensors: Record<DType, (data: Value['data'], shape: readonly number[]) => Tensor> = {
  float32: (data, shape) => new Tensor('float32', data, shape),
  int32: (data, shape) => new Tensor('int32', data, shape),
  int64: (data, shape) => new Tensor('int64', BigInt64Array.from(data, BigInt), shape),
  bool: (data, shape) => new Tensor('bool', Uint8Array.from(data, Number), shape),
};

function derive(derived: Derived, symbols: Symbols): Tensor {
  if (derived.kind === 'causalMask') return causalMask(evaluate(derived.length, symbols));
  return int64Vector(derived.shape, symbols);
}

function int64Vector(shape: Shape, symbols: Symbols): Tensor {
  const sizes = BigInt64Array.from(shape, (dim) => BigInt(evaluate(dim, symbols)));
  return new Tensor('int64', sizes, [shape.length]);
}

function causalMask(length: number): Tensor {
  const mask = new Float32Array(length * length);
  for (let row = 0; row < length; row++) mask.fill(-1e9, row * length + row + 1, (row + 1) * length);
  return new Tensor('float32', mask, [length, length]);
}

/** A result as the host takes it: counts and flags as 32-bit integers. */
export function hostValue(tensor: Tensor): Value {
  const { data, dims: shape } = tensor;
  if (data instanceof Float32Array || data instanceof Int32Array) return { data, shape };
  if (data instanceof BigInt64Array || data instanceof Uint8Array)
    return { data: Int32Array.from(data as Iterable<number | bigint>, Number), shape };
  throw new EngineError(`a result of type ${tensor.type} cannot be returned`);
}

export function hostValues(outputs: Lowered['outputs'], tensors: Tensors): Values {
  return Object.fromEntries(outputs.map(({ name, value }) => [name, hostValue(tensors[value]!)]));
}
