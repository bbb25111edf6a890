import type { Engine, EngineOptions, Provider, TensorSet, Value } from '../../core/engine/engine.ts';
import { openEngine } from '../../core/engine/open.ts';
import type { Tensor } from '../../core/graph/tensor.ts';

/** Opens an engine for tests, which are small: one thread is fastest and leaves the other core alone. */
export async function openTestEngine(
  device: Provider = 'cpu',
  options: Omit<EngineOptions, 'device'> = {},
): Promise<Engine> {
  const { engine } = await openEngine({ threads: 1, ...options, device });
  return engine;
}

export const floats = (values: Iterable<number>, shape: readonly number[]): Value => ({
  data: Float32Array.from(values),
  shape,
});

export const integers = (values: readonly number[], shape: readonly number[] = [values.length]): Value => ({
  data: Int32Array.from(values),
  shape,
});

export const sizeOf = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);

/** Numbers in (−1, 1) that look random and are the same on every run; different for every seed. */
export function noise(size: number, seed = 1): Float32Array {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return Float32Array.from({ length: size }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    state = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((state >>> 8) / 2 ** 24) * 2 - 1;
  });
}

export const noiseValue = (shape: readonly number[], seed = 1): Value => ({
  data: noise(sizeOf(shape), seed),
  shape,
});

/** A set with the given values, and their names and shapes. */
export async function filledSet(engine: Engine, values: Readonly<Record<string, Value>>): Promise<TensorSet> {
  const set = engine.allocate(Object.entries(values).map(([name, { shape }]) => ({ name, shape })));
  await set.write(
    Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, Float32Array.from(data)])),
  );
  return set;
}

/** Compiles, runs once and disposes: the values of some tensors for some feeds. */
export async function evaluateOnce(
  engine: Engine,
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, Value>> = {},
): Promise<Record<string, Value>> {
  const program = await engine.compile({ outputs });
  try {
    return await program.run(feeds);
  } finally {
    await program.dispose();
  }
}
