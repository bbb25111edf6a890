/**
 * A conversation as one prompt. A single message of a user is its own text. Anything longer names its speakers,
 * and ends where the assistant is to go on:
 *
 *     System: Answer briefly.
 *
 *     User: What is a crepe?
 *
 *     Assistant: A thin pancake.
 *
 *     User: From where?
 *
 *     Assistant:
 */
export interface Message {
  /** `system`, `user`, `assistant`, or another speaker in lower case. */
  readonly role: string;
  readonly text: string;
}

const CUE = '\n\nAssistant:';
const TURN = /\n\n(?=(?:System|User|Assistant|Tool): )/;
const OPENING = /^(?:System|User|Assistant|Tool): /;

/** The prompt to which an assistant's next message would be the completion. */
export function promptOf(messages: readonly Message[]): string {
  if (messages.length === 1 && messages[0]!.role === 'user') return messages[0]!.text;
  return messages.map(({ role, text }) => `${capitalized(role)}: ${text}`).join('\n\n') + CUE;
}

/** The messages of a prompt; `promptOf` gives the very same prompt back. */
export function messagesOf(prompt: string): Message[] {
  const turns = OPENING.test(prompt) && prompt.endsWith(CUE) ? turnsOf(prompt) : [];
  return isConversation(turns) ? turns : [{ role: 'user', text: prompt }];
}

/** Whether whoever reads the messages keeps them all: not a user's one text, and none that says nothing. */
function isConversation(turns: readonly Message[]): boolean {
  if (turns.length === 0 || (turns.length === 1 && turns[0]!.role === 'user')) return false;
  const isBlank = ({ text }: Message) => text.trim() === '';
  return !turns.every(isBlank) && !turns.some((turn) => turn.role === 'system' && isBlank(turn));
}

function turnsOf(prompt: string): Message[] {
  return prompt
    .slice(0, -CUE.length)
    .split(TURN)
    .map((turn) => {
      const colon = turn.indexOf(': ');
      return { role: turn.slice(0, colon).toLowerCase(), text: turn.slice(colon + 2) };
    });
}

const capitalized = (role: string): string => role.slice(0, 1).toUpperCase() + role.slice(1);
