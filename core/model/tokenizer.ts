import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tokenizers from '@huggingface/tokenizers';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';

/** What is used of the library; its own declarations do not resolve under NodeNext. */
interface Library {
  encode(text: string, options: { add_special_tokens: boolean }): Encoding;
  decode(ids: readonly number[], options: LibraryDecodeOptions): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
}

interface Encoding {
  /** Undefined where the vocabulary has neither the token nor one for the unknown. */
  readonly ids: readonly (number | undefined)[];
  readonly tokens: readonly string[];
}

interface LibraryDecodeOptions {
  readonly skip_special_tokens: boolean;
  readonly clean_up_tokenization_spaces: boolean;
}

const { Tokenizer: Library } = tokenizers as unknown as {
  Tokenizer: new (tokenizer: object, configuration: object) => Library;
};

/** A token as a configuration names it: its text, or an object around it. */
const TokenName = z.union([z.string(), z.looseObject({ content: z.string() }).transform((t) => t.content)]);

/** An id, or several of which the first stands for all. */
const TokenId = z.union([z.int(), z.tuple([z.int()], z.int()).transform(([first]) => first)]);

const Names = z.looseObject({
  eos_token: TokenName.nullish(),
  bos_token: TokenName.nullish(),
  pad_token: TokenName.nullish(),
  unk_token: TokenName.nullish(),
});

const Ids = z.looseObject({
  eos_token_id: TokenId.nullish(),
  bos_token_id: TokenId.nullish(),
  pad_token_id: TokenId.nullish(),
});

const Vocabulary = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })).default([]),
  model: z.looseObject({ vocab: z.union([z.record(z.string(), z.int()), z.array(z.unknown())]) }),
});

type Role = 'eos' | 'bos' | 'pad';
type Files = Readonly<Record<string, unknown>>;

const TOKENIZER = 'tokenizer.json';
/** Where special tokens are named, and where their ids are: what comes first counts. */
const NAMING = ['special_tokens_map.json', 'tokenizer_config.json'] as const;
const NUMBERING = ['generation_config.json', 'config.json'] as const;

/** Names that padding goes by in vocabularies whose configuration names none. */
const PADDING = ['<pad>', '[PAD]', '<|pad|>', '<|padding|>', '<|finetune_right_pad_id|>'];

export interface EncodeOptions {
  /** Begin with the token that begins a text. */
  readonly bos?: boolean;
}

export interface DecodeOptions {
  /** Leave special tokens, such as the end of text, out. */
  readonly skipSpecial?: boolean;
}

/** Text to token ids and back, by a model folder's own vocabulary. */
export class Tokenizer {
  /** One more than the highest id. A model's embedding may have more rows, never fewer. */
  readonly vocabularySize: number;
  readonly eosId: number;
  readonly bosId: number | undefined;
  /**
   * A token to fill with, other than the end of text wherever the vocabulary has one: the declared padding, a
   * token with a padding's name, or the unknown token. GPT-2's has none, and there it is `eosId`; so mask by
   * length, never by this id.
   */
  readonly padId: number;
  readonly #library: Library;
  readonly #where: string;
  /** The JSON files it was made of, by name. */
  readonly #files: Files;

  constructor(files: Files, where: string) {
    this.#files = files;
    this.#where = where;
    const vocabulary = parse(Vocabulary, files[TOKENIZER], `${where}/${TOKENIZER}`);
    this.vocabularySize = 1 + highestId(vocabulary);
    this.#library = openLibrary(files, where);
    this.eosId = this.#eos();
    this.bosId = this.#idOf('bos');
    this.padId = this.#pad();
  }

  /** Reads `tokenizer.json` and, where present, the files that name the special tokens. */
  static load(folder: string): Tokenizer {
    const present = [...NAMING, ...NUMBERING].filter((name) => existsSync(join(folder, name)));
    const read = (name: string) => [name, readJson(join(folder, name), ModelError)] as const;
    return new Tokenizer(Object.fromEntries([TOKENIZER, ...present].map(read)), folder);
  }

  /** A tokenizer of a `tokenizer.json` object, as `trainBpe` gives, and the names of its special tokens. */
  static of(
    json: object,
    special: { readonly eos: string; readonly bos?: string; readonly pad?: string },
  ): Tokenizer {
    const named = Object.entries(special).map(([role, name]) => [`${role}_token`, name] as const);
    const config = { ...Object.fromEntries(named), clean_up_tokenization_spaces: false };
    return new Tokenizer({ [TOKENIZER]: json, 'tokenizer_config.json': config }, 'this tokenizer');
  }

