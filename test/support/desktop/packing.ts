/** Messages as JSON, typed arrays and all; `page-script.txt` has the same two for the page's side. */
interface Packed {
  readonly typed: string;
  readonly base64: string;
}

export const pack = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => (ArrayBuffer.isView(part) ? packed(part) : part)),
  );

const packed = (view: ArrayBufferView): Packed => ({
  typed: view.constructor.name === 'Buffer' ? 'Uint8Array' : view.constructor.name,
  base64: Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'),
});

export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('typed' in value && 'base64' in value) return unpacked(value as Packed);
  if (Array.isArray(value)) return value.map(unpack);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpack(part)]));
}

function unpacked({ typed, base64 }: Packed): unknown {
  const Kind = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>)[typed]!;
  return new Kind(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}
