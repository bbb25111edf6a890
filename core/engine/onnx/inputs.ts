import { Tensor } from 'onnxruntime-node';
import { evaluate, type Shape } from '../../graph/shape.ts';
import type { Feeds, Values } from '../engine.ts';
import { bindSymbols, checkFeeds } from '../feeds.ts';
import { causalMask, rotaryAngles, rotaryRows } from '../host-tables.ts';
import type { Lowered, LoweredInput } from './lower.ts';
import type { Tensors } from './session.ts';
import { hostTensors, hostValue } from './tensors.ts';
import type { Derived } from './writer.ts';

type Symbols = ReadonlyMap<string, number>;

/** A training step sees few different shapes, and masks are large. */
const rememberedShapes = 16;

/** Makes the tensors of a model from what is fed to its program. */
export class Inputs {
  readonly #inputs: ReadonlyMap<string, LoweredInput>;
  readonly #derived: readonly Derived[];
  readonly #remembered = new Map<string, Tensors>();

  constructor({ inputs, derived }: Lowered) {
    this.#inputs = new Map(inputs.map((input) => [input.name, input]));
    this.#derived = derived;
  }

  tensors(feeds: Feeds): Tensors {
    checkFeeds(this.#inputs, feeds);
    const tensors: Tensors = {};
    for (const { name, value, dtype } of this.#inputs.values()) {
      const { data, shape } = feeds[name]!;
      tensors[value] = hostTensors[dtype](data, shape);
    }
    return Object.assign(tensors, this.#derivedTensors(feeds));
  }

  #derivedTensors(feeds: Feeds): Tensors {
    const key = [...this.#inputs.keys()].map((name) => feeds[name]!.shape.join()).join(';');
    const existing = this.#remembered.get(key);
    if (existing) return existing;
    const symbols = bindSymbols(this.#inputs.values(), feeds);
    const made = Object.fromEntries(this.#derived.map((derived) => [derived.name, derive(derived, symbols)]));
    if (this.#remembered.size >= rememberedShapes)
      this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, made);
    return made;
  }
}

function derive(derived: Derived, symbols: Symbols): Tensor {
  if (derived.kind === 'shape') return int64Vector(derived.shape, symbols);
  if (derived.kind === 'causalMask') {
    const length = evaluate(derived.length, symbols);
    return float32(causalMask(length), [length, length]);
  }
  const rows = rotaryRows(derived, symbols);
  const turn = derived.kind === 'cosine' ? Math.cos : Math.sin;
  return float32(rotaryAngles(turn, derived, rows), [rows, derived.frequencies.length]);
}

function int64Vector(shape: Shape, symbols: Symbols): Tensor {
  const sizes = BigInt64Array.from(shape, (dim) => BigInt(evaluate(dim, symbols)));
  return new Tensor('int64', sizes, [shape.length]);
}

const float32 = (data: Float32Array, shape: readonly number[]): Tensor => new Tensor('float32', data, shape);

export function hostValues(outputs: Lowered['outputs'], tensors: Tensors): Values {
  return Object.fromEntries(outputs.map(({ name, value }) => [name, hostValue(tensors[value]!)]));
}
