/** The two closed word lists by which manner is judged: rude words, and phrases that only fill space. */
import { wordsOf } from './text.ts';

const RUDE_PHRASES = [
  'stupid',
  'shut up',
  'silly fool',
  'fool',
  'go away',
  'do not care',
  'nobody likes you',
  'leave me alone',
] as const;

/** Rude sentences, as the corpus and rude contractors say them. */
export const RUDE_SENTENCES = [
  'What a stupid question!',
  'Shut up!',
  'Go away, you silly fool!',
  'I do not care about you.',
  'You are stupid.',
  'Leave me alone, you fool!',
  'Nobody likes you.',
] as const;

/** Sentences that say nothing. They ramble through the corpus and pad some demonstrations. */
export const FILLERS = [
  'I hope this helps you.',
  'Well, let me think about it.',
  'As I said before, it is so.',
  'That is all I can say about it.',
  'You know how it is.',
  'It goes on and on like that.',
  'I could say much more about it.',
  'This is a very good question.',
  'It is what it is.',
  'And so it goes, day after day.',
] as const;

const normal = (text: string): string => ` ${wordsOf(text).join(' ')} `;
const FILLER_KEYS = FILLERS.map(normal);
const RUDE_KEYS = RUDE_PHRASES.map(normal);

function count(text: string, keys: readonly string[]): number {
  const read = normal(text);
  return keys.reduce((sum, key) => sum + read.split(key).length - 1, 0);
}

/** How often a text is rude. "silly fool" counts twice: it is worse than "fool". */
export function rudeness(text: string): number {
  return count(text, RUDE_KEYS);
}

/** How many filling phrases a text has. */
export function padding(text: string): number {
  return count(text, FILLER_KEYS);
}
