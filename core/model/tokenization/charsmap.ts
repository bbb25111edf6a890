/** Clusters of fewer bytes are looked up whole; others are taken apart. */
const WHOLE = 6;

/**
 * SentencePiece's precompiled map of characters to their replacements: the size of a double-array trie in bytes, the
 * trie (https://github.com/s-yata/darts-clone), and the replacements, each ended by a zero. Throws an `Error` where
 * the bytes are no such map.
 */
export function readCharsmap(bytes: Buffer): (text: string) => string {
  const size = bytes.length < 4 ? NaN : bytes.readUInt32LE(0);
  if (!(size > 0 && size % 4 === 0 && 4 + size <= bytes.length))
    throw new Error(`"precompiled_charsmap" has ${bytes.length} bytes, but no trie of ${size}`);
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i));
  const texts = bytes.subarray(4 + size);
  const replacement = (key: string): string | undefined => {
    const at = shortestMatch(units, Buffer.from(key));
    return at === undefined ? undefined : texts.toString('utf8', at, texts.indexOf(0, at));
  };
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const ofCluster = (cluster: string): string =>
    (Buffer.byteLength(cluster) < WHOLE ? replacement(cluster) : undefined) ??
    Array.from(cluster, (character) => replacement(character) ?? character).join('');
  return (text) => Array.from(segmenter.segment(text), ({ segment }) => ofCluster(segment)).join('');
}

/** The value of the shortest key that the bytes begin with: the reference takes the first that it meets. */
function shortestMatch(units: Uint32Array, key: Buffer): number | undefined {
  let node = offsetOf(units[0]!);
  for (const byte of key) {
    node ^= byte;
    const unit = units[node];
    if (unit === undefined || labelOf(unit) !== byte) return undefined;
    node ^= offsetOf(unit);
    if (hasLeaf(unit)) return units[node]! & 0x7fffffff;
  }
  return undefined;
}

const hasLeaf = (unit: number): boolean => ((unit >>> 8) & 1) === 1;
const labelOf = (unit: number): number => (unit & 0x800000ff) >>> 0;
const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
