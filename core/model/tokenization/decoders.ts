import { z } from 'zod';
import { bytesOf } from './byte-level.ts';
import { library } from './library.ts';
import { makePart, maker, type Makers } from './parts.ts';
import { compiled, Pattern } from './patterns.ts';

/** What tokens say, in parts that follow each other; the texts that `isAdded` knows stand for themselves. */
export type Decode = (tokens: readonly string[], isAdded: (token: string) => boolean) => string[];

const None = z.looseObject({});
const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;

const ofLibrary = (Decoder: (typeof library)['StripDecoder']) =>
  maker(None, (part): Decode => {
    const decoder = new Decoder(part);
    return (tokens) => decoder.decode_chain(tokens);
  });

const decoders: Makers<Decode> = {
  Sequence: maker(z.looseObject({ decoders: z.array(z.unknown()) }), ({ decoders }) => {
    const parts = decoders.map(makeDecoder);
    return (tokens, isAdded) =>
      parts.reduce<string[]>((texts, decode) => decode(texts, isAdded), [...tokens]);
  }),
  ByteLevel: maker(None, () => byteLevel),
  ByteFallback: maker(None, () => byteFallback),
  Fuse: maker(None, () => (tokens) => [tokens.join('')]),
  Replace: maker(z.looseObject({ pattern: Pattern, content: z.string() }), ({ pattern, content }) => {
    const found = compiled(pattern);
    return (tokens) => tokens.map((token) => token.replace(found, () => content));
  }),
  Metaspace: maker(
    z.looseObject({
      replacement: z.string().default('\u2581'),
      add_prefix_space: z.boolean().default(true),
      prepend_scheme: z.string().optional(),
    }),
    ({ replacement, add_prefix_space: prefixed, prepend_scheme: scheme }) => {
      const isPrefixed = (scheme ?? (prefixed ? 'always' : 'never')) !== 'never';
      return (tokens) =>
        tokens.map((token, i) => token.replaceAll(replacement, i === 0 && isPrefixed ? '' : ' '));
    },
  ),
  BPEDecoder: ofLibrary(library.BPEDecoder),
  Strip: ofLibrary(library.StripDecoder),
  WordPiece: ofLibrary(library.WordPieceDecoder),
};

/** One text: a character's bytes may come in several tokens. */
const byteLevel: Decode = (tokens, isAdded) => {
  const parts = tokens.map((token) => Buffer.from(isAdded(token) ? Buffer.from(token) : bytesOf(token)));
  return [Buffer.concat(parts).toString('utf8')];
};

/** Bytes that stand together are one text, or are no text and each of them an unknown character. */
const byteFallback: Decode = (tokens) => {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) texts.push(textOf(Buffer.from(bytes)));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = BYTE.exec(token)?.[1];
    if (byte === undefined) {
      flush();
      texts.push(token);
    } else bytes.push(parseInt(byte, 16));
  }
  flush();
  return texts;
};

function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : '\uFFFD'.repeat(bytes.length);
}

/** Throws an `Error` that says what of it cannot be used. */
export const makeDecoder = (part: unknown): Decode => makePart('decoder', decoders, part);
