/** What one text has and lacks against another, in parts that can be read. */
import { diffWordsWithSpace } from 'diff';

export interface Part {
  readonly kind: 'same' | 'added' | 'lacking';
  readonly text: string;
}

/** Fewer equal words than this between two changes are part of the change. */
const ISLAND_WORDS = 3;
/** Below this share of equal words, the differences say nothing. */
const LEAST_ALIKE = 0.2;

/** The differences of `to` from `from`; null where the two have hardly anything in common. */
export function difference(from: string, to: string): Part[] | null {
  const parts = diffWordsWithSpace(from, to).map(({ value, added, removed }): Part => ({
    kind: added ? 'added' : removed ? 'lacking' : 'same',
    text: value,
  }));
  const merged = mergeIslands(parts);
  const same = wordsIn(merged.filter(({ kind }) => kind === 'same'));
  return same < LEAST_ALIKE * Math.max(words(from), words(to)) ? null : merged;
}

const words = (text: string): number => text.match(/\S+/g)?.length ?? 0;
const wordsIn = (parts: readonly Part[]): number => words(parts.map(({ text }) => text).join(' '));

/** Joins changes that only a few equal words keep apart: what is lacking first, then what is added. */
function mergeIslands(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  let lacking = '';
  let added = '';
  const close = () => {
    if (lacking) merged.push({ kind: 'lacking', text: lacking });
    if (added) merged.push({ kind: 'added', text: added });
    lacking = added = '';
  };
  parts.forEach(({ kind, text }, at) => {
    const isIsland = kind === 'same' && at > 0 && at < parts.length - 1 && words(text) < ISLAND_WORDS;
    if (kind === 'same' && !isIsland) {
      close();
      merged.push({ kind, text });
    } else {
      if (kind !== 'added') lacking += text;
      if (kind !== 'lacking') added += text;
    }
  });
  close();
  return merged;
}
