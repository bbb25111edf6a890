import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readBytes, readJson, writeFileAtomic } from '../data/files.ts';

/** What a tokenizer is made of, by the names of its files: JSON values, and the text of a template. */
export type TokenizerFiles = Readonly<Record<string, unknown>>;

export const TOKENIZER = 'tokenizer.json';
export const TOKENIZER_CONFIG = 'tokenizer_config.json';
export const SPECIAL_TOKENS = 'special_tokens_map.json';
export const GENERATION_CONFIG = 'generation_config.json';
export const MODEL_CONFIG = 'config.json';
export const TEMPLATE = 'chat_template.jinja';
export const TEMPLATE_JSON = 'chat_template.json';

/** A token as a configuration names it: its text, or an object around it. */
export const TokenName = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform(({ content }) => content),
]);

/** Files that are the tokenizer's own, beside its `tokenizer.json`. */
const OWN = [TOKENIZER_CONFIG, SPECIAL_TOKENS, GENERATION_CONFIG, TEMPLATE, TEMPLATE_JSON] as const;

/** GPT-2's own files: the vocabulary and the merges, by its names and by Hugging Face's. */
const PAIRS = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const;

/** Other layouts, none of which says all that a tokenizer does. */
const FOREIGN = [
  ['tokenizer.model', 'a SentencePiece or tiktoken model'],
  ['spiece.model', 'a SentencePiece model'],
  ['sentencepiece.bpe.model', 'a SentencePiece model'],
  ['tekken.json', 'a Tekken vocabulary'],
  ['tokenizer.tiktoken', 'a tiktoken vocabulary'],
  ['qwen.tiktoken', 'a tiktoken vocabulary'],
  ['vocab.txt', 'a WordPiece vocabulary'],
] as const;

/**
 * The files of a folder. Where it has GPT-2's `vocab.json` and `merges.txt` alone, a `tokenizer.json` is made of them.
 * Throws a `ModelError` where it has neither, saying what to do about other layouts.
 */
export function readTokenizerFiles(folder: string): TokenizerFiles {
  const has = (name: string) => existsSync(join(folder, name));
  const names = [...OWN, MODEL_CONFIG].filter(has);
  const others = Object.fromEntries(names.map((name) => [name, readFile(folder, name)]));
  const json = has(TOKENIZER) ? readJson(join(folder, TOKENIZER), ModelError) : gpt2(folder, others);
  return { ...ofGpt2(has(TOKENIZER), others), ...others, [TOKENIZER]: withAddedTokens(json, others) };
}

const readFile = (folder: string, name: string): unknown =>
  name === TEMPLATE
    ? readBytes(join(folder, name), ModelError).toString('utf8')
    : readJson(join(folder, name), ModelError);

/** Writes what the tokenizer's own files hold. */
export function writeTokenizerFiles(folder: string, files: TokenizerFiles): void {
  for (const name of [TOKENIZER, ...OWN].filter((name) => name in files)) {
    const value = files[name];
    writeFileAtomic(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value, null, 1));
  }
}

/** The same without a chat template: how a model reads text that was not taught with one. */
export function withoutChatTemplate(files: TokenizerFiles): TokenizerFiles {
  const kept = Object.entries(files).filter(([name]) => name !== TEMPLATE && name !== TEMPLATE_JSON);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === TOKENIZER_CONFIG ? untemplated(value) : value]),
  );
}

function untemplated(config: unknown): unknown {
  return Object.fromEntries(Object.entries(config as object).filter(([key]) => key !== 'chat_template'));
}

/** The vocabulary of a folder, to compare: two that read the same tokens have the same. */
export const vocabularyOf = (folder: string): string =>
  JSON.stringify((readTokenizerFiles(folder)[TOKENIZER] as { model?: unknown }).model);

const Declared = z.looseObject({
  tokenizer_class: z.string().nullish(),
  add_prefix_space: z.boolean().nullish(),
  added_tokens_decoder: z
    .record(z.string(), z.looseObject({ content: z.string() }))
    .optional()
    .catch(undefined),
});
const declaredIn = (files: TokenizerFiles) => Declared.safeParse(files[TOKENIZER_CONFIG]).data;

const Tokens = z.looseObject({ added_tokens: z.array(z.looseObject({ content: z.string() })).nullish() });

/** Tokens that were added in `tokenizer_config.json` alone, as Transformers adds them. */
function withAddedTokens(json: unknown, files: TokenizerFiles): unknown {
  const own = Tokens.safeParse(json).data;
  const declared = Object.entries(declaredIn(files)?.added_tokens_decoder ?? {});
  if (!own || declared.length === 0) return json;
  const known = new Set((own.added_tokens ?? []).map(({ content }) => content));
  const missing = declared.filter(([, { content }]) => !known.has(content));
  if (missing.length === 0) return json;
  const added = missing.map(([id, token]) => ({ ...token, id: Number(id) }));
  return { ...own, added_tokens: [...(own.added_tokens ?? []), ...added] };
}

/** Tokenizers that are GPT-2's by another vocabulary. */
const GPT2_CLASS = /^GPT2Tokenizer(?:Fast)?$/;
const GPT2_END = '<|endoftext|>';
const ModelType = z.looseObject({ model_type: z.string().optional() });

function gpt2(folder: string, files: TokenizerFiles): unknown {
  const pair = PAIRS.find((names) => names.every((name) => existsSync(join(folder, name))));
  if (!pair) throw absent(folder);
  const declared = declaredIn(files);
  const { model_type: family = 'gpt2' } = ModelType.safeParse(files[MODEL_CONFIG]).data ?? {};
  const kind =
    declared?.tokenizer_class ?? (family === 'gpt2' ? 'GPT2Tokenizer' : `the tokenizer of ${family}`);
  // Others keep their vocabularies in such files too, and split text into words by patterns of their own.
  if (!GPT2_CLASS.test(kind))
    throw new ModelError(
      `${folder} has ${pair.join(' and ')} but no ${TOKENIZER}, and is read by ${kind}, not by GPT-2's tokenizer: ${CONVERT}`,
    );
  const vocab = readJson(join(folder, pair[0]), ModelError);
  const lines = readBytes(join(folder, pair[1]), ModelError).toString('utf8').split(/\r?\n/);
  const merges = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  return gpt2Json(vocab, merges, declared?.add_prefix_space ?? false);
}

/** GPT-2's tokenizer as its `tokenizer.json` says it. */
function gpt2Json(vocab: unknown, merges: readonly string[], prefixed: boolean): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: prefixed, trim_offsets: true, use_regex: true };
  const end = (vocab as Record<string, unknown>)[GPT2_END];
  return {
    version: '1.0',
    added_tokens: end === undefined ? [] : [{ id: end, content: GPT2_END, special: true, normalized: false }],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: { ...byteLevel, add_prefix_space: true },
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges },
  };
}

/** GPT-2's files name no end of text: it has always been this one. */
const ofGpt2 = (hasJson: boolean, files: TokenizerFiles): TokenizerFiles =>
  hasJson || TOKENIZER_CONFIG in files ? {} : { [TOKENIZER_CONFIG]: { eos_token: GPT2_END } };

const CONVERT =
  'save it with tokenizer.json, as Transformers does: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)';

function absent(folder: string): ModelError {
  const foreign = FOREIGN.find(([name]) => existsSync(join(folder, name)));
  if (foreign)
    return new ModelError(`${folder} has ${foreign[1]} (${foreign[0]}) but no ${TOKENIZER}: ${CONVERT}`);
  return new ModelError(`${join(folder, TOKENIZER)} cannot be read: there is no such file; check the path`);
}
