/** What lies beside the weights of an exported model: configurations and the tokenizer, as transformers reads them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../contract/errors.ts';
import { readJson, writeFileAtomic } from '../data/files.ts';
import type { Architecture } from './architecture.ts';
import { writeConfig } from './config-file.ts';
import {
  GENERATION_CONFIG,
  MODEL_CONFIG,
  readTokenizerFiles,
  TOKENIZER,
  TOKENIZER_CONFIG,
  writeTokenizerFiles,
} from './tokenizer-files.ts';

type Json = Readonly<Record<string, unknown>>;

/** Ids of special tokens by the names that configurations have for them; null says that there is none. */
export type SpecialIds = Partial<Record<'eos_token_id' | 'bos_token_id' | 'pad_token_id', number | null>>;

const readIfPresent = (path: string): Json => (existsSync(path) ? (readJson(path, ModelError) as Json) : {});

const writeJson = (path: string, json: object): void =>
  writeFileAtomic(path, `${JSON.stringify(json, null, 2)}\n`);

/** `json` with what it leaves open filled in. */
const filledIn = (json: Json, values: Json): Json => ({
  ...json,
  ...Object.fromEntries(Object.entries(values).filter(([name]) => (json[name] ?? null) === null)),
});

/** Fields that say of the folder it was what need not hold of the one it becomes. */
const stale = new Set(['_name_or_path', 'dtype', 'torch_dtype']);

/**
 * Writes the `config.json` of a folder for its model as it is exported. `torch_dtype` is the name that every version of
 * transformers reads; later ones say `dtype`.
 */
export function exportConfig(
  [from, to]: readonly [from: string, to: string],
  { config, head }: Architecture,
  special: SpecialIds,
  dtype: string,
): void {
  const carried = Object.entries(readIfPresent(join(from, MODEL_CONFIG))).filter(
    ([name]) => !stale.has(name),
  );
  writeJson(join(to, MODEL_CONFIG), {
    ...filledIn(Object.fromEntries(carried), { ...special }),
    // A classifier of transformers reads its score before the padding: what a folder said of that may not fit ours.
    ...(special.pad_token_id !== undefined && { pad_token_id: special.pad_token_id }),
    architectures: writeConfig(config, head)['architectures'],
    torch_dtype: dtype,
    ...(head === 'scalar' && { num_labels: 1, id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } }),
  });
}

/** Writes what a folder says of generation, with the special tokens where it does not name them. */
export function exportGeneration(from: string, to: string, special: SpecialIds): void {
  const json = filledIn(readIfPresent(join(from, GENERATION_CONFIG)), { ...special });
  if (Object.keys(json).length > 0) writeJson(join(to, GENERATION_CONFIG), json);
}

/** Whether a folder holds any tokenizer; weights can do without. */
export const hasTokenizer = (folder: string): boolean =>
  [TOKENIZER, 'vocab.json', 'encoder.json'].some((name) => existsSync(join(folder, name)));

/** Carries the tokenizer over, chat template and all; where it has no class of its own, `tokenizer.json` says it all. */
export function exportTokenizer(from: string, to: string): void {
  if (!hasTokenizer(from)) return;
  const files = readTokenizerFiles(from);
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(files[TOKENIZER_CONFIG] as Json | undefined),
  };
  writeTokenizerFiles(to, { ...files, [TOKENIZER_CONFIG]: config });
}
