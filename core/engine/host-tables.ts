/** Constants that depend on the sizes of a run, which every engine has its host make. */
import { evaluate } from '../graph/shape.ts';
import type { OpAttributes } from '../graph/tensor.ts';

export type RotaryTable = Omit<OpAttributes['rotaryTable'], 'name'>;

/** [length, length]: what the op of this name is. */
export function causalMask(length: number): Float32Array {
  const mask = new Float32Array(length * length);
  for (let row = 0; row < length; row++) mask.fill(-1e9, row * length + row + 1, (row + 1) * length);
  return mask;
}

/** How many positions a table has: the spans one after another. */
export const rotaryRows = ({ spans }: RotaryTable, symbols: ReadonlyMap<string, number>): number =>
  spans.reduce((total: number, span) => total + evaluate(span, symbols), 0);

/** [rows, frequencies.length]: the cosines or the sines of a `rotaryTable`, computed in float64. */
export function rotaryAngles(
  turn: (angle: number) => number,
  { frequencies, scale }: RotaryTable,
  rows: number,
): Float32Array {
  const width = frequencies.length;
  const table = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < width; i++) table[row * width + i] = scale * turn(row * frequencies[i]!);
  return table;
}
