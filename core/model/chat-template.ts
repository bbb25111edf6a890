import { z } from 'zod';
import { DataError, ModelError } from '../contract/errors.ts';
import type { Message } from '../data/conversation.ts';
import { parseTemplate, type Template } from './jinja.ts';
import {
  SPECIAL_TOKENS,
  TEMPLATE,
  TEMPLATE_JSON,
  TOKENIZER_CONFIG,
  TokenName,
  type TokenizerFiles,
} from './tokenizer-files.ts';

/** One template, or several by name. */
const Source = z
  .union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
  .nullish();

const Sources = z.looseObject({ chat_template: Source });

/** `auto`: the chat template where there is one; `none`: every text as it is written. */
export type ChatTemplateChoice = 'auto' | 'none';

export interface RenderOptions {
  /** End where the assistant is to go on. */
  readonly addGenerationPrompt: boolean;
}

/** What a template says of a conversation that it will not render. */
class Refusal extends Error {}

/**
 * The chat template of a model: how it reads a conversation as one text, with the tokens that part its turns. It
 * renders what Transformers' `apply_chat_template` does without tools.
 */
export class ChatTemplate {
  readonly #template: Template;
  readonly #specialTokens: Readonly<Record<string, string>>;
  readonly #where: string;

  /** Throws a `ModelError` where the text is no template. */
  constructor(source: string, specialTokens: Readonly<Record<string, string>>, where: string) {
    this.#where = where;
    this.#specialTokens = specialTokens;
    try {
      this.#template = parseTemplate(source);
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /** The template of a tokenizer's files; undefined where it has none. */
  static of(files: TokenizerFiles, where: string): ChatTemplate | undefined {
    const source = sourceIn(files, where);
    return source === undefined ? undefined : new ChatTemplate(source, specialTokensIn(files), where);
  }

  /**
   * The text of a conversation. Throws a `DataError` where the template refuses it, as some do roles that do not take
   * turns, and a `ModelError` where the template cannot be followed.
   */
  render(messages: readonly Message[], { addGenerationPrompt }: RenderOptions): string {
    try {
      return this.#template({
        ...FUNCTIONS,
        ...this.#specialTokens,
        messages: messages.map(({ role, text }) => ({ role, content: text })),
        add_generation_prompt: addGenerationPrompt,
        tools: null,
        documents: null,
      });
    } catch (error) {
      throw error instanceof Refusal ? this.#refused(messages, error.message) : this.#unusable(error);
    }
  }

  /** Whether it shows the model what a system message says. */
  get takesSystem(): boolean {
    const messages = [
      { role: 'system', text: PROBE },
      { role: 'user', text: 'a' },
    ];
    try {
      return this.render(messages, { addGenerationPrompt: true }).includes(PROBE);
    } catch {
      return false;
    }
  }

  #refused(messages: readonly Message[], why: string): DataError {
    const last = messages.at(-1)?.text ?? '';
    const shown = JSON.stringify(last.length > SHOWN ? `${last.slice(0, SHOWN)}…` : last);
    return new DataError(
      `the prompt that ends with ${shown} does not fit the chat template of ${this.#where}: ${why}; change its turns, or choose no chat template`,
    );
  }

  #unusable(error: unknown): ModelError {
    const why = error instanceof Error ? error.message : String(error);
    return new ModelError(
      `the chat template of ${this.#where} cannot be used: ${why}; mend it, or choose no chat template`,
      { cause: error },
    );
  }
}

/** Any text that a template shows as it is. */
const PROBE = 'answer';
/** Characters of a prompt that an error shows. */
const SHOWN = 60;

/** As Transformers looks for it: a file of its own goes before the configuration. */
function sourceIn(files: TokenizerFiles, where: string): string | undefined {
  if (typeof files[TEMPLATE] === 'string') return files[TEMPLATE];
  for (const file of [TOKENIZER_CONFIG, TEMPLATE_JSON]) {
    const result = Sources.safeParse(files[file] ?? {});
    if (!result.success)
      throw new ModelError(
        `${where}/${file}: "chat_template" is neither a template nor a list of them by name`,
      );
    const source = result.data.chat_template;
    if (typeof source === 'string') return source;
    const named = source?.find(({ name }) => name === 'default');
    if (named) return named.template;
  }
  return undefined;
}

/** Templates name the special tokens by their roles: `bos_token`, `eos_token` … */
function specialTokensIn(files: TokenizerFiles): Record<string, string> {
  const entries = [TOKENIZER_CONFIG, SPECIAL_TOKENS].flatMap((file) => Object.entries(files[file] ?? {}));
  return Object.fromEntries(
    entries.flatMap(([role, value]) => {
      const name = role.endsWith('_token') ? TokenName.safeParse(value).data : undefined;
      return name === undefined ? [] : [[role, name]];
    }),
  );
}

/**
 * Templates that write the day's date get the one that Llama 3's own fall back to: a clock would make other tokens of
 * the same prompt tomorrow, and no run could be done again.
 */
const DATE: Readonly<Record<string, string>> = {
  ...{ Y: '2024', m: '07', d: '26', y: '24', j: '208' },
  ...{ B: 'July', b: 'Jul', A: 'Friday', a: 'Fri' },
  ...{ H: '00', I: '12', M: '00', S: '00', p: 'AM', '%': '%' },
};

const FUNCTIONS = {
  raise_exception: (why: string): never => {
    throw new Refusal(why);
  },
  strftime_now: (format: string): string => format.replace(/%(.)/g, (code, key: string) => DATE[key] ?? code),
};
