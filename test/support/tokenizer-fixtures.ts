/** Tokenizers of every kind with the ids that the reference library gives: test/bench/peers/tokenizers_fixtures.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/tokenizers');

const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

interface Case {
  readonly model: string;
  readonly changes: object;
  readonly added_tokens: readonly object[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly post_processor: object | null;
  readonly decoder: object | null;
  /** What a text that says nothing is. */
  readonly begins: readonly number[];
  /** Of every text. */
  readonly ids: readonly (readonly number[])[];
  readonly decoded: readonly string[];
  /** Without special tokens. */
  readonly plain: readonly string[];
}

type Rendered = { readonly text: string; readonly ids: readonly number[] } | { readonly refused: string };

interface Chats {
  /** The tokenizer that reads them. */
  readonly case: string;
  readonly special: Readonly<Record<string, string>>;
  readonly chats: readonly {
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    /** With the generation prompt. */
    readonly prompt: Rendered;
    /** With an answer, and no generation prompt. */
    readonly whole: Readonly<Record<string, Rendered>>;
  }[];
}

export const texts = read('texts.json') as string[];
export const cases = read('cases.json') as Readonly<Record<string, Case>>;
export const chats = read('chats.json') as Readonly<Record<string, Chats>>;
const models = read('models.json') as Readonly<Record<string, object>>;

/** The tokenizer.json of a case, and of one that is told by its parts. */
export const jsonOf = ({ model, changes, ...parts }: Case) => ({
  version: '1.0',
  added_tokens: parts.added_tokens,
  normalizer: parts.normalizer,
  pre_tokenizer: parts.pre_tokenizer,
  post_processor: parts.post_processor,
  decoder: parts.decoder,
  model: { ...models[model], ...changes } as Record<string, unknown>,
});

export const templateOf = (name: string): string =>
  readFileSync(join(folder, 'templates', `${name}.jinja`), 'utf8');
