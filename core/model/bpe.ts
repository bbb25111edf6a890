/**
 * Trains byte-level BPE as GPT-2 has it (Sennrich et al. 2016; Radford et al. 2019): text falls into words by
 * a pattern, words into bytes, and the most frequent pair of neighbours becomes a token until there are enough.
 */
import { ConfigurationError } from '../contract/errors.ts';
import { BYTE_CHARACTERS, WORDS } from './tokenization/byte-level.ts';

/** The parts of `tokenizer.json` that byte-level BPE needs. */
export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: null;
  readonly pre_tokenizer: ByteLevel;
  readonly post_processor: ByteLevel;
  readonly decoder: ByteLevel;
  readonly model: BpeModel;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

interface ByteLevel {
  readonly type: 'ByteLevel';
  readonly add_prefix_space: boolean;
  readonly trim_offsets: boolean;
  readonly use_regex: boolean;
}

interface BpeModel {
  readonly type: 'BPE';
  readonly dropout: null;
  readonly unk_token: null;
  readonly continuing_subword_prefix: null;
  readonly end_of_word_suffix: null;
  readonly fuse_unk: boolean;
  readonly byte_fallback: boolean;
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (readonly [string, string])[];
}

/**
 * A `tokenizer.json` object: the special tokens first, then the 256 bytes, then merges. A pair seen only once
 * is never merged, so that texts too few for the size give a smaller vocabulary. Ties go to the pair of lower
 * ids, which makes the result that of Hugging Face's trainer.
 */
export function trainBpe(
  texts: Iterable<string>,
  vocabularySize: number,
  specialTokens: readonly string[],
): TokenizerJson {
  const tokens = [...specialTokens, ...BYTE_CHARACTERS.toSorted()];
  if (new Set(specialTokens).size < specialTokens.length)
    throw new ConfigurationError(`specialTokens names a token twice: ${specialTokens.join(', ')}`);
  if (!(vocabularySize >= tokens.length))
    throw new ConfigurationError(
      `vocabularySize is ${vocabularySize}; it must be at least ${tokens.length}, the bytes and special tokens`,
    );
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const pairs = new Pairs(wordsOf(texts, ids));
  const merges: [string, string][] = [];
  while (tokens.length < vocabularySize) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    const merge: [string, string] = [tokens[best.left]!, tokens[best.right]!];
    const token = merge.join('');
    // Two merges may spell one token; the later one then reuses its id.
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    merges.push(merge);
    pairs.merge(best, id);
  }
  return tokenizerJson(tokens, merges, specialTokens);
}

interface Word {
  ids: number[];
  readonly count: number;
}

function wordsOf(texts: Iterable<string>, ids: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [word] of text.matchAll(WORDS)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const idOfByte = BYTE_CHARACTERS.map((character) => ids.get(character)!);
  return [...counts].map(([word, count]) => ({
    ids: Array.from(Buffer.from(word), (byte) => idOfByte[byte]!),
    count,
  }));
}

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** The words it occurs in, or did once. */
  readonly words: Set<Word>;
}

// Ids stay far below this, and the product below 2⁵³.
const ID_LIMIT = 2 ** 26;

/** Counts of neighbours, kept as words are merged. */
class Pairs {
  readonly #pairs = new Map<number, Pair>();

  constructor(words: readonly Word[]) {
    for (const word of words) this.#count(word, 1);
  }

  /** The pair to merge next, or none if no pair occurs twice. */
  mostFrequent(): Pair | undefined {
    let best: Pair | undefined;
    for (const pair of this.#pairs.values())
      if (pair.count > 1 && (best === undefined || precedes(pair, best))) best = pair;
    return best;
  }

  merge(pair: Pair, id: number): void {
    for (const word of pair.words) {
      this.#count(word, -1);
      word.ids = replacePair(word.ids, pair, id);
      this.#count(word, 1);
    }
    this.#pairs.delete(pair.left * ID_LIMIT + pair.right);
  }

  #count(word: Word, sign: 1 | -1): void {
    for (let i = 1; i < word.ids.length; i++) {
      const pair = this.#pair(word.ids[i - 1]!, word.ids[i]!);
      pair.count += sign * word.count;
      pair.words.add(word);
    }
  }

  #pair(left: number, right: number): Pair {
    const key = left * ID_LIMIT + right;
    let pair = this.#pairs.get(key);
    if (pair === undefined) this.#pairs.set(key, (pair = { left, right, count: 0, words: new Set() }));
    return pair;
  }
}

function precedes(a: Pair, b: Pair): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}

function replacePair(ids: readonly number[], { left, right }: Pair, id: number): number[] {
  const replaced: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const matches = ids[i] === left && ids[i + 1] === right;
    replaced.push(matches ? id : ids[i]!);
    if (matches) i++;
  }
  return replaced;
}

function tokenizerJson(
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
  specialTokens: readonly string[],
): TokenizerJson {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  } as const;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({ id, content, ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}
