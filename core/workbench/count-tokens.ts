import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describeModel } from '../model/model.ts';
import { Texts } from './texts.ts';

interface Reader {
  /** Of what was read, and when that was last changed. */
  readonly key: string;
  readonly texts: Texts;
  readonly context: number;
}

/** A count is asked for with every pause in typing, always of one model. */
let last: Reader | undefined;

/** Tokens of a prompt and of its completion, the end token included, and the most a model takes of both. */
export function countTokens(model: string, prompt: string, text: string) {
  const { texts, context } = readerOf(model);
  const { ids, start } = texts.answer(prompt, text);
  return { prompt: start, text: ids.length - start, context };
}

function readerOf(model: string): Reader {
  const changed = statSync(join(model, 'tokenizer.json'), { throwIfNoEntry: false })?.mtimeMs;
  const key = `${model} ${changed}`;
  if (last?.key !== key)
    last = { key, context: describeModel(model).config.context, texts: Texts.load(model) };
  return last;
}
