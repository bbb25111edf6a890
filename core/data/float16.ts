import { ModelError } from '../contract/errors.ts';

// Loops rather than `from`, which is ten times as slow, and models have hundreds of millions of numbers. All fill an
// array of the caller's, so that a large tensor can be converted part by part.

let halfTable: Uint32Array | undefined;

/** IEEE 754 half precision, given as its bits, to single. */
export function float16ToFloat32(halves: Uint16Array, singles: Float32Array): void {
  halfTable ??= new Uint32Array(Float32Array.from({ length: 0x10000 }, (_, half) => decodeHalf(half)).buffer);
  const table = halfTable;
  const bits = bitsOf(singles);
  for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i]!]!;
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
export function bfloat16ToFloat32(halves: Uint16Array, singles: Float32Array): void {
  const bits = bitsOf(singles);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
}

/** Single to half precision, as bits, rounded to nearest and ties to even; `name` is for the error. */
export function float32ToFloat16(singles: Float32Array, halves: Uint16Array, name: string): void {
  const bits = bitsOf(singles);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    const magnitude = bits[i]! & 0x7fffffff;
    // Below 2⁻¹⁴ halves are evenly spaced, 2⁻²⁴ apart.
    if (magnitude < 0x38800000) halves[i] = sign | roundToEven(Math.abs(singles[i]!) * 2 ** 24);
    // The exponent loses 112 of its bias; a fraction that rounds up carries into it, as it should.
    else if (magnitude < 0x477ff000)
      halves[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    else halves[i] = sign | specialHalf(magnitude, singles[i]!, name);
  }
}

/** Where halves end: from 65520 on a number rounds to infinity. */
function specialHalf(magnitude: number, value: number, name: string): number {
  if (magnitude > 0x7f800000) return 0x7e00;
  if (magnitude === 0x7f800000) return 0x7c00;
  throw new ModelError(`${name} holds ${value}, beyond what F16 can store; write it as F32 or BF16`);
}

/** Adding 2⁵² leaves a double no bits for a fraction. */
const roundToEven = (x: number): number => x + 2 ** 52 - 2 ** 52;

/** Single precision to bfloat16, as bits, rounded to nearest and ties to even; `name` is for the error. */
export function float32ToBfloat16(singles: Float32Array, halves: Uint16Array, name: string): void {
  const bits = bitsOf(singles);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    // A number that is none stays none, whichever of its bits are dropped.
    if (magnitude > 0x7f800000) halves[i] = (bits[i]! >>> 16) | 0x40;
    else if (magnitude >= 0x7f7f8000 && magnitude < 0x7f800000)
      throw new ModelError(`${name} holds ${singles[i]!}, beyond what BF16 can store; write it as F32`);
    else halves[i] = (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16;
  }
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);
