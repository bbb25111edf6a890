/** What the programs that decode are fed, and what is read from them. */
import { DataError } from '../contract/errors.ts';
import type { RandomStream } from '../data/random.ts';
import type { Value } from '../engine/engine.ts';
import type { ModelConfig } from '../model/config.ts';

export const integer = (value: number): Value => ({ data: Int32Array.of(value), shape: [] });
export const real = (value: number): Value => ({ data: Float32Array.of(value), shape: [] });

export const perRow = (rows: number, value: (row: number) => number): Value => ({
  data: Int32Array.from({ length: rows }, (_, row) => value(row)),
  shape: [rows],
});

/** Throws a `DataError` where a model cannot go on from a prompt; `index` counts prompts from 0. */
export function checkPrompt(prompt: Int32Array, index: number, config: ModelConfig): void {
  const { context, vocabularySize } = config;
  if (prompt.length === 0) throw new DataError(`prompt ${index + 1} is empty; give at least one token`);
  if (prompt.length >= context)
    throw new DataError(
      `prompt ${index + 1} has ${prompt.length} tokens, but the model's context is ${context}; shorten it`,
    );
  const outside = prompt.find((id) => id < 0 || id >= vocabularySize);
  if (outside !== undefined)
    throw new DataError(
      `prompt ${index + 1} has token ${outside}, but the model's vocabulary ends at ${vocabularySize - 1}`,
    );
}

export function feedPrompts(prompts: readonly Int32Array[]): Record<string, Value> {
  const batch = prompts.length;
  const length = Math.max(...prompts.map((prompt) => prompt.length));
  const ids = new Int32Array(batch * length);
  const mask = new Float32Array(batch * length).fill(-1e9);
  prompts.forEach((prompt, row) => {
    ids.set(prompt, row * length);
    mask.fill(0, row * length, row * length + prompt.length);
  });
  return {
    ids: { data: ids, shape: [batch * length] },
    positions: { data: Int32Array.from({ length }, (_, i) => i), shape: [length] },
    promptMask: { data: mask, shape: [batch, 1, 1, length] },
    promptLengths: perRow(batch, (row) => prompts[row]!.length),
    lastRows: perRow(batch, (row) => row * length + prompts[row]!.length - 1),
  };
}

/** How many tokens to make, and how far each of them lies past its prompt. */
export const feedLimit = (limit: number): Record<string, Value> => ({
  limit: integer(limit),
  ahead: perRow(limit, (step) => step),
});

/** The ids that end a row; none of them is a token where there are none. */
export const feedEnds = (endTokens: readonly number[]): Value => {
  const ids = endTokens.length > 0 ? endTokens : [-1];
  return { data: Int32Array.from(ids), shape: [ids.length] };
};

/** How much of what was made is a completion: all to its first end token. */
export function untilEnd(ids: Int32Array, endTokens: readonly number[]): { length: number; ended: boolean } {
  const end = ids.findIndex((id) => endTokens.includes(id));
  return end < 0 ? { length: ids.length, ended: false } : { length: end + 1, ended: true };
}

/** [limit, batch]: the numbers of a row's stream run down its column. */
export function feedUniforms(streams: readonly RandomStream[], limit: number): Value {
  const batch = streams.length;
  const data = new Float32Array(limit * batch);
  streams.forEach((stream, row) => {
    for (let step = 0; step < limit; step++) data[step * batch + row] = stream.uniform();
  });
  return { data, shape: [limit, batch] };
}

/** One row of what was made, [steps, batch]; what follows its end token is padding. */
export function readRow<T extends Float32Array | Int32Array>({ data, shape }: Value, row: number): T {
  const [steps, batch] = shape as [number, number];
  const made = data.slice(0, steps) as T;
  for (let step = 0; step < steps; step++) made[step] = data[step * batch + row]!;
  return made;
}
