/** The demonstration being written, and everything that can be done to it. */
import { create } from 'zustand';
import { showToast } from '../../components/toasts.tsx';
import { call } from '../../stores/connection.ts';
import { perform } from '../../stores/perform.ts';
import { announce } from '../labeling/announcer.tsx';
import { createDraftSaver } from '../labeling/draft-saver.ts';
import { createEffortClock } from '../labeling/effort-clock.ts';
import { createQueue, type Move } from '../labeling/queue.ts';
import type { ReasonKind } from '../labeling/reason-dialog.tsx';
import * as demonstration from './demonstration.ts';
import type { DemonstrationItem } from './demonstration.ts';

interface DemonstrateState {
  readonly writing: demonstration.Writing | null;
  /** Whether all that was typed has reached the disk. */
  readonly isSaved: boolean;
  /** The model whose tokens are counted and whose answers can be begun from. */
  readonly model: string | null;
  /** Whether a model is answering now. */
  readonly isAnswering: boolean;
}

const MODEL_KEY = 'demonstrate.model';

export const useDemonstrate = create<DemonstrateState>(() => ({
  writing: null,
  isSaved: true,
  model: localStorage.getItem(MODEL_KEY),
  isAnswering: false,
}));

export const demonstrateQueue = createQueue<DemonstrationItem>({
  part: 'demonstrations',
  queue: 'demonstrate',
  read: (at) => call('demonstrate.item', at),
  idOf: ({ prompt }) => prompt.id,
});

export const demonstrateTimer = createEffortClock();

const shownItem = demonstrateQueue.shown;
const labelerNow = () => demonstrateQueue.use.getState().labeler;
const visitOf = ({ prompt }: DemonstrationItem) => `${demonstrateQueue.use.getState().owner}\n${prompt.id}`;

interface Draft {
  readonly labeler: number;
  readonly prompt: number;
  readonly text: string;
}

const drafts = createDraftSaver<Draft>((draft) => void saveDraft(draft));
export const flushDraft = drafts.flush;

async function saveDraft(draft: Draft): Promise<void> {
  const saved = await perform('demonstrate.saveDraft', draft);
  const isLatest = useDemonstrate.getState().writing?.text === draft.text;
  if (saved && isLatest) useDemonstrate.setState({ isSaved: true });
}

demonstrateQueue.use.subscribe((now, before) => {
  if (now.item !== before.item) showItem(now.item);
});

function showItem(item: DemonstrationItem | null): void {
  drafts.flush();
  demonstrateTimer.pause();
  const writing = item && demonstration.startWriting(item);
  useDemonstrate.setState({ writing, isSaved: true, isAnswering: false });
  if (item !== null) demonstrateTimer.start(visitOf(item));
}

/** The screen is left: the draft goes to disk and the clock stops. */
export function leaveScreen(): void {
  drafts.flush();
  demonstrateTimer.pause();
}

/** The screen is back, with its item where it was. */
export function resumeScreen(): void {
  const item = shownItem();
  if (item !== null) demonstrateTimer.start(visitOf(item));
}

function change(step: (writing: demonstration.Writing) => demonstration.Writing): void {
  const { writing } = useDemonstrate.getState();
  const item = shownItem();
  if (writing === null || item === null) return;
  const after = step(writing);
  useDemonstrate.setState({ writing: after, isSaved: false });
  drafts.change({ labeler: labelerNow(), prompt: item.prompt.id, text: after.text });
}

export const write = (text: string): void => change((writing) => demonstration.write(writing, text));
/** Back to what was submitted before. */
export const revert = (): void => change((writing) => demonstration.write(writing, writing.submitted ?? ''));

export function chooseModel(model: string): void {
  localStorage.setItem(MODEL_KEY, model);
  useDemonstrate.setState({ model });
}

/** Puts a model's answer where nothing is written yet. */
export async function startFromModel(model: string): Promise<void> {
  const item = shownItem();
  if (item === null) return;
  useDemonstrate.setState({ isAnswering: true });
  const answer = await perform('demonstrate.modelAnswer', { model, prompt: item.prompt.id });
  if (shownItem() !== item) return;
  useDemonstrate.setState({ isAnswering: false });
  if (answer && useDemonstrate.getState().writing?.text === '')
    change((writing) => demonstration.startFrom(writing, model, answer.text));
}

export function submit(): void {
  const { writing } = useDemonstrate.getState();
  const item = shownItem();
  if (writing === null || item === null) return;
  const problem = demonstration.submitProblem(writing);
  if (problem !== null) return showToast({ title: problem });
  drafts.flush();
  const made = perform('demonstrate.submit', {
    labeler: labelerNow(),
    prompt: item.prompt.id,
    text: writing.text,
    effort: demonstrateTimer.read(),
    startedFrom: writing.startedFrom,
  });
  leave(
    item,
    made.then((done) => done?.change),
  );
  announce('Submitted');
}

/** What holds of every way to be done with an item. */
function leave(item: DemonstrationItem, made: Promise<number | undefined>): void {
  demonstrateTimer.forget(visitOf(item));
  demonstrateQueue.note(item.prompt.id, made);
  demonstrateQueue.advance();
}

export function giveReason(kind: ReasonKind, reason: string): void {
  const item = shownItem();
  if (item === null) return;
  drafts.flush();
  const place = { labeler: labelerNow(), prompt: item.prompt.id, reason };
  if (kind === 'flag') return void flag(place);
  const made = perform('demonstrate.skip', { ...place, effort: demonstrateTimer.read() });
  leave(
    item,
    made.then((done) => done?.change),
  );
}

/** A flag is a mark, not an answer: the item stays, and is read again to show it. */
async function flag(place: { labeler: number; prompt: number; reason: string }): Promise<void> {
  const made = await perform('demonstrate.flag', place);
  if (!made) return;
  demonstrateQueue.note(place.prompt, Promise.resolve(made.change));
  showToast({ title: 'Flagged' });
  await demonstrateQueue.goTo(place.prompt);
}

export async function undo(): Promise<void> {
  drafts.flush();
  if (!(await demonstrateQueue.undoLast())) showToast({ title: 'There is nothing to undo.' });
}

export async function go(move: Move): Promise<void> {
  drafts.flush();
  if (!(await demonstrateQueue.go(move)))
    showToast({ title: move === 'next' ? 'This is the last prompt.' : 'This is the first prompt.' });
}
