/**
 * Ranking by comparing two completions at a time, as pure functions. Of more than two, each in turn finds its place
 * among those that have one by halving them, so that nine take about twenty comparisons rather than thirty-six.
 */
import {
  choose,
  letterOf,
  say,
  slotsOf,
  unranked,
  type Choice,
  type Ranking,
  type Search,
} from './ranking.ts';

export interface Pair {
  readonly left: number;
  readonly right: number;
}

/** What is compared now, by whether the person compares rather than ranks; null where nothing is. */
export function comparedPair(ranking: Ranking, compares: boolean): Pair | null {
  if (!compares) return null;
  const [left, right] = ranking.ids;
  if (ranking.ids.length === 2) return { left: left!, right: right! };
  const insertion = insertionIn(ranking);
  return insertion && pairOf(ranking, insertion);
}

/** What each choice between two says, by their letters. */
export function choiceWords(ranking: Ranking, pair: Pair): Record<Choice, string> {
  const [left, right] = [letterOf(ranking, pair.left), letterOf(ranking, pair.right)];
  return {
    left: `${left} is better`,
    tie: 'Tie',
    bothBad: 'Both bad',
    right: `${right} is better`,
  };
}

/** Says which of the pair is better; the one that looks for its place is ranked when it has found it. */
export function compare(ranking: Ranking, choice: Choice): Ranking {
  if (ranking.ids.length === 2) return choose(ranking, choice);
  const insertion = insertionIn(ranking);
  if (insertion === null || choice === 'bothBad') return ranking;
  const { id, slots } = insertion;
  const middle = middleOf(insertion);
  if (choice === 'tie') return settle(ranking, slots.with(middle, [...slots[middle]!, id]));
  const isBetter = pairOf(ranking, insertion)[choice] === id;
  const [from, to] = isBetter ? [insertion.from, middle] : [middle + 1, insertion.to];
  return from < to ? say(ranking, { search: { from, to } }) : settle(ranking, slots.toSpliced(from, 0, [id]));
}

/** A completion on the way to its place among the slots from `from` to before `to`, best first. */
interface Insertion extends Search {
  readonly id: number;
  readonly slots: readonly (readonly number[])[];
}

function insertionIn(ranking: Ranking): Insertion | null {
  const slots = slotsOf(ranking).filter((slot) => slot.length > 0);
  const [first, second] = unranked(ranking);
  if (first === undefined) return null;
  if (slots.length === 0) return { id: second!, slots: [[first]], from: 0, to: 1 };
  const { from, to } = ranking.answer.search ?? { from: 0, to: slots.length };
  return { id: first, slots, from, to };
}

const middleOf = ({ from, to }: Search): number => Math.floor((from + to) / 2);

/** The newcomer stands on either side in turn, so that neither side says anything. */
function pairOf({ ids }: Ranking, insertion: Insertion): Pair {
  const { id, slots } = insertion;
  const middle = middleOf(insertion);
  const other = slots[middle]![0]!;
  return (ids.indexOf(id) + middle) % 2 === 0 ? { left: id, right: other } : { left: other, right: id };
}

function settle(ranking: Ranking, slots: Insertion['slots']): Ranking {
  const ranks = slots.flatMap((ids, slot) => ids.map((id) => [id, slot + 1] as const));
  return say(ranking, { ranks: Object.fromEntries(ranks) });
}
