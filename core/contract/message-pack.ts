/** Messages as bytes: MessagePack, with an extension type for each kind of typed array. */
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

/** Most bytes of a message from a window; larger things are sent in parts. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** By extension type; a `Uint8Array` is MessagePack's own binary. */
const typedArrays = {
  1: Int8Array,
  2: Uint8ClampedArray,
  3: Int16Array,
  4: Uint16Array,
  5: Int32Array,
  6: Uint32Array,
  7: Float32Array,
  8: Float64Array,
  9: BigInt64Array,
  10: BigUint64Array,
} as const;

const codec = new ExtensionCodec();
for (const [type, Kind] of Object.entries(typedArrays))
  codec.register({
    type: Number(type),
    encode: (value) =>
      value instanceof Kind ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    // A copy: the bytes of a message begin anywhere, those of an array at a multiple of its element's size.
    decode: (bytes) => new Kind(bytes.slice().buffer),
  });

/** JSON and typed arrays as bytes; fields that are undefined are left out. */
export const encodeMessage = (message: unknown): Uint8Array<ArrayBuffer> =>
  encode(message, { extensionCodec: codec, ignoreUndefined: true });

/**
 * What the bytes say; where they say nothing, the bytes themselves, for whoever checks messages to refuse. No
 * list or map can have more elements than the message has bytes, so a short one cannot claim gigabytes.
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  try {
    const most = bytes.length;
    return decode(bytes, { extensionCodec: codec, maxArrayLength: most, maxMapLength: most });
  } catch {
    return bytes;
  }
}
