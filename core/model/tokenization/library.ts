/**
 * What is used of `@huggingface/tokenizers`: the algorithms of its models, its reading of Oniguruma's patterns, some
 * decoders. Its pre-tokenizers, its splitting at added tokens and others of its parts part from the reference library
 * (test/core/model/tokenization has the cases), so those are here beside it.
 */
import * as tokenizers from '@huggingface/tokenizers';

/** A model of tokenization: the tokens of words. Tokens it lacks are among them. */
export interface LibraryModel {
  (words: readonly string[]): string[];
  readonly tokens_to_ids: ReadonlyMap<string, number>;
}

interface LibraryDecoder {
  decode_chain(tokens: readonly string[]): string[];
}

/** The library's own declarations do not resolve under NodeNext. */
interface Library {
  readonly BPE: new (model: object) => LibraryModel;
  readonly Unigram: new (model: object) => LibraryModel;
  readonly WordPiece: new (model: object) => LibraryModel;
  readonly SplitPreTokenizer: new (part: object) => { readonly pattern: RegExp };
  readonly BPEDecoder: new (part: object) => LibraryDecoder;
  readonly StripDecoder: new (part: object) => LibraryDecoder;
  readonly WordPieceDecoder: new (part: object) => LibraryDecoder;
}

export const library = tokenizers as unknown as Library;
