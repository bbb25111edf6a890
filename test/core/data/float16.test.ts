import { describe, expect, test } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from '../../../core/data/float16.ts';
import { randomStream } from '../../../core/data/random.ts';

type Widen = (halves: Uint16Array, singles: Float32Array) => void;
type Round = (singles: Float32Array, halves: Uint16Array, what: string) => void;

function widened(widen: Widen, halves: Uint16Array): Float32Array {
  const singles = new Float32Array(halves.length);
  widen(halves, singles);
  return singles;
}

function rounded(round: Round, ...singles: number[]): number[] {
  const halves = new Uint16Array(singles.length);
  round(Float32Array.from(singles), halves, 'these');
  return [...halves];
}

const everyHalf = Uint16Array.from({ length: 0x10000 }, (_, i) => i);

describe('half precision', () => {
  test.each([
    ['float16', float16ToFloat32, float32ToFloat16],
    ['bfloat16', bfloat16ToFloat32, float32ToBfloat16],
  ] as const)('%s agrees with the bits of all its 65536 numbers', (_, widen, round) => {
    const singles = widened(widen, everyHalf);
    const back = rounded(round, ...singles);
    expect(everyHalf.every((half) => back[half] === half || Number.isNaN(singles[half]))).toBe(true);
    const nothings = everyHalf.filter((half) => Number.isNaN(singles[half]));
    expect(nothings.length).toBeGreaterThan(0);
    for (const half of widened(
      widen,
      Uint16Array.from(nothings, (i) => back[i]!),
    ))
      expect(half).toBeNaN();
  });

  test('float16 rounds to nearest and ties to even', () => {
    // Between 1 and 1 + 2⁻¹⁰, then between that and the next; and below the smallest normal.
    const ties = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 65519, -65519];
    expect(rounded(float32ToFloat16, ...ties)).toEqual([0x3c00, 0x3c02, 0, 2, 0x7bff, 0xfbff]);
  });

  test('float16 agrees with the one of JavaScript', () => {
    const Halves = (globalThis as { Float16Array?: new (values: Float32Array) => { buffer: ArrayBuffer } })
      .Float16Array;
    if (Halves === undefined) return;
    const stream = randomStream(7, 'halves');
    const values = Float32Array.from(
      { length: 20000 },
      () => stream.normal() * 2 ** (stream.integer(40) - 28),
    );
    const expected = new Uint16Array(new Halves(values).buffer);
    expect(rounded(float32ToFloat16, ...values)).toEqual([...expected]);
  });

  test('bfloat16 is the upper half of a single, rounded to nearest and ties to even', () => {
    const exact = widened(bfloat16ToFloat32, Uint16Array.of(0x3f80, 0xc000, 0x7f80));
    expect([...exact]).toEqual([1, -2, Infinity]);
    const ties = [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -1 - 2 ** -8];
    expect(rounded(float32ToBfloat16, ...ties)).toEqual([0x3f80, 0x3f82, 0x3f81, 0xbf80]);
    expect(rounded(float32ToBfloat16, 0, -0, 1e-40, -Infinity)).toEqual([0, 0x8000, 1, 0xff80]);
  });

  test('a number that would round to infinity is refused by name', () => {
    expect(() => rounded(float32ToFloat16, 1, 65520)).toThrow(/these holds 65520, beyond what F16 can store/);
    expect(() => rounded(float32ToBfloat16, -3.4e38)).toThrow(
      /these holds -3\.3999\d*e\+38, beyond what BF16/,
    );
    expect(rounded(float32ToFloat16, Infinity, -Infinity)).toEqual([0x7c00, 0xfc00]);
  });
});
