/** How far a text does what a task needs, one need at a time. */
import type { Claim } from './claims.ts';
import { claims } from './claims.ts';
import { narrativeShare } from './stories.ts';
import type { Need } from './task.ts';
import { isNamed } from './task.ts';
import { contains, sentencesOf, wordsOf } from './text.ts';
import { entity } from './world.ts';

type NeedOf<T extends Need['type']> = Extract<Need, { type: T }>;

/** What an answer of the right form but with a wrong fact is worth here; `truthful` takes the rest. */
const WRONG_CLAIM = 0.35;
/** What it is worth to be about the right subject and say nothing asked for. */
const ON_TOPIC = 0.15;
/** What the right value is worth outside a sentence that states it. */
const BARE_VALUE = 0.5;

const share = (items: readonly string[], text: string): number =>
  items.filter((item) => isNamed(item, text)).length / items.length;

const RULES: { readonly [T in Need['type']]: (need: NeedOf<T>, text: string) => number } = {
  mentions: ({ words }, text) => share(words, text),
  claims: claimed,
  members({ of, not, count }, text) {
    const found = of.filter((name) => isNamed(name, text)).length;
    const wrong = not.filter((name) => isNamed(name, text)).length;
    return found === 0 ? 0 : (Math.min(1, found / count) * found) / (found + wrong);
  },
  phrases: ({ any, count }, text) =>
    Math.min(1, any.filter((phrase) => contains(text, phrase)).length / count),
  choice({ accept, reject }, text) {
    const isRight = accept.some((phrase) => isNamed(phrase, text));
    const isWrong = reject.some((phrase) => isNamed(phrase, text));
    return isRight ? (isWrong ? 0.3 : 1) : isWrong ? ON_TOPIC : 0;
  },
  target: ({ texts }, text) =>
    Math.max(...texts.map((target) => overlap(wordsOf(target), wordsOf(text)) ** 3)),
  narrative({ sentences }, text) {
    const told = sentencesOf(text);
    return narrativeShare(told) * Math.min(1, told.length / sentences);
  },
};

function claimed({ subject, relation, count }: NeedOf<'claims'>, text: string): number {
  const about = claims(text).filter((c) => c.subject === subject && (!relation || c.relation === relation));
  const distinct = (those: Claim[]): number => new Set(those.map((c) => `${c.relation}/${c.value}`)).size;
  const [right, wrong] = [distinct(about.filter((c) => c.isTrue)), distinct(about.filter((c) => !c.isTrue))];
  const values = relation ? (entity(subject).facts[relation] ?? []) : [];
  const fallback = values.some((value) => contains(text, value))
    ? BARE_VALUE
    : isNamed(subject, text)
      ? ON_TOPIC
      : 0;
  return Math.min(1, Math.max((right + WRONG_CLAIM * wrong) / count, fallback));
}

/** The F1 score of the longest common subsequence of two texts, in words. */
function overlap(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  return (2 * commonLength(a, b)) / (a.length + b.length);
}

/** The length of the longest common subsequence, by dynamic programming over one row. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Uint16Array(b.length + 1);
  for (const word of a) {
    const next = new Uint16Array(b.length + 1);
    b.forEach((other, j) => (next[j + 1] = word === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!)));
    row = next;
  }
  return row[b.length]!;
}

/** How far a text meets one need, in 0..1. */
export function metNeed(need: Need, text: string): number {
  const rule = RULES[need.type] as (need: Need, text: string) => number;
  return rule(need, text);
}
