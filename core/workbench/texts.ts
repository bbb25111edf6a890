import { existsSync } from 'node:fs';
import { ModelError } from '../contract/errors.ts';
import { messagesOf, type Message } from '../data/conversation.ts';
import type { ChatTemplate, ChatTemplateChoice } from '../model/chat-template.ts';
import { Tokenizer, type LoadOptions } from '../model/tokenizer.ts';
import { joinDocuments } from '../training/pretrain.ts';
import { join, type Sequence } from '../training/sequences.ts';

export type TextOptions = LoadOptions;

/** How the assistant's turn is closed: some text, and the token that ends it. */
interface Closing {
  readonly text: string;
  readonly endToken: number;
  /** All that a template writes after an answer; generation ends before what follows the end token. */
  readonly written: string;
}

/**
 * Text to the tokens of a model and back: the one place that knows how a prompt begins, a completion goes on and how
 * it ends. With a chat template a prompt is its conversation as the template writes it, up to where the assistant is to
 * go on, and a completion is what the template makes of the assistant's turn, up to the token that ends it.
 */
export class Texts {
  readonly tokenizer: Tokenizer;
  /** Whether a text begins with a token of its own. A chat template says itself what a prompt begins with. */
  readonly bos: boolean;
  readonly chatTemplate: ChatTemplate | undefined;
  readonly #closing: Closing;

  /** Throws a `ModelError` where the chat template cannot be used. */
  constructor(tokenizer: Tokenizer, chatTemplate?: ChatTemplate) {
    this.tokenizer = tokenizer;
    this.bos = tokenizer.beginsTexts;
    this.chatTemplate = chatTemplate;
    this.#closing = chatTemplate
      ? closingOf(chatTemplate, tokenizer)
      : { text: '', written: '', endToken: tokenizer.eosId };
  }

  /** The tokenizer of a model folder, and its chat template unless that is not wanted. */
  static load(folder: string, options: TextOptions = {}): Texts {
    if (!existsSync(folder)) throw new ModelError(`${folder} does not exist; give the folder of a model`);
    const tokenizer = Tokenizer.load(folder, options);
    return new Texts(tokenizer, tokenizer.chatTemplate);
  }

  /** The same tokenizer by another choice. */
  reading(choice: ChatTemplateChoice): Texts {
    return new Texts(this.tokenizer, choice === 'auto' ? this.tokenizer.chatTemplate : undefined);
  }

  /** Tokens that end what a model writes; with the first a finished answer is closed. */
  get endTokens(): readonly number[] {
    return [...new Set([this.#closing.endToken, ...this.tokenizer.endIds])];
  }

  /** Throws a `DataError` naming the prompt where the chat template refuses its turns. */
  prompt(text: string): Int32Array {
    return this.#begin(this.#written(messagesOf(text), text));
  }

  /** A prompt and its completion, its end after it unless it is there or the completion was cut off. */
  answer(prompt: string, completion: string, ended = true): Sequence {
    const messages = messagesOf(prompt);
    const written = this.#written(messages, prompt);
    const start = this.#begin(written);
    const said = ended ? this.#turn(messages, completion) : completion;
    const ids = this.#continuation(start, written, said);
    const { endToken } = this.#closing;
    const complete = !ended || ids.at(-1) === endToken;
    return join(start, complete ? ids : Int32Array.from([...ids, endToken]));
  }

  /** Documents as one array of tokens, an end token after each. */
  documents(texts: readonly string[]): Int32Array {
    return joinDocuments(texts, this.tokenizer, { bos: this.bos });
  }

  /** A prompt as the model reads it. */
  #written(messages: readonly Message[], prompt: string): string {
    return this.chatTemplate?.render(messages, { addGenerationPrompt: true }) ?? prompt;
  }

  /** The template writes the token that begins a text where there is to be one: the tokenizer must not add another. */
  #begin(written: string): Int32Array {
    return this.tokenizer.encode(written, { bos: this.bos && !this.chatTemplate });
  }

  /**
   * What a finished answer adds to its prompt, without its end token. Where a template writes earlier turns otherwise
   * once there is an answer, it is what the answer adds to another conversation. Where it never goes on from what it
   * prompts with, the answer follows the prompt as it is, for that is what the model is asked to go on from.
   */
  #turn(messages: readonly Message[], completion: string): string {
    const added = this.#added(messages, completion) ?? this.#added([QUESTION], completion);
    return (added ?? completion) + this.#closing.text;
  }

  /** A conversation with an answer less the one without it; undefined where it does not begin so. */
  #added(messages: readonly Message[], completion: string): string | undefined {
    if (!this.chatTemplate) return undefined;
    const turn = { role: 'assistant', text: completion };
    const prompt = this.chatTemplate.render(messages, { addGenerationPrompt: true });
    const whole = this.chatTemplate.render([...messages, turn], { addGenerationPrompt: false });
    const end = whole.length - this.#closing.written.length;
    const goesOn = end >= prompt.length && whole.startsWith(prompt) && whole.endsWith(this.#closing.written);
    return goesOn ? whole.slice(prompt.length, end) : undefined;
  }

  /**
   * The tokens that a completion adds to its prompt. Some tokenizers put a space before every text, so it is read
   * together with the prompt; where the two would share a token it is read alone, as a model would write it.
   */
  #continuation(start: Int32Array, written: string, said: string): Int32Array {
    const whole = this.#begin(written + said);
    const goesOn = start.every((id, i) => whole[i] === id);
    return goesOn ? whole.slice(start.length) : this.tokenizer.encode(said);
  }
}

/** Any turns: how an answer is closed does not depend on what it says. */
const QUESTION: Message = { role: 'user', text: 'question' };
const ANSWER: Message = { role: 'assistant', text: 'answer' };

/** How a template closes the assistant's turn: with the first special token after the answer, or with none of its own. */
function closingOf(template: ChatTemplate, tokenizer: Tokenizer): Closing {
  const whole = template.render([QUESTION, ANSWER], { addGenerationPrompt: false });
  const at = whole.lastIndexOf(ANSWER.text);
  const written = at < 0 ? '' : whole.slice(at + ANSWER.text.length);
  const special = tokenizer.findSpecial(written);
  if (!special) return { text: '', written, endToken: tokenizer.eosId };
  return { text: written.slice(0, special.start), written, endToken: special.id };
}

/** Tokens cut into sequences of at most `length`; of a rest of one token nothing could be predicted. */
export function cutIntoWindows(tokens: Int32Array, length: number): Sequence[] {
  return Array.from({ length: Math.ceil(tokens.length / length) }, (_, i) => ({
    ids: tokens.slice(i * length, (i + 1) * length),
    start: 1,
  })).filter(({ ids }) => ids.length > 1);
}
