/** The ranking under way, and everything that can be done to it from keys, pointers and the palette. */
import { create } from 'zustand';
import type { RankingItem, Settings } from '../../../core/contract/calls.ts';
import { metadataLabels, type MetadataLabel, type Origin } from '../../../core/contract/entities.ts';
import { showToast } from '../../components/toasts.tsx';
import { call } from '../../stores/connection.ts';
import { perform } from '../../stores/perform.ts';
import { useSession } from '../../stores/session.ts';
import { announce } from '../labeling/announcer.tsx';
import { createDraftSaver } from '../labeling/draft-saver.ts';
import { createEffortClock } from '../labeling/effort-clock.ts';
import { createQueue, type Move } from '../labeling/queue.ts';
import type { ReasonKind } from '../labeling/reason-dialog.tsx';
import { choiceWords, compare, comparedPair, type Pair } from './pairwise.ts';
import * as ranking from './ranking.ts';

export type Stage = 'rate' | 'rank';
type Origins = Readonly<Record<number, Origin>>;

interface RankState {
  readonly ranking: ranking.Ranking | null;
  readonly stage: Stage;
  /** Shows the others as differences from the focused completion. */
  readonly differences: boolean;
  /** Compares two completions at a time rather than ranking all; null: where there are but two. */
  readonly pairwise: boolean | null;
  /** Stays on a submitted item to show where its completions came from. */
  readonly reveal: boolean;
  /** Of the item just submitted, while it is still shown; empty until they have come. */
  readonly origins: Origins | null;
}

const REVEAL_KEY = 'rank.reveal';
const PAIRWISE_KEY = 'rank.pairwise';

export const useRank = create<RankState>(() => ({
  ranking: null,
  stage: 'rank',
  differences: false,
  pairwise: JSON.parse(localStorage.getItem(PAIRWISE_KEY) ?? 'null') as boolean | null,
  reveal: localStorage.getItem(REVEAL_KEY) === 'true',
  origins: null,
}));

export const rankQueue = createQueue<RankingItem>({
  part: 'rankings',
  queue: 'rank',
  read: (at) => call('rank.item', at),
  idOf: ({ id }) => id,
});

export const rankTimer = createEffortClock();

const shownItem = rankQueue.shown;
const labelerNow = () => rankQueue.use.getState().labeler;
const visitOf = (item: RankingItem) => `${rankQueue.use.getState().owner}\n${item.id}`;

const drafts = createDraftSaver<{ labeler: number; item: number; answer: ranking.Answer }>(
  ({ labeler, item, answer }) =>
    void perform('rank.saveDraft', { labeler, item, draft: ranking.draftOf(answer) }),
);
export const flushDraft = drafts.flush;

/** Answers of this window's visits with their steps, so that going back finds undo as it was. */
const visited = new Map<string, ranking.Ranking>();

/** Whether completions are rated before they are ranked. */
export const ratesFirst = (settings: Settings | null): boolean =>
  settings !== null && (settings.labeling.likert || settings.labeling.metadataLabels.length > 0);

rankQueue.use.subscribe((now, before) => {
  if (now.item !== before.item) showItem(now.item);
});

function showItem(item: RankingItem | null): void {
  drafts.flush();
  rankTimer.pause();
  if (item === null) return useRank.setState({ ranking: null, origins: null });
  const fresh = () => ranking.startRanking(idsOf(item), item.draft ?? item.submitted);
  const state = visited.get(visitOf(item)) ?? fresh();
  const unrated = state.ids.some((id) => !ranking.isRated(state, id));
  const rates = ratesFirst(useSession.getState().settings);
  // Whoever has begun to rank goes on with that, after an undo too.
  const isRanking = ranking.unranked(state).length < state.ids.length;
  const stage = rates && unrated && !isRanking ? 'rate' : 'rank';
  useRank.setState({ ranking: state, stage, origins: null });
  rankTimer.start(visitOf(item));
}

const idsOf = (item: RankingItem) => item.candidates.map(({ id }) => id);

