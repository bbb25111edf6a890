import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { ChatTemplate, type ChatTemplateChoice } from './chat-template.ts';
import { Pipeline } from './tokenization/pipeline.ts';
import {
  GENERATION_CONFIG,
  MODEL_CONFIG,
  readTokenizerFiles,
  SPECIAL_TOKENS,
  TOKENIZER,
  TOKENIZER_CONFIG,
  TokenName,
  withoutChatTemplate,
  writeTokenizerFiles,
  type TokenizerFiles,
} from './tokenizer-files.ts';

/** An id or several: any of several ends a text. */
const TokenIds = z.union([z.int().transform((id) => [id]), z.tuple([z.int()], z.int())]);

const Names = z.looseObject({
  eos_token: TokenName.nullish(),
  bos_token: TokenName.nullish(),
  pad_token: TokenName.nullish(),
  unk_token: TokenName.nullish(),
});

const Ids = z.looseObject({
  eos_token_id: TokenIds.nullish(),
  bos_token_id: TokenIds.nullish(),
  pad_token_id: TokenIds.nullish(),
});

const Adds = z.looseObject({ add_bos_token: z.boolean().nullish() });

const roles = ['eos', 'bos', 'pad'] as const;
type Role = (typeof roles)[number];

/** Where special tokens are named, and where their ids are: what comes first counts. */
const NAMING = [SPECIAL_TOKENS, TOKENIZER_CONFIG] as const;
const NUMBERING = [GENERATION_CONFIG, MODEL_CONFIG] as const;

/** Names that padding goes by in vocabularies whose configuration names none. */
const PADDING = ['<pad>', '[PAD]', '<|pad|>', '<|padding|>', '<|finetune_right_pad_id|>'];

