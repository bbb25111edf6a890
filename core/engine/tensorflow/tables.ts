import type { DeviceTensor } from './library.ts';

/** A training step sees few different shapes. */
const rememberedTables = 16;

/** Tables that depend on the sizes of a run alone, kept on the device from run to run. */
export class Tables {
  readonly #tensors = new Map<string, DeviceTensor>();
  readonly #ids = new Map<unknown, number>();

  /** The table of some things (an op's attributes, a function) for so many rows, made where it is not there yet. */
  remember(things: readonly unknown[], rows: number, make: () => DeviceTensor): DeviceTensor {
    const key = [...things.map((thing) => this.#id(thing)), rows].join();
    const existing = this.#tensors.get(key);
    if (existing) return existing;
    if (this.#tensors.size >= rememberedTables) this.#forget(this.#tensors.keys().next().value!);
    const made = make();
    this.#tensors.set(key, made);
    return made;
  }

  dispose(): void {
    for (const key of this.#tensors.keys()) this.#forget(key);
  }

  #forget(key: string): void {
    this.#tensors.get(key)!.dispose();
    this.#tensors.delete(key);
  }

  #id(thing: unknown): number {
    if (!this.#ids.has(thing)) this.#ids.set(thing, this.#ids.size);
    return this.#ids.get(thing)!;
  }
}
