import { versionOfFolder } from '../data/files.ts';
import type { LateTensor } from '../data/safetensors-writer.ts';
import type { Engine, TensorSet, TensorSpec } from '../engine/engine.ts';
import { BASE } from './lora.ts';
import type { LateModel, Model, Weights } from './model.ts';
import { frozenParameters, ownParameters } from './parameters.ts';

/** A model on a device: its own tensors and, under an adapter, the frozen base that it shares with others. */
export class PlacedModel {
  readonly own: TensorSet;
  readonly #base: SharedBase | undefined;

  private constructor(own: TensorSet, base: SharedBase | undefined) {
    this.own = own;
    this.#base = base;
  }

  /** Puts a model on a device, a tensor at a time: the host never holds it whole. */
  static async place(engine: Engine, model: Model): Promise<PlacedModel> {
    const own = engine.allocate(ownParameters(model));
    try {
      await fill(own, model.weights);
      return new PlacedModel(own, model.base && (await basesOf(engine).take(engine, model)));
    } catch (error) {
      own.dispose();
      throw error;
    }
  }

  /** Another model of the same shape over the same base, its own tensors filled with zeros. */
  sibling(): PlacedModel {
    this.#base?.share();
    return new PlacedModel(this.own.sibling(), this.#base);
  }

  /** What a program's parameter groups are bound to; `group` is that of the model's own. */
  sets(group: string): Record<string, TensorSet> {
    return { [group]: this.own, ...(this.#base && { [BASE]: this.#base.set }) };
  }

  /** The model whose own tensors are on the device now. */
  async read(model: Model): Promise<Model> {
    return { ...model, weights: new Map(Object.entries(await this.own.read())) };
  }

  /** The same, each of its tensors read when it is asked for. */
  late(model: Model): LateModel {
    return { ...model, weights: { get: async (name) => (await this.own.read([name]))[name] } };
  }

  dispose(): void {
    this.own.dispose();
    this.#base?.release();
  }
}

/** Reads and writes one tensor after the other. */
export async function fill(set: TensorSet, weights: Weights): Promise<void> {
  if (set.virtual) return;
  for (const { name } of set.specs) await set.write({ [name]: weights.get(name)! });
}

/** The tensors of a set, each read when it is asked for. */
export const lateTensors = (set: TensorSet): Map<string, LateTensor> =>
  new Map(
    set.specs.map(({ name, shape }) => {
      const data = async () => (await set.read([name]))[name]!;
      return [name, { shape, data }];
    }),
  );

/** A base on a device, for as long as a model uses it. */
class SharedBase {
  readonly set: TensorSet;
  readonly filled: Promise<void>;
  readonly #forget: () => void;
  #users = 1;

  constructor(set: TensorSet, weights: Weights, forget: () => void) {
    this.set = set;
    this.filled = fill(set, weights);
    this.#forget = forget;
  }

  share(): this {
    this.#users += 1;
    return this;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#forget();
    this.set.dispose();
  }
}

/** The bases on one engine, by what they are of. */
class Bases {
  readonly #bases = new Map<string, SharedBase>();

  /** The base of a model once it is filled; one that cannot be read is let go of. */
  async take(engine: Engine, model: Model): Promise<SharedBase> {
    const taken = this.#share(engine, model);
    try {
      await taken.filled;
      return taken;
    } catch (error) {
      taken.release();
      throw error;
    }
  }

  #share(engine: Engine, model: Model): SharedBase {
    const { config, base, baseFloats } = model;
    const specs = frozenParameters(config, base!.head, baseFloats);
    const key = keyOf(model, specs);
    const existing = this.#bases.get(key);
    if (existing) return existing.share();
    const made = new SharedBase(engine.allocate(specs), base!.weights, () => this.#bases.delete(key));
    this.#bases.set(key, made);
    return made;
  }
}

const bases = new WeakMap<Engine, Bases>();

function basesOf(engine: Engine): Bases {
  const existing = bases.get(engine) ?? new Bases();
  bases.set(engine, existing);
  return existing;
}

/** The folder as it is now, and what is taken from it. */
const keyOf = ({ base }: Model, specs: readonly TensorSpec[]): string =>
  JSON.stringify([base!.folder, versionOfFolder(base!.folder), specs]);