/** The screen is left: the draft goes to disk and the clock stops. */
export function leaveScreen(): void {
  drafts.flush();
  rankTimer.pause();
}

/** The screen is back, with its item where it was. */
export function resumeScreen(): void {
  const item = shownItem();
  if (item !== null) rankTimer.start(visitOf(item));
}

/** Applies a step; a changed answer is on its way to disk before the next key. */
export function change(step: (state: ranking.Ranking) => ranking.Ranking): ranking.Ranking | null {
  const { ranking: before, origins } = useRank.getState();
  const item = shownItem();
  if (before === null || item === null || origins !== null) return before;
  const after = step(before);
  useRank.setState({ ranking: after });
  visited.set(visitOf(item), after);
  if (after.answer !== before.answer)
    drafts.change({ labeler: labelerNow(), item: item.id, answer: after.answer });
  return after;
}

/** Applies a step that concerns one completion and says what came of it. */
function changeOne(id: number, step: (state: ranking.Ranking) => ranking.Ranking): void {
  const after = change(step);
  if (after) announce(`${ranking.letterOf(after, id)}: ${ranking.describeRank(after, id)}`);
}

const focusedId = () => useRank.getState().ranking?.focused ?? 0;

export const assignRank = (rank: number): void =>
  changeOne(focusedId(), (state) => ranking.assignRank(state, rank));
export const place = (id: number, rank: number | null): void =>
  changeOne(id, (state) => ranking.place(state, id, rank));
export const shiftRank = (by: -1 | 1): void =>
  changeOne(focusedId(), (state) => ranking.shiftRank(state, state.focused, by));
export const unrank = (): void => place(focusedId(), null);
export const clearRanks = (): void => {
  if (change(ranking.clearRanks)) announce('All ranks cleared');
};
export const focusCard = (id: number): void => void change((state) => ranking.focus(state, id));
export const focusBy = (places: number): void => void change((state) => ranking.focusBy(state, places));

/** Whether completions are compared two at a time: where there are but two, unless the person chose otherwise. */
export const comparesNow = ({ ranking, pairwise }: RankState): boolean =>
  pairwise ?? ranking?.ids.length === 2;

/** The two completions that are compared now; what is submitted is shown whole. */
export function pairIn(state: RankState): Pair | null {
  const { ranking, origins } = state;
  if (ranking === null || (origins !== null && ranking.ids.length > 2)) return null;
  return comparedPair(ranking, comparesNow(state));
}

export function choose(choice: ranking.Choice): void {
  const { ranking: before, ...state } = useRank.getState();
  const pair = pairIn({ ...state, ranking: before });
  if (before === null || pair === null) return;
  change((state) => compare(state, choice));
  announce(choiceWords(before, pair)[choice]);
}

export function rate(id: number, overall: number | undefined): void {
  const after = change((state) => ranking.rate(state, id, overall));
  if (after && overall) announce(`${ranking.letterOf(after, id)}: rated ${overall} of 7`);
}

/** Rates by key: on to the next without a rating, and to ranking after the last. */
export function rateFocused(overall: number, moveOn: boolean): void {
  rate(focusedId(), overall);
  if (moveOn) nextToRate();
}

/** On to the next completion to rate; after the last, to ranking. */
export function nextToRate(): void {
  const after = change(usesLikert() ? ranking.focusNextUnrated : (state) => ranking.focusBy(state, 1));
  if (after === null) return;
  const done = usesLikert()
    ? after.ids.every((id) => ranking.isRated(after, id))
    : after.focused === after.ids[0];
  if (done) setStage('rank');
}

const usesLikert = () => useSession.getState().settings?.labeling.likert ?? false;

export const setLabel = (id: number, name: MetadataLabel, value: boolean | undefined): void =>
  void change((state) => ranking.label(state, id, name, value));

