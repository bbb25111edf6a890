import { existsSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../contract/errors.ts';
import { readJson } from '../data/files.ts';
import { Tokenizer } from '../model/tokenizer.ts';
import { joinDocuments } from '../training/pretrain.ts';
import { join, type Sequence } from '../training/sequences.ts';

/**
 * Text to the tokens of a model and back: the one place that knows how a prompt begins, how a completion goes on
 * and how it ends.
 */
export class Texts {
  readonly tokenizer: Tokenizer;
  /** Whether a text begins with a token of its own, as Llama's do and GPT-2's do not. */
  readonly bos: boolean;

  constructor(tokenizer: Tokenizer, bos: boolean) {
    this.tokenizer = tokenizer;
    this.bos = bos;
  }

  /** The tokenizer of a model folder. */
  static load(folder: string): Texts {
    if (!existsSync(folder)) throw new ModelError(`${folder} does not exist; give the folder of a model`);
    const tokenizer = Tokenizer.load(folder);
    return new Texts(tokenizer, tokenizer.bosId !== undefined && beginsTexts(folder));
  }

  prompt(text: string): Int32Array {
    return this.tokenizer.encode(text, { bos: this.bos });
  }

  /** A prompt and its completion, the end token after it unless it is there or the completion was cut off. */
  answer(prompt: string, completion: string, ended = true): Sequence {
    const start = this.prompt(prompt);
    const ids = this.#continuation(start, prompt, completion);
    const complete = !ended || ids.at(-1) === this.tokenizer.eosId;
    return join(start, complete ? ids : Int32Array.from([...ids, this.tokenizer.eosId]));
  }

  /**
   * The tokens that a completion adds to its prompt. Some tokenizers put a space before every text, so it is read
   * together with the prompt; where the two would share a token it is read alone, as a model would write it.
   */
  #continuation(start: Int32Array, prompt: string, completion: string): Int32Array {
    const whole = this.prompt(prompt + completion);
    const goesOn = start.every((id, i) => whole[i] === id);
    return goesOn ? whole.slice(start.length) : this.tokenizer.encode(completion);
  }

  /** Documents as one array of tokens, an end token after each. */
  documents(texts: readonly string[]): Int32Array {
    return joinDocuments(texts, this.tokenizer, { bos: this.bos });
  }
}

/** Tokens cut into sequences of at most `length`; of a rest of one token nothing could be predicted. */
export function cutIntoWindows(tokens: Int32Array, length: number): Sequence[] {
  return Array.from({ length: Math.ceil(tokens.length / length) }, (_, i) => ({
    ids: tokens.slice(i * length, (i + 1) * length),
    start: 1,
  })).filter(({ ids }) => ids.length > 1);
}

const TokenizerConfig = z.looseObject({ add_bos_token: z.boolean().nullish() });

/** What a tokenizer puts around a text, as far as it tells whether something comes before it. */
const PostProcessor = z.looseObject({
  post_processor: z
    .looseObject({ single: z.array(z.looseObject({})).optional() })
    .nullish()
    .catch(undefined),
});

/** `add_bos_token` says so; where it is absent, the template in `tokenizer.json` does. */
function beginsTexts(folder: string): boolean {
  const file = joinPath(folder, 'tokenizer_config.json');
  const config = existsSync(file) ? TokenizerConfig.safeParse(readJson(file, ModelError)).data : undefined;
  if (typeof config?.add_bos_token === 'boolean') return config.add_bos_token;
  const tokenizer = PostProcessor.safeParse(readJson(joinPath(folder, 'tokenizer.json'), ModelError)).data;
  const first = tokenizer?.post_processor?.single?.[0];
  return first !== undefined && 'SpecialToken' in first;
}
