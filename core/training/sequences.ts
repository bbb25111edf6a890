import type { Feeds, Value } from '../engine/engine.ts';

/** Token ids of a text; the tokens from `start` on are predicted (or scored), those before are given. start ≥ 1. */
export interface Sequence {
  readonly ids: Int32Array;
  readonly start: number;
}

/** A prompt and its completion; without a prompt every token but the first is predicted. */
export function join(prompt: Int32Array, completion: Int32Array): Sequence {
  const ids = new Int32Array(prompt.length + completion.length);
  ids.set(prompt);
  ids.set(completion, prompt.length);
  return { ids, start: Math.max(1, prompt.length) };
}

export const predictedTokens = ({ ids, start }: Sequence): number => ids.length - start;

export const int32 = (data: Int32Array, shape: readonly number[]): Value => ({ data, shape });
export const float32 = (data: Float32Array, shape: readonly number[]): Value => ({ data, shape });

/** However many there are: the arguments of one call are limited. */
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** Tokens of the longest, to which a batch is padded. */
export const longest = (sequences: readonly Sequence[]): number =>
  most(sequences.map(({ ids }) => ids.length));

/** Tokens of the longest completion. */
export const longestCompletion = (sequences: readonly Sequence[]): number =>
  most(sequences.map(predictedTokens));

/** Sequences side by side, padded on the right, as `sequenceInputs` reads them. Pads are never looked at. */
export function feedSequences(sequences: readonly Sequence[], room?: Room): Feeds {
  const { rows, length } = room ?? { rows: sequences.length, length: longest(sequences) };
  const ids = new Int32Array(rows * length);
  sequences.forEach((sequence, i) => ids.set(sequence.ids, i * length));
  return {
    ids: int32(ids, [ids.length]),
    positions: int32(
      Int32Array.from({ length }, (_, i) => i),
      [length],
    ),
  };
}

/**
 * For every predicted token of a batch, sequence after sequence: the row whose hidden state predicts it (that of
 * the token before) and the token itself.
 */
export function feedPredictions(sequences: readonly Sequence[], length = longest(sequences)): Feeds {
  const rows = sequences.flatMap(({ ids, start }, i) =>
    Array.from({ length: ids.length - start }, (_, t) => i * length + start - 1 + t),
  );
  const targets = sequences.flatMap(({ ids, start }) => Array.from(ids.subarray(start)));
  return {
    rows: int32(Int32Array.from(rows), [rows.length]),
    targets: int32(Int32Array.from(targets), [targets.length]),
  };
}

/** The size of a batch that is larger than what it holds, so that it has the shape of others. */
export interface Room {
  readonly rows: number;
  readonly length: number;
  /** Predicted tokens. */
  readonly predicted: number;
}

/**
 * Predictions of weight 0 up to the room there is. They are of rows that predict nothing else, since no row may be
 * gathered twice.
 */
export function fillPredictions(feeds: Feeds, { rows, length, predicted }: Room): Feeds {
  const taken = new Set(feeds['rows']!.data);
  const free = Array.from({ length: rows * length }, (_, row) => row).filter((row) => !taken.has(row));
  const filled = (data: ArrayLike<number>, rest: readonly number[]) => {
    const all = Int32Array.from({ length: predicted }, (_, i) => rest[i - data.length] ?? 0);
    all.set(data);
    return int32(all, [predicted]);
  };
  const weights = new Float32Array(predicted);
  weights.set(feeds['weights']!.data);
  return {
    ...feeds,
    rows: filled(feeds['rows']!.data, free),
    targets: filled(feeds['targets']!.data, []),
    weights: float32(weights, [predicted, 1]),
  };
}

/** The row of every sequence's last token: where a reward is read. */
export function feedLastRows(sequences: readonly Sequence[]): Feeds {
  const length = longest(sequences);
  const rows = sequences.map(({ ids }, i) => i * length + ids.length - 1);
  return { rows: int32(Int32Array.from(rows), [rows.length]) };
}

/**
 * Groups of indices whose padded batches stay within `maxTokens`, longest sequences first, so that little is
 * padding. A sequence longer than that is alone.
 */
export function microBatches(sequences: readonly Sequence[], maxTokens: number): number[][] {
  const order = sequences
    .map((_, i) => i)
    .sort((a, b) => sequences[b]!.ids.length - sequences[a]!.ids.length || a - b);
  const groups: number[][] = [];
  for (const index of order) {
    const group = groups.at(-1);
    const length = group && sequences[group[0]!]!.ids.length;
    if (group && (group.length + 1) * length! <= maxTokens) group.push(index);
    else groups.push([index]);
  }
  return groups;
}

/** A batch in parts of at most `maxTokens` padded tokens. */
export const inMicroBatches = (sequences: readonly Sequence[], maxTokens: number): Sequence[][] =>
  microBatches(sequences, maxTokens).map((group) => group.map((i) => sequences[i]!));

/** Values of one number a predicted token, cut back into one array a sequence. */
export function perSequence(flat: Float32Array, sequences: readonly Sequence[]): Float32Array[] {
  let start = 0;
  return sequences.map((sequence) => flat.slice(start, (start += predictedTokens(sequence))));
}

/** The inverse of `perSequence`. */
export function flatten(parts: readonly Float32Array[]): Float32Array {
  const flat = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let start = 0;
  for (const part of parts) {
    flat.set(part, start);
    start += part.length;
  }
  return flat;
}
