import { ModelError } from '../contract/errors.ts';

// Loops rather than `from`, which is ten times as slow, and models have hundreds of millions of numbers.

let halfTable: Float32Array | undefined;

/** IEEE 754 half precision, given as its bits, to single. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 0x10000 }, (_, half) => decodeHalf(half));
  const table = halfTable;
  const singles = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) singles[i] = table[bits[i]!]!;
  return singles;
}

function decodeHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

/** bfloat16, given as its bits, to single: the upper half of the same number. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const singles = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) singles[i] = bits[i]! << 16;
  return new Float32Array(singles.buffer);
}

// From here on a number rounds to infinity in half precision.
const HALF_LIMIT = 65520;

/** Single to half precision, as bits, rounded to nearest and ties to even; `name` is for the error. */
export function float32ToFloat16(values: Float32Array, name: string): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) >= HALF_LIMIT && Number.isFinite(value))
      throw new ModelError(`${name} holds ${value}, beyond what F16 can store; write it as F32`);
    halves[i] = encodeHalf(value, bits[i]!);
  }
  return halves;
}

function encodeHalf(value: number, single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude === Infinity) return sign | 0x7c00;
  // Below 2⁻¹⁴ halves are evenly spaced, 2⁻²⁴ apart.
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  // The exponent loses 112 of its bias; a fraction that rounds up carries into it, as it should.
  const shifted = (single & 0x7fffffff) - (112 << 23);
  return sign | roundToEven(shifted / 0x2000);
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
