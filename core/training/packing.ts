/** Several sequences in one row of a batch, one after the other: nothing is padding that need not be. */
import type { Feeds } from '../engine/engine.ts';
import { float32, int32, longest, predictedTokens, type Room, type Sequence } from './sequences.ts';

/** Sequences side by side in a row. */
export type Row = readonly Sequence[];

/**
 * Best-fit decreasing (Johnson 1973): the longest first, each into the fullest row that still has room. Rows come in
 * the order in which they were begun, so equal input gives equal rows.
 */
export function packRows(sequences: readonly Sequence[], length: number): Row[] {
  const rows: { readonly row: Sequence[]; room: number }[] = [];
  const order = sequences.toSorted((a, b) => b.ids.length - a.ids.length);
  for (const sequence of order) {
    const fitting = rows.filter(({ room }) => room >= sequence.ids.length);
    const best = fitting.reduce<(typeof rows)[number] | undefined>(
      (fullest, next) => (fullest && fullest.room <= next.room ? fullest : next),
      undefined,
    );
    if (best) best.row.push(sequence);
    else rows.push({ row: [sequence], room: length });
    const filled = best ?? rows.at(-1)!;
    filled.room -= sequence.ids.length;
  }
  return rows.map(({ row }) => row);
}

/** Rows as long as the longest sequence, in batches of at most `maxTokens`; a longer row is alone. */
export function packedBatches(sequences: readonly Sequence[], maxTokens: number): Row[][] {
  const length = longest(sequences);
  const rows = packRows(sequences, length);
  const perBatch = Math.max(1, Math.floor(maxTokens / length));
  return Array.from({ length: Math.ceil(rows.length / perBatch) }, (_, i) =>
    rows.slice(i * perBatch, (i + 1) * perBatch),
  );
}

const tokensOf = (row: Row): number => row.reduce((total, { ids }) => total + ids.length, 0);

/** Tokens of the longest row, to which the others are padded. */
export const rowLength = (rows: readonly Row[]): number => Math.max(...rows.map(tokensOf));

/** What every one of some batches has room in. */
export const roomOf = (batches: readonly (readonly Row[])[]): Room => ({
  rows: Math.max(...batches.map((rows) => rows.length)),
  length: Math.max(...batches.map(rowLength)),
  predicted: Math.max(
    ...batches.map((rows) => rows.flat().reduce((total, sequence) => total + predictedTokens(sequence), 0)),
  ),
});

/**
 * Rows as `sequenceInputs({ packed: true })` reads them, and for every predicted token the row of hidden states that
 * predicts it and the token itself. Padding is a segment of its own, which nothing looks at.
 */
export function feedRows(rows: readonly Row[], room?: Room): Feeds {
  const { rows: count, length } = room ?? { rows: rows.length, length: rowLength(rows) };
  const ids = new Int32Array(count * length);
  const positions = new Int32Array(count * length);
  const segments = new Float32Array(count * length).fill(-1);
  const predicting: number[] = [];
  const targets: number[] = [];
  rows.forEach((row, number) => {
    let at = number * length;
    row.forEach((sequence, segment) => {
      const { ids: tokens, start } = sequence;
      ids.set(tokens, at);
      segments.fill(segment, at, at + tokens.length);
      tokens.forEach((_, t) => (positions[at + t] = t));
      for (let t = 0; t < predictedTokens(sequence); t++) {
        predicting.push(at + start - 1 + t);
        targets.push(tokens[start + t]!);
      }
      at += tokens.length;
    });
  });
  return {
    ids: int32(ids, [ids.length]),
    positions: int32(positions, [positions.length]),
    segments: float32(segments, [count, length]),
    rows: int32(Int32Array.from(predicting), [predicting.length]),
    targets: int32(Int32Array.from(targets), [targets.length]),
  };
}
