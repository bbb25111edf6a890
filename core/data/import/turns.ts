/** Messages as data sets spell them: ShareGPT's {from, value} and OpenAI's {role, content}. */
import { DataError } from '../../contract/errors.ts';
import { promptOf, type Message } from '../conversation.ts';
import { checkText, scalarText, type Cells } from './cells.ts';
import { isObject } from './columns.ts';
import { kindOf } from './source.ts';

const roles: Record<string, string> = {
  human: 'user',
  prompter: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bot: 'assistant',
  ai: 'assistant',
  model: 'assistant',
};

/** A conversation: what came before, and the assistant's message that ends it, if one does. */
export interface Conversation {
  readonly before: readonly Message[];
  readonly reply: string | null;
}

/** The messages of a field, the `system` field's before them. */
export function conversationOf(cells: Cells, field: string): Conversation {
  const messages = [...systemOf(cells), ...messagesFrom(cells.list(field), cells.name(field))];
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return { before: messages, reply: null };
  return { before: messages.slice(0, -1), reply: last.text };
}

/** The message of the `system` field. */
export function systemOf(cells: Cells): Message[] {
  const text = cells.optional('system');
  return text === null ? [] : [{ role: 'system', text }];
}

/** Messages, less empty ones of the system. */
export function messagesFrom(list: readonly unknown[], what: string): Message[] {
  return list
    .map((value, i) => messageFrom(value, list.length > 1 ? `message ${i + 1} of ${what}` : what))
    .filter(({ role, text }) => role !== 'system' || text.trim() !== '');
}

/** The prompt that a conversation puts to the assistant. */
export function promptBefore(before: readonly Message[], what: string): string {
  if (!before.some(({ text }) => text.trim() !== ''))
    throw new DataError(`${what} holds nothing for the assistant to answer`);
  return checkText(promptOf(before), what);
}

function messageFrom(value: unknown, what: string): Message {
  if (!isObject(value)) throw new DataError(`${what} is ${kindOf(value)}, not a message`);
  const role = value['role'] ?? value['from'];
  if (typeof role !== 'string' || role.trim() === '')
    throw new DataError(`${what} has no speaker: it needs "role" or "from"`);
  const folded = role.trim().toLowerCase();
  return { role: roles[folded] ?? folded, text: contentOf(value['content'] ?? value['value'], what) };
}

/** Content may come in parts, of which only texts can be kept. */
function contentOf(content: unknown, what: string): string {
  if (!Array.isArray(content)) return scalarText(content, what);
  return content.map((part: unknown) => partText(part, what)).join('');
}

function partText(part: unknown, what: string): string {
  if (isObject(part) && typeof part['text'] === 'string') return checkText(part['text'], what);
  const type =
    isObject(part) && typeof part['type'] === 'string' ? `a part of type ${part['type']}` : 'a part';
  throw new DataError(`${what} holds ${type}, which is not text`);
}
