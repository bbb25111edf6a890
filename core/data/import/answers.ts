/** Completions as data sets spell them: texts, messages, or whole conversations that end in one. */
import { DataError } from '../../contract/errors.ts';
import type { Message } from '../conversation.ts';
import { scalarText, textFrom, type Cells } from './cells.ts';
import { isObject } from './columns.ts';
import { messagesFrom, promptBefore, systemOf } from './turns.ts';

/** A completion and the messages that its own column puts before it. */
interface Answer {
  readonly before: readonly Message[];
  readonly text: string;
}

export interface Preference {
  readonly prompt: string;
  readonly completions: readonly [chosen: string, rejected: string];
}

/** The prompt of a field: text, or a conversation to go on from. */
export function promptFrom(cells: Cells): string {
  const name = cells.name('prompt');
  if (cells.value('prompt') === undefined) throw new DataError(`${name} is missing`);
  return promptBefore(contextOf(cells), name);
}

/** One completion: of white space perhaps, as a sampled one may be, but not empty. */
export function completionFrom(value: unknown, what: string): string {
  const { before, text } = answerFrom(value, what);
  if (before.length > 0) throw new DataError(`${what} holds more than one message`);
  return text;
}

function answerFrom(value: unknown, what: string): Answer {
  const messages = messagesOf(value, what);
  const text = messages ? messages.at(-1)!.text : scalarText(value, what);
  if (text === '') throw new DataError(`${what} is empty`);
  return { before: messages?.slice(0, -1) ?? [], text };
}

/** Two answers and what they answer: the prompt's column, the messages before both, or how both texts begin. */
export function preferenceFrom(cells: Cells): Preference {
  const [chosen, rejected] = ['chosen', 'rejected'].map((field) =>
    answerFrom(cells.value(field), cells.name(field)),
  ) as [Answer, Answer];
  const what = `what ${cells.name('chosen')} and ${cells.name('rejected')} answer`;
  if (!isEqual(chosen.before, rejected.before))
    throw new DataError(`${cells.name('chosen')} and ${cells.name('rejected')} follow different messages`);
  const before = joined(contextOf(cells), chosen.before);
  if (before.length === 0) return splitTranscripts(chosen.text, rejected.text);
  return { prompt: promptBefore(before, what), completions: [chosen.text, rejected.text] };
}

function contextOf(cells: Cells): Message[] {
  const value = cells.value('prompt');
  if (value === undefined) return systemOf(cells);
  const name = cells.name('prompt');
  const messages = messagesOf(value, name) ?? [{ role: 'user', text: textFrom(value, name) }];
  return [...systemOf(cells), ...messages];
}

function messagesOf(value: unknown, what: string): Message[] | undefined {
  if (isObject(value)) return messagesFrom([value], what);
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0) throw new DataError(`${what} is an empty list`);
  return messagesFrom(value, what);
}

/** Answers often repeat the messages of the prompt's column. */
function joined(context: readonly Message[], before: readonly Message[]): readonly Message[] {
  const repeated = before.slice(before.length - context.length);
  const repeats = isEqual(before.slice(0, context.length), context) || isEqual(repeated, context);
  return before.length > 0 && repeats ? before : [...context, ...before];
}

const CUE = 'Assistant:';

/** Two whole transcripts part after the last cue that they share. */
function splitTranscripts(chosen: string, rejected: string): Preference {
  let shared = 0;
  while (shared < chosen.length && chosen[shared] === rejected[shared]) shared++;
  const cue = chosen.slice(0, shared).lastIndexOf(CUE);
  if (cue < 0) throw new DataError('it has no prompt: choose the column that holds one');
  const end = cue + CUE.length;
  const completions = [chosen.slice(end), rejected.slice(end)] as const;
  if (completions.includes('')) throw new DataError('one of its completions is empty');
  return { prompt: chosen.slice(0, end), completions };
}

function isEqual(a: readonly Message[], b: readonly Message[]): boolean {
  return a.length === b.length && a.every(({ role, text }, i) => role === b[i]!.role && text === b[i]!.text);
}