export interface LoadOptions {
  /** `none`: as if it had no chat template; nor has what it then saves. */
  readonly chatTemplate?: ChatTemplateChoice;
}

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
  /** What a text ends with. */
  readonly eosId: number;
  /** All that end what a model writes, `eosId` first: models that converse end their turns with others too. */
  readonly endIds: readonly number[];
  readonly bosId: number | undefined;
  /** Whether a text begins with `bosId`, as Llama's do and GPT-2's do not. */
  readonly beginsTexts: boolean;
  /** How conversations are written; undefined where the model was not taught to converse. */
  readonly chatTemplate: ChatTemplate | undefined;
  /**
   * A token to fill with, other than the end of text wherever the vocabulary has one: the declared padding, a
   * token with a padding's name, or the unknown token. GPT-2's has none, and there it is `eosId`; so mask by
   * length, never by this id.
   */
  readonly padId: number;
  readonly #pipeline: Pipeline;
  readonly #where: string;
  readonly #files: TokenizerFiles;

  constructor(files: TokenizerFiles, where: string) {
    this.#files = files;
    this.#where = where;
    this.#pipeline = openPipeline(files[TOKENIZER], where);
    this.vocabularySize = this.#pipeline.size;
    this.eosId = this.#eos();
    this.endIds = this.#ends();
    this.bosId = this.#idOf('bos');
    this.padId = this.#pad();
    this.beginsTexts = this.#begins();
    this.chatTemplate = ChatTemplate.of(files, where);
  }

  /** Reads `tokenizer.json`, or GPT-2's own files, and those that name the special tokens and the chat template. */
  static load(folder: string, { chatTemplate = 'auto' }: LoadOptions = {}): Tokenizer {
    const files = readTokenizerFiles(folder);
    return new Tokenizer(chatTemplate === 'auto' ? files : withoutChatTemplate(files), folder);
  }

  /** A tokenizer of a `tokenizer.json` object, as `trainBpe` gives, and the names of its special tokens. */
  static of(
    json: object,
    special: { readonly eos: string; readonly bos?: string; readonly pad?: string },
  ): Tokenizer {
    const named = Object.entries(special).map(([role, name]) => [`${role}_token`, name] as const);
    const config = { ...Object.fromEntries(named), clean_up_tokenization_spaces: false };
    return new Tokenizer({ [TOKENIZER]: json, [TOKENIZER_CONFIG]: config }, 'this tokenizer');
  }

  /** Writes the tokenizer's own files into a model folder; the model's, such as `config.json`, are not its. */
  save(folder: string): void {
    mkdirSync(folder, { recursive: true });
    const carried = this.#numberedByModel();
    const generation = { ...(this.#files[GENERATION_CONFIG] as object | undefined), ...carried };
    const changed = Object.keys(carried).length > 0 ? { [GENERATION_CONFIG]: generation } : {};
    writeTokenizerFiles(folder, { ...this.#files, ...changed });
  }

  /**
   * The ids of a text, without special tokens of its own unless asked for. A special token written out in the
   * text becomes that token.
   */
  encode(text: string, { bos = false }: EncodeOptions = {}): Int32Array {
    const ids = this.#pipeline.encode(text).map(({ token, id }) => id ?? this.#missing(token));
    return Int32Array.from(bos ? [this.#requireBos(), ...ids] : ids);
  }

  /** The text of ids. Ids beyond the vocabulary, which a padded embedding can give, have none. */
  decode(ids: ArrayLike<number>, { skipSpecial = false }: DecodeOptions = {}): string {
    return this.#pipeline.decode(Array.from(ids), skipSpecial);
  }

  /** The first special token written out in a text, and where it begins; undefined where there is none. */
  findSpecial(text: string): { readonly id: number; readonly start: number } | undefined {
    return this.#pipeline.findSpecial(text);
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

  /** Those that `generation_config.json` or `config.json` lists; one beyond the vocabulary is never written. */
  #ends(): number[] {
    const ids = NUMBERING.map((file) => this.#numbersIn(file, 'eos_token_id')).find((ids) => ids.length > 0);
    const known = (ids ?? []).filter((id) => id < this.vocabularySize);
    return [...new Set([this.eosId, ...known])];
  }

  /** `add_bos_token` says so; where it is absent, what the post-processor puts before a text does. */
  #begins(): boolean {
    if (this.bosId === undefined) return false;
    const said = Adds.safeParse(this.#files[TOKENIZER_CONFIG]).data?.add_bos_token;
    const [first] = this.#pipeline.beginning;
    return said ?? (first !== undefined && this.#pipeline.idOf(first) === this.bosId);
  }

  #pad(): number {
    const candidates = [
      this.#idOf('pad'),
      ...PADDING.map((name) => this.#pipeline.idOf(name)),
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
      const id = this.#pipeline.idOf(name);
      if (id === undefined) throw new ModelError(`${where}: ${key} "${name}" is not in ${TOKENIZER}`);
      return id;
    }
    return undefined;
  }

  #numbered(key: `${Role}_token_id`): number | undefined {
    for (const file of NUMBERING) {
      const [id] = this.#numbersIn(file, key);
      if (id === undefined) continue;
      if (id >= this.vocabularySize)
        throw new ModelError(
          `${this.#where}/${file}: ${key} ${id} is beyond the vocabulary of ${this.vocabularySize}`,
        );
      return id;
    }
    return undefined;
  }

  /** The ids that `config.json` alone tells: it stays behind, so they go with the configuration of generation. */
  #numberedByModel(): Record<string, readonly number[] | number> {
    const entries = roles.flatMap((role) => {
      const key = `${role}_token_id` as const;
      const ids = this.#numbersIn(MODEL_CONFIG, key);
      const told = this.#numbersIn(GENERATION_CONFIG, key);
      const isKnown = told.length > 0 || ids.every((id) => id === this.#named(`${role}_token`));
      return isKnown ? [] : [[key, ids.length === 1 ? ids[0]! : ids] as const];
    });
    return Object.fromEntries(entries);
  }

  /** The ids a file gives for a role. -1 is how some models say there is none. */
  #numbersIn(file: (typeof NUMBERING)[number], key: `${Role}_token_id`): number[] {
    const ids = parse(Ids, this.#files[file] ?? {}, `${this.#where}/${file}`)[key] ?? [];
    return ids.filter((id) => id >= 0);
  }
}

function openPipeline(json: unknown, where: string): Pipeline {
  try {
    return new Pipeline(json);
  } catch (error) {
    throw new ModelError(`${where}/${TOKENIZER} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ModelError(`${where} is malformed: "${path.join('.')}" ${message}`);
}
