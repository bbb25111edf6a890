import { z } from 'zod';
import { library } from './library.ts';

/** Characters of words and white space as the reference's patterns have them; JavaScript's `\w` and `\s` differ. */
export const WORD = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;
export const SPACE = String.raw`\p{White_Space}`;

export const Pattern = z.union([z.looseObject({ String: z.string() }), z.looseObject({ Regex: z.string() })]);

/** A pattern of tokenizer.json, Oniguruma's or a text, as a global regular expression. */
export const compiled = (pattern: z.output<typeof Pattern>): RegExp =>
  new library.SplitPreTokenizer({ pattern }).pattern;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly matches: boolean;
}

export interface Piece {
  readonly text: string;
  /** Where it begins in what was split. */
  readonly start: number;
}

/** What becomes of what a pattern matches. */
export const Behavior = z.enum(['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']);
export type Behavior = z.output<typeof Behavior>;

const behaviors: Record<Behavior, (spans: Span[]) => Span[]> = {
  Removed: (spans) => spans.filter(({ matches }) => !matches),
  Isolated: (spans) => spans,
  Contiguous: (spans) => joined(spans, (span, before) => span.matches === before.matches),
  MergedWithPrevious: (spans) => joined(spans, (span, before) => span.matches && !before.matches),
  MergedWithNext: (spans) =>
    joined(spans.toReversed(), (span, after) => span.matches && !after.matches).reverse(),
};

/** Spans with those that belong to their neighbour made one with it, whichever side it is on. */
function joined(spans: readonly Span[], belongs: (span: Span, neighbour: Span) => boolean): Span[] {
  const all: Span[] = [];
  for (const [i, span] of spans.entries()) {
    const last = all.at(-1);
    const goesWithIt = last !== undefined && belongs(span, spans[i - 1]!);
    if (!goesWithIt) all.push(span);
    else
      all[all.length - 1] = {
        ...last,
        start: Math.min(last.start, span.start),
        end: Math.max(last.end, span.end),
      };
  }
  return all;
}

/** A text in pieces, none of them empty. `invert`: what lies between the matches counts as matched. */
export function split(text: string, pattern: RegExp, behavior: Behavior, invert = false): Piece[] {
  return behaviors[behavior](spansOf(text, pattern, invert))
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => ({ text: text.slice(start, end), start }));
}

function spansOf(text: string, pattern: RegExp, invert: boolean): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (index > end) spans.push({ start: end, end: index, matches: invert });
    end = index + match.length;
    spans.push({ start: index, end, matches: !invert });
  }
  if (end < text.length) spans.push({ start: end, end: text.length, matches: invert });
  return spans;
}
