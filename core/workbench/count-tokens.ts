import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describeModel } from '../model/model.ts';
import { Texts } from './texts.ts';

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
export function countTokens(model: string, prompt: string, text: string) {
  const { texts, context } = readerOf(model);
  const { ids, start } = texts.answer(prompt, text);
  return { prompt: start, text: ids.length - start, context };
}

function readerOf(model: string): Reader {
  const changed = statSync(join(model, 'tokenizer.json'), { throwIfNoEntry: false })?.mtimeMs;
  const key = String(changed);
  const known = readers.get(model);
  const reader =
    known?.key === key
      ? known
      : { key, context: describeModel(model).config.context, texts: Texts.load(model) };
  readers.delete(model);
  readers.set(model, reader);
  if (readers.size > MOST) readers.delete(readers.keys().next().value!);
  return reader;
}
