/**
 * Text helpers of the starter world: a tiny template language, and the reading of words and sentences.
 *
 * A template has choices `[red|blue]`, which may nest, and slots `{hero}`. A slot with a capital, `{Hero}`, is
 * filled from the same key in lower case. Articles and capitals are put right after filling.
 */
import type { RandomStream } from '../data/random.ts';

export type Slots = Readonly<Record<string, string>>;

/** Fills a template: choices first, then slots, then articles and capitals. */
export function render(stream: RandomStream, template: string, slots: Slots = {}): string {
  return tidy(fill(choose(stream, template), slots));
}

/** Resolves the choices of a template and leaves its slots alone. */
export function choose(stream: RandomStream, template: string): string {
  let text = template;
  while (text.includes('[')) {
    text = text.replace(/\[([^[\]]*)\]/g, (_, options: string) => stream.pick(options.split('|')));
  }
  return text;
}

export function fill(template: string, slots: Slots): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = slots[key] ?? slots[key.toLowerCase()];
    if (value === undefined) throw new Error(`The template "${template}" has no slot "${key}".`);
    return key in slots ? value : capitalise(value);
  });
}

/** Chooses "a" or "an", starts sentences with a capital, and closes doubled spaces. */
export function tidy(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/\b([Aa])n? (?=[A-Za-z])(?![aeiouAEIOU])/g, '$1 ')
    .replace(/\b([Aa]) (?=[aeiou])/g, '$1n ')
    .replace(
      /(^|[.!?] |\n|"(?=[^"]*[ .!?][^"]*"))([a-z])/g,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    )
    .trim();
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "apples, pears and plums". */
export function listing(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

export function numberWord(n: number): string {
  return NUMBERS[n] ?? String(n);
}

/** The words of a text in lower case, without punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z']*[a-z]|\d+/g) ?? [];
}

/** The sentences of a text. A line break also ends a sentence. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?]"?)\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[a-z]/i.test(sentence));
}

/** Whether a phrase stands in a text as whole words, in any case. */
export function contains(text: string, phrase: string): boolean {
  return ` ${wordsOf(text).join(' ')} `.includes(` ${wordsOf(phrase).join(' ')} `);
}

/** Draws from `[weight, item]` rows in proportion to the weights. */
export function weighted<T>(stream: RandomStream, rows: readonly (readonly [number, T])[]): T {
  const total = rows.reduce((sum, [weight]) => sum + weight, 0);
  let left = stream.uniform() * total;
  for (const [weight, item] of rows) if ((left -= weight) < 0) return item;
  return rows.at(-1)![1];
}

/** Some distinct items in random order. */
export function some<T>(stream: RandomStream, items: readonly T[], count: number): T[] {
  return stream.shuffle(items).slice(0, count);
}