/** Says yes to a label of the focused completion; again, no; once more, neither. */
export function turnLabel(name: MetadataLabel): void {
  const { ranking: state } = useRank.getState();
  if (state === null) return;
  const next = ranking.turned(ranking.ratingOf(state, state.focused).labels[name]);
  setLabel(state.focused, name, next);
  announce(`${metadataLabels[name]}: ${next === undefined ? 'not said' : next ? 'yes' : 'no'}`);
}

export function setStage(stage: Stage): void {
  useRank.setState({ stage });
  announce(stage === 'rate' ? 'Rate each completion' : 'Rank the completions');
}

export const toggleDifferences = (): void =>
  useRank.setState(({ differences }) => ({ differences: !differences }));

export function togglePairwise(): void {
  const pairwise = !comparesNow(useRank.getState());
  localStorage.setItem(PAIRWISE_KEY, String(pairwise));
  useRank.setState({ pairwise });
  announce(pairwise ? 'Compare two at a time' : 'Rank the completions');
}

export function setReveal(reveal: boolean): void {
  localStorage.setItem(REVEAL_KEY, String(reveal));
  useRank.setState({ reveal });
}

/** Undoes a step of this item; with none left, what was submitted last. */
export async function undo(): Promise<void> {
  const { ranking: state } = useRank.getState();
  if (state && state.past.length > 0 && useRank.getState().origins === null) {
    change(ranking.undo);
    announce('Undone');
  } else if (!(await rankQueue.undoLast())) announce('There is nothing to undo');
}

export const redo = (): void => void change(ranking.redo);

export function submit(): void {
  const { ranking: state, reveal, origins } = useRank.getState();
  const item = shownItem();
  if (origins !== null) return rankQueue.advance();
  if (state === null || item === null) return;
  const problem = ranking.submitProblem(state);
  if (problem !== null) return showToast({ title: problem });
  const made = performSubmit(item, state);
  leave(item, made);
  if (reveal) showOrigins(item, made);
  else rankQueue.advance();
}

function performSubmit(item: RankingItem, state: ranking.Ranking): Promise<number | undefined> {
  const change = perform('rank.submit', {
    labeler: labelerNow(),
    item: item.id,
    ...ranking.submission(state),
    shownOrder: idsOf(item),
    seed: item.seed,
    effort: rankTimer.read(),
  });
  return change.then((made) => made?.change);
}

/** What holds of every way to be done with an item. */
function leave(item: RankingItem, made: Promise<number | undefined>): void {
  drafts.flush();
  rankTimer.forget(visitOf(item));
  rankQueue.note(item.id, made);
}

function showOrigins(item: RankingItem, made: Promise<number | undefined>): void {
  useRank.setState({ origins: {} });
  void made.then((change) => (change === undefined ? undefined : readOrigins(item)));
}

async function readOrigins(item: RankingItem): Promise<void> {
  const found = await perform('rank.reveal', { item: item.id, labeler: labelerNow() });
  if (!found || shownItem()?.id !== item.id) return rankQueue.advance();
  useRank.setState({ origins: Object.fromEntries(found.map(({ id, origin }) => [id, origin])) });
  announce('Submitted; origins shown');
}

export function giveReason(kind: ReasonKind, reason: string): void {
  const item = shownItem();
  if (item === null) return;
  const place = { labeler: labelerNow(), item: item.id, reason };
  if (kind === 'flag') return void flag(item, place);
  const made = perform('rank.skip', { ...place, effort: rankTimer.read() }).then((made) => made?.change);
  leave(item, made);
  rankQueue.advance();
}

/** A flag is a mark, not an answer: the item stays, and is read again to show it. */
async function flag(item: RankingItem, place: { labeler: number; item: number; reason: string }) {
  drafts.flush();
  const made = await perform('rank.flag', place);
  if (!made) return;
  rankQueue.note(item.id, Promise.resolve(made.change));
  showToast({ title: 'Flagged' });
  await rankQueue.goTo(item.id);
}

export async function go(move: Move): Promise<void> {
  drafts.flush();
  if (!(await rankQueue.go(move)))
    showToast({ title: move === 'next' ? 'This is the last item.' : 'This is the first item.' });
}
