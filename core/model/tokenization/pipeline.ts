import { z } from 'zod';
import { AddedToken, AddedTokenSplitter, type Found } from './added-tokens.ts';
import { beginningOf } from './beginnings.ts';
import { makeDecoder, type Decode } from './decoders.ts';
import { makeModel, type TokenModel } from './models.ts';
import { makeNormalizer, type Normalize } from './normalizers.ts';
import { maker } from './parts.ts';
import { makePreTokenizer, type PreTokenize } from './pre-tokenizers.ts';

const Json = z.looseObject({
  added_tokens: z.array(AddedToken).nullish(),
  model: z.record(z.string(), z.unknown()),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  decoder: z.unknown().optional(),
});

/** A token and its id; undefined where the vocabulary has neither it nor one for the unknown. */
export type Encoded = ReturnType<TokenModel['encode']>[number];

const unchanged: Normalize = (text) => text;
const whole: PreTokenize = (section) => [section];
const spaced: Decode = (tokens) => [tokens.join(' ')];

const absent = (part: unknown): part is null | undefined => part === null || part === undefined;

/**
 * What a tokenizer.json says: added tokens are found first, those of normalized text after normalizing, and what lies
 * between them falls into words, each of which the model encodes. The ids and texts are those of Hugging Face's
 * `tokenizers`, whose post-processing is left to the caller.
 */
export class Pipeline {
  /** Tokens that the post-processor puts before a text. */
  readonly beginning: readonly string[];
  readonly #normalize: Normalize;
  readonly #preTokenize: PreTokenize;
  readonly #model: TokenModel;
  readonly #decode: Decode;
  readonly #added: ReadonlyMap<number, AddedToken>;
  readonly #plain: AddedTokenSplitter;
  readonly #normalized: AddedTokenSplitter;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: ReadonlyMap<number, string>;
  /** What added tokens say: those of normalized text as it reads. */
  readonly #addedTexts: ReadonlyMap<number, string>;

  /** Throws an `Error` that names the part that cannot be used. */
  constructor(json: unknown) {
    const parts = maker(Json, (parts) => parts)(json);
    const added = parts.added_tokens ?? [];
    this.#normalize = absent(parts.normalizer) ? unchanged : makeNormalizer(parts.normalizer);
    this.#preTokenize = absent(parts.pre_tokenizer) ? whole : makePreTokenizer(parts.pre_tokenizer);
    this.#decode = absent(parts.decoder) ? spaced : makeDecoder(parts.decoder);
    this.beginning = absent(parts.post_processor) ? [] : beginningOf(parts.post_processor);
    this.#model = makeModel(parts.model);
    this.#added = new Map(added.map((token) => [token.id, token]));
    const textOf = ({ normalized, content }: AddedToken) => (normalized ? this.#normalize(content) : content);
    this.#addedTexts = new Map(added.map((token) => [token.id, textOf(token)]));
    const splitter = (tokens: AddedToken[]) => new AddedTokenSplitter(tokens, this.#normalize);
    this.#plain = splitter(added.filter(({ normalized }) => !normalized));
    this.#normalized = splitter(added.filter(({ normalized }) => normalized));
    const entries = [...this.#model.ids, ...added.map(({ content, id }) => [content, id] as const)];
    this.#ids = new Map(entries);
    this.#tokens = new Map(entries.map(([token, id]) => [id, token]));
  }

  /** One more than the highest id. */
  get size(): number {
    let highest = -1;
    for (const id of this.#tokens.keys()) highest = Math.max(highest, id);
    return highest + 1;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#tokens.get(id);
  }

  isSpecial(id: number): boolean {
    return this.#added.get(id)?.special === true;
  }

  encode(text: string): Encoded[] {
    return this.#plain.split(text).flatMap((found) => {
      if ('token' in found) return [encoded(found.token)];
      const normal = this.#normalize(found.text);
      return this.#normalized.split(normal).flatMap((part) => this.#encodePart(part, found.start === 0));
    });
  }

  #encodePart(part: Found, isFirst: boolean): Encoded[] {
    if ('token' in part) return [encoded(part.token)];
    const words = this.#preTokenize({ text: part.text, isFirst: isFirst && part.start === 0 });
    return words.flatMap(({ text }) => this.#model.encode(text));
  }

  /** The text of ids. Ids beyond the vocabulary have none. */
  decode(ids: readonly number[], skipSpecial: boolean): string {
    const said = ids.filter((id) => this.#tokens.has(id) && !(skipSpecial && this.isSpecial(id)));
    const texts = said.map((id) => this.#addedTexts.get(id) ?? this.#tokens.get(id)!);
    const added = new Set(texts.filter((_, i) => this.#addedTexts.has(said[i]!)));
    return this.#decode(texts, (text) => added.has(text)).join('');
  }

  /** The first special token that a text has written out, and where; undefined where it has none. */
  findSpecial(text: string): { readonly id: number; readonly start: number } | undefined {
    const found = this.#plain.split(text).find((part) => 'token' in part && part.token.special);
    return found && 'token' in found ? { id: found.token.id, start: found.start } : undefined;
  }
}

const encoded = ({ content, id }: AddedToken): Encoded => ({ token: content, id });
