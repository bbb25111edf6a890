import { z } from 'zod';
import { toByteCharacters, WORDS } from './byte-level.ts';
import { makePart, maker, type Makers } from './parts.ts';
import { Behavior, compiled, Pattern, SPACE, split, WORD } from './patterns.ts';

/** A part of a text that is split into words; `isFirst`: the text begins with it. */
export interface Section {
  readonly text: string;
  readonly isFirst: boolean;
}

export type PreTokenize = (section: Section) => Section[];

/** Splits at a pattern; only the piece at the very beginning is still the first. */
const splitting =
  (pattern: RegExp, behavior: Behavior, invert = false): PreTokenize =>
  ({ text, isFirst }) =>
    split(text, pattern, behavior, invert).map((piece) => ({
      text: piece.text,
      isFirst: isFirst && piece.start === 0,
    }));

/** One after another, each on what the one before it left. */
const chained =
  (...parts: PreTokenize[]): PreTokenize =>
  (section) =>
    parts.reduce<Section[]>((sections, part) => sections.flatMap(part), [section]);

const SPACES = new RegExp(SPACE, 'gu');
const PUNCTUATION = /[\p{P}!-/:-@[-`{-~]/gu;
const REPLACED = '\u2581';

const None = z.looseObject({});

const preTokenizers: Makers<PreTokenize> = {
  Sequence: maker(z.looseObject({ pretokenizers: z.array(z.unknown()) }), ({ pretokenizers }) =>
    chained(...pretokenizers.map(makePreTokenizer)),
  ),
  Split: maker(
    z.looseObject({ pattern: Pattern, behavior: Behavior, invert: z.boolean().default(false) }),
    ({ pattern, behavior, invert }) => splitting(compiled(pattern), behavior, invert),
  ),
  Punctuation: maker(z.looseObject({ behavior: Behavior.default('Isolated') }), ({ behavior }) =>
    splitting(PUNCTUATION, behavior),
  ),
  Digits: maker(z.looseObject({ individual_digits: z.boolean() }), ({ individual_digits: individual }) =>
    splitting(/\p{N}/gu, individual ? 'Isolated' : 'Contiguous'),
  ),
  Whitespace: maker(None, () =>
    splitting(new RegExp(`[${WORD}]+|[^${WORD}${SPACE}]+`, 'gu'), 'Removed', true),
  ),
  WhitespaceSplit: maker(None, () => splitting(SPACES, 'Removed')),
  BertPreTokenizer: maker(None, () =>
    chained(splitting(SPACES, 'Removed'), splitting(PUNCTUATION, 'Isolated')),
  ),
  CharDelimiterSplit: maker(z.looseObject({ delimiter: z.string() }), ({ delimiter }) =>
    splitting(compiled({ String: delimiter }), 'Removed'),
  ),
  FixedLength: maker(z.looseObject({ length: z.int().min(1) }), ({ length }) =>
    splitting(new RegExp(`[^]{1,${length}}`, 'gu'), 'Isolated'),
  ),
  ByteLevel: maker(
    z.looseObject({ add_prefix_space: z.boolean(), use_regex: z.boolean().default(true) }),
    byteLevel,
  ),
  Metaspace: maker(
    z.looseObject({
      replacement: z.string().default(REPLACED),
      /** Before `prepend_scheme` there was this. */
      add_prefix_space: z.boolean().default(true),
      prepend_scheme: z.enum(['always', 'first', 'never']).optional(),
      split: z.boolean().default(true),
    }),
    ({ replacement, add_prefix_space: prefixed, prepend_scheme: scheme, split: isSplit }) =>
      metaspace(replacement, scheme ?? (prefixed ? 'always' : 'never'), isSplit),
  ),
};

interface ByteLevel {
  readonly add_prefix_space: boolean;
  readonly use_regex: boolean;
}

function byteLevel({ add_prefix_space: prefixed, use_regex: isSplit }: ByteLevel): PreTokenize {
  const parted: PreTokenize = isSplit ? splitting(WORDS, 'Isolated') : (section) => [section];
  return ({ text, isFirst }) =>
    parted({ text: prefixed && !text.startsWith(' ') ? ` ${text}` : text, isFirst }).map((word) => ({
      ...word,
      text: toByteCharacters(word.text),
    }));
}

/** Spaces become a visible character, of which one is put before all texts, the first or none. */
function metaspace(mark: string, scheme: 'always' | 'first' | 'never', isSplit: boolean): PreTokenize {
  const parted: PreTokenize = isSplit
    ? splitting(compiled({ String: mark }), 'MergedWithNext')
    : (section) => [section];
  return ({ text, isFirst }) => {
    const marked = text.replaceAll(' ', mark);
    const isPrefixed = scheme === 'always' || (scheme === 'first' && isFirst);
    return parted({ text: isPrefixed && !marked.startsWith(mark) ? mark + marked : marked, isFirst });
  };
}

/** Throws an `Error` that says what of it cannot be used. */
export const makePreTokenizer = (part: unknown): PreTokenize =>
  makePart('pre-tokenizer', preTokenizers, part);
