import { z } from 'zod';
import { library, type LibraryModel } from './library.ts';
import { makePart, maker, type Makers } from './parts.ts';

/** The ids of a word. */
export interface TokenModel {
  readonly ids: ReadonlyMap<string, number>;
  /** Undefined for a token that the vocabulary lacks, where there is none for the unknown either. */
  encode(word: string): { readonly token: string; readonly id: number | undefined }[];
}

/** Checked by hand: of a hundred thousand tokens, a schema of each takes longer than all else. */
const Names = z.custom<Record<string, number>>(
  (value) => isRecord(value) && Object.values(value).every(Number.isInteger),
  'must give every token its id',
);
const Merges = z.custom<(string | [string, string])[]>(
  (value) => Array.isArray(value) && value.every(isMerge),
  'must be pairs of tokens',
);
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isMerge = (merge: unknown): boolean =>
  typeof merge === 'string' ? merge.includes(' ') : Array.isArray(merge) && merge.length === 2;
const Unknown = z.string().nullish();

const models: Makers<TokenModel> = {
  BPE: maker(
    z.looseObject({
      vocab: Names,
      merges: Merges,
      unk_token: Unknown,
      dropout: z.literal(0, 'makes each tokenization another; set it to null').nullish(),
      continuing_subword_prefix: z
        .literal('', 'is not supported with BPE; convert the tokenizer to one without it')
        .nullish(),
    }),
    (model) => byName(new library.BPE(model), model.unk_token),
  ),
  WordPiece: maker(
    z.looseObject({ vocab: Names, unk_token: Unknown, continuing_subword_prefix: z.string().default('##') }),
    (model) => byName(new library.WordPiece(model), model.unk_token),
  ),
  WordLevel: maker(z.looseObject({ vocab: Names, unk_token: Unknown }), ({ vocab, unk_token: unknown }) => {
    const ids = new Map(Object.entries(vocab));
    const idOf = (token: string) => ids.get(token) ?? ids.get(unknown ?? '');
    return { ids, encode: (word) => [{ token: word, id: idOf(word) }] };
  }),
  Unigram: maker(
    z.looseObject({
      vocab: z.array(z.tuple([z.string(), z.number()])),
      unk_id: z.int().nullish(),
      byte_fallback: z.boolean().default(false),
    }),
    ({ unk_id: unknown, byte_fallback: hasBytes, ...model }) => {
      const found = new library.Unigram({ ...model, unk_id: unknown });
      const ids = found.tokens_to_ids;
      const encode = (word: string) =>
        found([word]).flatMap((piece) => {
          const id = ids.get(piece);
          const bytes = id === undefined && hasBytes ? bytesOf(piece, ids) : undefined;
          return bytes ?? [{ token: piece, id: id ?? unknown ?? undefined }];
        });
      return { ids, encode };
    },
  ),
};

type Word = ReturnType<TokenModel['encode']>;

/** Words that are remembered, and the longest of them in characters: most of a text are few. */
const REMEMBERED = 50_000;
const LONGEST = 100;

/** A model of the library, asked word by word: it would make one of the unknown of several words. */
function byName(model: LibraryModel, unknown: string | null | undefined): TokenModel {
  const ids = model.tokens_to_ids;
  const unknownId = ids.get(unknown ?? '');
  const read = (word: string) => model([word]).map((token) => ({ token, id: ids.get(token) ?? unknownId }));
  const known = new Map<string, Word>();
  const encode = (word: string): Word => {
    const found = known.get(word);
    if (found) return found;
    const tokens = read(word);
    if (known.size === REMEMBERED) known.clear();
    if (word.length <= LONGEST) known.set(word, tokens);
    return tokens;
  };
  return { ids, encode };
}

/** The tokens of a text's bytes; undefined where one is not in the vocabulary. */
function bytesOf(text: string, ids: ReadonlyMap<string, number>) {
  const tokens = Array.from(
    Buffer.from(text),
    (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  return tokens.every((token) => ids.has(token))
    ? tokens.map((token) => ({ token, id: ids.get(token) }))
    : undefined;
}

/** Models that do not name their type, as GPT-2's first tokenizer.json, are told by what they have. */
function typeOf(model: Readonly<Record<string, unknown>>): unknown {
  if (model['type'] !== undefined) return model['type'];
  if ('merges' in model) return 'BPE';
  if (Array.isArray(model['vocab'])) return 'Unigram';
  return 'continuing_subword_prefix' in model ? 'WordPiece' : 'WordLevel';
}

/** Throws an `Error` that says what of it cannot be used. */
export const makeModel = (model: Readonly<Record<string, unknown>>): TokenModel =>
  makePart('model', models, { ...model, type: typeOf(model) });
