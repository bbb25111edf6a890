import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describeModel } from '../model/model.ts';
import { TEMPLATE, TOKENIZER, TOKENIZER_CONFIG } from '../model/tokenizer-files.ts';
import { tokenizerFolder } from './sources.ts';
import { Texts, type TextOptions } from './texts.ts';

interface Reader {
  /** When what was read was last changed. */
  readonly key: string;
  readonly texts: Texts;
  readonly context: number;
}

/** A count is asked for with every pause in typing, and of a few models in turn: those that were used last. */
const readers = new Map<string, Reader>();
const MOST = 8;

/** Tokens of a prompt and of its completion, the end token included, and the most a model takes of both. */
export function countTokens(model: string, prompt: string, text: string, options: TextOptions = {}) {
  const { ids, start } = textsOf(model, options).answer(prompt, text);
  return { prompt: start, text: ids.length - start, context: readerOf(model).context };
}

/** How a model reads text. */
export const textsOf = (model: string, { chatTemplate = 'auto' }: TextOptions = {}): Texts =>
  readerOf(model).texts.reading(chatTemplate);

function readerOf(model: string): Reader {
  const folder = tokenizerFolder(model);
  const changed = (file: string) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs;
  const key = [TOKENIZER, TOKENIZER_CONFIG, TEMPLATE].map(changed).join(' ');
  const known = readers.get(model);
  const reader =
    known?.key === key
      ? known
      : { key, context: describeModel(model).config.context, texts: Texts.load(folder) };
  readers.delete(model);
  readers.set(model, reader);
  if (readers.size > MOST) readers.delete(readers.keys().next().value!);
  return reader;
}
