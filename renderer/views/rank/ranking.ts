/**
 * One item as it is being rated and ranked: pure functions from one state to the next. Ranks are numbered slots,
 * 1 best, each holding any number of completions (a tie); there are as many slots as completions.
 */
import type { CallInput, RankingDraft } from '../../../core/contract/calls.ts';
import type { MetadataLabel, Rating } from '../../../core/contract/entities.ts';

type Verdict = 'ranked' | 'bothBad';

/** The slots among which the completion that is being compared has its place. */
export interface Search {
  readonly from: number;
  readonly to: number;
}

/** What is said of the item so far. */
export interface Answer extends RankingDraft {
  readonly verdict: Verdict;
  /** Of comparisons that have not led to a rank yet. */
  readonly search: Search | null;
}

export interface Ranking {
  /** Completions in the order in which they are shown. */
  readonly ids: readonly number[];
  readonly focused: number;
  readonly answer: Answer;
  /** Answers before and after this one, the nearest last. */
  readonly past: readonly Answer[];
  readonly future: readonly Answer[];
}

export function startRanking(ids: readonly number[], draft: RankingDraft | null): Ranking {
  const { ratings = {}, ranks = {}, verdict = 'ranked' } = draft ?? {};
  const answer = { ratings, ranks, verdict, search: null };
  const first = ids.find((id) => answer.ranks[id] === undefined) ?? ids[0]!;
  return { ids, focused: first, answer, past: [], future: [] };
}

/** Letters by shown position: nothing of the origin. */
const letterAt = (position: number): string => String.fromCharCode(65 + position);
export const letterOf = ({ ids }: Pick<Ranking, 'ids'>, id: number): string => letterAt(ids.indexOf(id));

export const rankOf = ({ answer }: Ranking, id: number): number | undefined => answer.ranks[id];
export const ratingOf = ({ answer }: Ranking, id: number): Rating => answer.ratings[id] ?? { labels: {} };
export const isRated = (ranking: Ranking, id: number): boolean => ratingOf(ranking, id).overall !== undefined;
export const isRanked = (ranking: Ranking): boolean =>
  ranking.ids.every((id) => rankOf(ranking, id) !== undefined);

export const unranked = (ranking: Ranking): number[] =>
  ranking.ids.filter((id) => rankOf(ranking, id) === undefined);

/** The slots, best first, with the completions in each. */
export const slotsOf = (ranking: Ranking): number[][] =>
  ranking.ids.map((_, slot) => ranking.ids.filter((id) => rankOf(ranking, id) === slot + 1));

export function say(ranking: Ranking, change: Partial<Answer>): Ranking {
  const answer = { ...ranking.answer, search: null, ...change };
  return { ...ranking, answer, past: [...ranking.past, ranking.answer], future: [] };
}

/** Puts a completion into a slot, or takes it out of all with null. */
export function place(ranking: Ranking, id: number, rank: number | null): Ranking {
  if (rank !== null && (rank < 1 || rank > ranking.ids.length)) return ranking;
  const here = { ...ranking, focused: id };
  if ((rankOf(ranking, id) ?? null) === rank) return here;
  const ranks = { ...ranking.answer.ranks };
  if (rank === null) delete ranks[id];
  else ranks[id] = rank;
  return say(here, { ranks, verdict: 'ranked' });
}

/** Ranks the focused completion; the focus moves to the next that is not ranked. */
export function assignRank(ranking: Ranking, rank: number): Ranking {
  const placed = place(ranking, ranking.focused, rank);
  return { ...placed, focused: nextWhere(placed, (id) => rankOf(placed, id) === undefined) };
}

/** Moves a completion a slot up (-1) or down (+1); what is not ranked stands below the last slot. */
export function shiftRank(ranking: Ranking, id: number, by: -1 | 1): Ranking {
  const below = ranking.ids.length + 1;
  const rank = Math.max(1, Math.min(below, (rankOf(ranking, id) ?? below) + by));
  return place(ranking, id, rank === below ? null : rank);
}

export const clearRanks = (ranking: Ranking): Ranking =>
  unranked(ranking).length === ranking.ids.length ? ranking : say(ranking, { ranks: {}, verdict: 'ranked' });

export function rate(ranking: Ranking, id: number, overall: number | undefined): Ranking {
  const { overall: before, ...rating } = ratingOf(ranking, id);
  if (before === overall) return ranking;
  return withRating(ranking, id, overall === undefined ? rating : { ...rating, overall });
}

/** Says yes or no to a label, or takes back what was said with undefined. */
export function label(
  ranking: Ranking,
  id: number,
  name: MetadataLabel,
  value: boolean | undefined,
): Ranking {
  const rating = ratingOf(ranking, id);
  const { [name]: before, ...others } = rating.labels;
  if (before === value) return ranking;
  const labels = value === undefined ? others : { ...others, [name]: value };
  return withRating(ranking, id, { ...rating, labels });
}

/** From not said to yes, to no, and back. */
export const turned = (value: boolean | undefined): boolean | undefined =>
  value === undefined ? true : value ? false : undefined;

const withRating = (ranking: Ranking, id: number, rating: Rating): Ranking =>
  say({ ...ranking, focused: id }, { ratings: { ...ranking.answer.ratings, [id]: rating } });

export const focus = (ranking: Ranking, id: number): Ranking => ({ ...ranking, focused: id });

/** The focus some places on, from the last to the first and back. */
export function focusBy(ranking: Ranking, places: number): Ranking {
  const { ids, focused } = ranking;
  const at = (ids.indexOf(focused) + places + ids.length) % ids.length;
  return focus(ranking, ids[at]!);
}

