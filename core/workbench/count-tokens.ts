import { versionOfFolder } from '../data/files.ts';
import { describeModel } from '../model/model.ts';
import { tokenizerFolder } from './sources.ts';
import { Texts, type TextOptions } from './texts.ts';

interface Reader {
  /** What was in the folders that it was read from. */
  readonly version: string;
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
  const version = [model, folder].map(versionOfFolder).join('\n\n');
  const known = readers.get(model);
  const reader =
    known?.version === version
      ? known
      : { version, context: describeModel(model).config.context, texts: Texts.load(folder) };
  readers.delete(model);
  readers.set(model, reader);
  if (readers.size > MOST) readers.delete(readers.keys().next().value!);
  return reader;
}