  /** Writes the tokenizer's own files into a model folder; the model's, such as `config.json`, are not its. */
  save(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const name of [TOKENIZER, ...NAMING])
      if (name in this.#files)
        writeFileAtomic(join(folder, name), JSON.stringify(this.#files[name], null, 1));
  }

  /**
   * The ids of a text, without special tokens of its own unless asked for. A special token written out in the
   * text becomes that token.
   */
  encode(text: string, { bos = false }: EncodeOptions = {}): Int32Array {
    const { ids, tokens } = this.#library.encode(text, { add_special_tokens: false });
    const known = ids.map((id, i) => id ?? this.#missing(tokens[i]!));
    return Int32Array.from(bos ? [this.#requireBos(), ...known] : known);
  }

  /** The text of ids. Ids beyond the vocabulary, which a padded embedding can give, have none. */
  decode(ids: ArrayLike<number>, { skipSpecial = false }: DecodeOptions = {}): string {
    const known = Array.from(ids).filter((id) => this.#library.id_to_token(id) !== undefined);
    if (known.length === 0) return '';
    // Cleaning up would move spaces: text has to come back as it went in.
    const options = { skip_special_tokens: skipSpecial, clean_up_tokenization_spaces: false };
    return this.#library.decode(known, options);
  }

  /** The text that `ids` add to that of the tokens before them, special tokens left out. */
  continuation(before: ArrayLike<number>, ids: ArrayLike<number>): string {
    const decode = (all: ArrayLike<number>) => this.decode(all, { skipSpecial: true });
    const start = decode(before);
    const whole = decode([...Array.from(before), ...Array.from(ids)]);
    return whole.startsWith(start) ? whole.slice(start.length) : decode(ids);
  }

  #missing(token: string): never {
    throw new ModelError(`${this.#where} has no token for "${token}" and none for the unknown`);
  }

  #requireBos(): number {
    if (this.bosId !== undefined) return this.bosId;
    throw new ModelError(`${this.#where} names no token that begins a text: add "bos_token" to it`);
  }

  #eos(): number {
    const id = this.#idOf('eos');
    if (id !== undefined) return id;
    throw new ModelError(`${this.#where} names no end of text: add "eos_token" to its tokenizer_config.json`);
  }

  #pad(): number {
    const candidates = [
      this.#idOf('pad'),
      ...PADDING.map((name) => this.#library.token_to_id(name)),
      this.#named('unk_token'),
    ];
    return candidates.find((id) => id !== undefined && id !== this.eosId) ?? this.eosId;
  }

  #idOf(role: Role): number | undefined {
    return this.#named(`${role}_token`) ?? this.#numbered(`${role}_token_id`);
  }

  /** The id of the token a file names for a role; a name that the vocabulary lacks is an error. */
  #named(key: `${Role}_token` | 'unk_token'): number | undefined {
    for (const file of NAMING) {
      const where = `${this.#where}/${file}`;
      const name = parse(Names, this.#files[file] ?? {}, where)[key];
      if (name === undefined || name === null) continue;
      const id = this.#library.token_to_id(name);
      if (id === undefined) throw new ModelError(`${where}: ${key} "${name}" is not in ${TOKENIZER}`);
      return id;
    }
    return undefined;
  }

  #numbered(key: `${Role}_token_id`): number | undefined {
    for (const file of NUMBERING) {
      const where = `${this.#where}/${file}`;
      const id = parse(Ids, this.#files[file] ?? {}, where)[key];
      // -1 is how some models say there is none.
      if (id === undefined || id === null || id < 0) continue;
      if (id >= this.vocabularySize)
        throw new ModelError(`${where}: ${key} ${id} is beyond the vocabulary of ${this.vocabularySize}`);
      return id;
    }
    return undefined;
  }
}

function openLibrary(files: Files, where: string): Library {
  const absent = {
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    added_tokens: [],
  };
  try {
    return new Library({ ...absent, ...(files[TOKENIZER] as object) }, files['tokenizer_config.json'] ?? {});
  } catch (error) {
    throw new ModelError(`${where}/${TOKENIZER} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function highestId({ added_tokens: added, model: { vocab } }: z.infer<typeof Vocabulary>): number {
  const ids = Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab);
  return [...ids, ...added.map(({ id }) => id)].reduce((a, b) => Math.max(a, b), -1);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ModelError(`${where} is malformed: "${path.join('.')}" ${message}`);
}