/** The first after the focused one that fits, around the end; the focused one where none does. */
function nextWhere({ ids, focused }: Ranking, fits: (id: number) => boolean): number {
  const at = ids.indexOf(focused);
  return [...ids.slice(at + 1), ...ids.slice(0, at + 1)].find(fits) ?? focused;
}

export const focusNextUnrated = (ranking: Ranking): Ranking =>
  focus(
    ranking,
    nextWhere(ranking, (id) => !isRated(ranking, id)),
  );

export type Choice = 'left' | 'right' | 'tie' | 'bothBad';

const choiceRanks: Record<Choice, readonly [number, number]> = {
  left: [1, 2],
  right: [2, 1],
  tie: [1, 1],
  bothBad: [1, 1],
};

/** Compares the two completions of a pair. */
export function choose(ranking: Ranking, choice: Choice): Ranking {
  const [left, right] = choiceRanks[choice];
  const ranks = { [ranking.ids[0]!]: left, [ranking.ids[1]!]: right };
  const next = say(ranking, { ranks, verdict: choice === 'bothBad' ? 'bothBad' : 'ranked' });
  return choice === chosen(ranking) ? ranking : next;
}

/** What the ranks of a pair say; null while one is missing. */
export function chosen(ranking: Ranking): Choice | null {
  if (ranking.ids.length !== 2) return null;
  const [left, right] = ranking.ids.map((id) => rankOf(ranking, id));
  if (left === undefined || right === undefined) return null;
  if (left !== right) return left < right ? 'left' : 'right';
  return ranking.answer.verdict === 'bothBad' ? 'bothBad' : 'tie';
}

export function undo(ranking: Ranking): Ranking {
  const answer = ranking.past.at(-1);
  if (!answer) return ranking;
  const future = [...ranking.future, ranking.answer];
  return backTo({ ...ranking, answer, past: ranking.past.slice(0, -1), future }, ranking.answer);
}

export function redo(ranking: Ranking): Ranking {
  const answer = ranking.future.at(-1);
  if (!answer) return ranking;
  const past = [...ranking.past, ranking.answer];
  return backTo({ ...ranking, answer, past, future: ranking.future.slice(0, -1) }, ranking.answer);
}

/** Focuses the completion of which something else was said before. */
function backTo(ranking: Ranking, before: Answer): Ranking {
  const { ranks, ratings } = ranking.answer;
  const changed = ranking.ids.find(
    (id) => ranks[id] !== before.ranks[id] || ratings[id] !== before.ratings[id],
  );
  return changed === undefined ? ranking : focus(ranking, changed);
}

interface Contradiction {
  /** Rated higher, yet ranked worse than the other. */
  readonly higher: number;
  readonly lower: number;
}

/** Pairs in which ratings and ranks prefer different completions. */
export function contradictions(ranking: Ranking): Contradiction[] {
  const pairs = ranking.ids.flatMap((higher) => ranking.ids.map((lower) => ({ higher, lower })));
  return pairs.filter(({ higher, lower }) => contradicts(ranking, higher, lower));
}

function contradicts(ranking: Ranking, higher: number, lower: number): boolean {
  const [a, b] = [higher, lower].map((id) => ({
    rating: ratingOf(ranking, id).overall,
    rank: rankOf(ranking, id),
  }));
  if (a?.rating === undefined || b?.rating === undefined) return false;
  if (a.rank === undefined || b.rank === undefined) return false;
  return a.rating > b.rating && a.rank > b.rank;
}

/** The same order without empty slots: ranks 2, 2, 5 become 1, 1, 2. */
export function compactRanks(ranks: Readonly<Record<string, number>>): Record<string, number> {
  const used = [...new Set(Object.values(ranks))].sort((a, b) => a - b);
  return Object.fromEntries(Object.entries(ranks).map(([id, rank]) => [id, used.indexOf(rank) + 1]));
}

/** Why it cannot be submitted yet, or null. Partial ranks may be; what compares nothing may not. */
export function submitProblem(ranking: Ranking): string | null {
  const ranked = ranking.ids.length - unranked(ranking).length;
  if (ranked >= 2) return null;
  if (ranking.ids.length === 2) return 'Say which of the two is better, or that they tie.';
  return ranked === 1
    ? 'Rank one more completion: one alone compares nothing.'
    : 'Rank at least two completions.';
}

export const draftOf = ({ ratings, ranks, verdict }: Answer): RankingDraft => ({ ratings, ranks, verdict });

/** What is sent. */
export const submission = ({ answer }: Ranking): Pick<CallInput<'rank.submit'>, 'verdict' | 'answer'> => ({
  verdict: answer.verdict,
  answer: { ratings: answer.ratings, ranks: compactRanks(answer.ranks) },
});

/** The place of a completion in words, for those who hear the screen. */
export function describeRank(ranking: Ranking, id: number): string {
  const rank = rankOf(ranking, id);
  if (rank === undefined) return 'not ranked';
  const tied = slotsOf(ranking)[rank - 1]!.filter((other) => other !== id);
  const letters = tied.map((other) => letterOf(ranking, other)).join(', ');
  return letters ? `rank ${rank}, tied with ${letters}` : `rank ${rank}`;
}

const PAIR_WORDS: Record<Choice, readonly [string, string]> = {
  left: ['Better', ''],
  right: ['', 'Better'],
  tie: ['Tie', 'Tie'],
  bothBad: ['Bad', 'Bad'],
};

/** What the choice between two says of one of them. */
export function describePlace(ranking: Ranking, id: number): string {
  const choice = chosen(ranking);
  return choice === null ? '' : PAIR_WORDS[choice][ranking.ids.indexOf(id)]!;
}
