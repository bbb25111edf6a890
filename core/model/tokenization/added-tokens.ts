import { z } from 'zod';
import type { Normalize } from './normalizers.ts';
import { SPACE, WORD } from './patterns.ts';

export const AddedToken = z
  .looseObject({
    id: z.int().min(0),
    content: z.string(),
    single_word: z.boolean().default(false),
    lstrip: z.boolean().default(false),
    rstrip: z.boolean().default(false),
    special: z.boolean().default(false),
    normalized: z.boolean().optional(),
  })
  .transform((token) => ({ ...token, normalized: token.normalized ?? !token.special }));
export type AddedToken = z.output<typeof AddedToken>;

/** A token, or text that is none, and where it begins. */
export type Found = { readonly start: number } & ({ readonly token: AddedToken } | { readonly text: string });

interface Sought {
  readonly text: string;
  readonly token: AddedToken;
}

const IS_SPACE = new RegExp(SPACE, 'u');
const WORD_BEFORE = new RegExp(`[${WORD}]$`, 'u');
const WORD_AFTER = new RegExp(`^[${WORD}]`, 'u');

/** Finds tokens written out in a text: from the left, of those that begin at one place the longest. */
export class AddedTokenSplitter {
  /** By their first character, the longest first. */
  readonly #sought = new Map<string, Sought[]>();

  /** Tokens that stand for normalized text are sought as the normalizer would leave them. */
  constructor(tokens: readonly AddedToken[], normalize: Normalize) {
    for (const token of tokens) {
      const text = token.normalized ? normalize(token.content) : token.content;
      if (text === '') continue;
      const others = this.#sought.get(text[0]!) ?? [];
      this.#sought.set(text[0]!, [...others.filter((other) => other.text !== text), { text, token }]);
    }
    for (const sought of this.#sought.values()) sought.sort((a, b) => b.text.length - a.text.length);
  }

  split(text: string): Found[] {
    const found: Found[] = [];
    let end = 0;
    for (const { start, sought } of this.#matches(text)) {
      const { token } = sought;
      const stop = start + sought.text.length;
      if (token.single_word && !isWordApart(text, start, stop)) continue;
      const from = token.lstrip ? Math.max(end, spaceBefore(text, start)) : start;
      if (from > end) found.push({ start: end, text: text.slice(end, from) });
      found.push({ start: from, token });
      end = token.rstrip ? spaceAfter(text, stop) : stop;
    }
    if (end < text.length) found.push({ start: end, text: text.slice(end) });
    return found;
  }

  *#matches(text: string): Generator<{ start: number; sought: Sought }> {
    if (this.#sought.size === 0) return;
    for (let start = 0; start < text.length; start++) {
      const sought = this.#sought.get(text[start]!)?.find((each) => text.startsWith(each.text, start));
      if (!sought) continue;
      yield { start, sought };
      start += sought.text.length - 1;
    }
  }
}

/** A character is one or two units long. */
const isWordApart = (text: string, start: number, stop: number): boolean =>
  !WORD_BEFORE.test(text.slice(Math.max(0, start - 2), start)) &&
  !WORD_AFTER.test(text.slice(stop, stop + 2));

function spaceBefore(text: string, start: number): number {
  let from = start;
  while (from > 0 && IS_SPACE.test(text[from - 1]!)) from--;
  return from;
}

function spaceAfter(text: string, stop: number): number {
  let to = stop;
  while (to < text.length && IS_SPACE.test(text[to]!)) to++;
  return to;
}
