/** The conversations of the Play screen: they stay while the person is on other screens. */
import { create } from 'zustand';
import type { PlayedAnswer, PlayReading } from '../../../core/contract/calls.ts';
import { call, messageOf, onEvent, useConnection } from '../../stores/connection.ts';
import { takeIntent } from '../../stores/intents.ts';
import { isUnderWay, stopWork, useWork } from '../../stores/work.ts';
import { announce } from '../labeling/announcer.tsx';
import {
  asksOf,
  emptyCell,
  isWriting,
  settledCell,
  withAnswer,
  withCell,
  type Ask,
  type Cell,
  type Column,
  type PlaySampling,
  type Turn,
} from './conversation.ts';
import { createFrameBatch } from './frame-batch.ts';

export interface PlaySettings extends PlaySampling {
  /** What models are told before the conversation, those whose chat templates take it. */
  readonly system: string;
  /** Another seed for every question, or always the same. */
  readonly newSeed: boolean;
  /** Answers of every model. */
  readonly samples: number;
  readonly rewardModel: string | null;
}

/** How a model reads conversations. */
export type Reading = Pick<PlayReading, 'hasTemplate' | 'takesSystem' | 'suggested'>;

interface PlayState {
  /** Folder of the project that it is about. */
  readonly project: string;
  readonly columns: readonly Column[];
  readonly turns: readonly Turn[];
  readonly settings: PlaySettings;
  /** By the folders of the models whose files have been looked at. */
  readonly readings: Readonly<Record<string, Reading>>;
  /** What is being typed. */
  readonly draft: string;
  /** What the prompts of the project end with: a line break, or nothing. */
  readonly ending: string;
  /** Questions of this session, newest first. */
  readonly asked: readonly string[];
}

export const MOST_COLUMNS = 6;
const MOST_ASKED = 20;

const beginning: PlayState = {
  project: '',
  columns: [],
  turns: [],
  settings: {
    temperature: 0.7,
    topP: 1,
    topK: 0,
    maxTokens: 64,
    seed: 0,
    newSeed: true,
    samples: 1,
    rewardModel: null,
    chatTemplate: 'auto',
    system: '',
  },
  readings: {},
  draft: '',
  ending: '',
  asked: [],
};

export const usePlay = create<PlayState>(() => beginning);

let lastId = 0;
const columnOf = (model: string): Column => ({ id: ++lastId, model });

/** Which columns a work answers for, in the order of its models; kept as long as its turn is. */
const works = new Map<string, { readonly turn: number; readonly columns: readonly Column[] }>();
/** Answers that came before the call that asked for them gave the name of their work. */
let early: PlayedAnswer[] = [];
let asking = 0;

/** Goes on where the project was left; another project begins anew. */
export function openPlay(project: string): void {
  if (usePlay.getState().project !== project) {
    stop();
    usePlay.setState({ ...beginning, project });
  }
  const intent = takeIntent('play');
  if (!intent) return;
  stop();
  usePlay.setState(({ draft }) => ({
    columns: intent.models.slice(0, MOST_COLUMNS).map(columnOf),
    turns: [],
    draft: intent.prompt ?? draft,
  }));
}

/** The columns to begin with, where there are none yet. */
export function beginWith(models: readonly string[]): void {
  if (usePlay.getState().columns.length === 0) usePlay.setState({ columns: models.map(columnOf) });
}

export const addColumn = (model: string): void =>
  usePlay.setState(({ columns }) =>
    columns.length < MOST_COLUMNS ? { columns: [...columns, columnOf(model)] } : {},
  );
export const removeColumn = (id: number): void =>
  usePlay.setState(({ columns }) => ({ columns: columns.filter((column) => column.id !== id) }));
export const setModel = (id: number, model: string): void =>
  usePlay.setState(({ columns }) => ({
    columns: columns.map((column) => (column.id === id ? { id, model } : column)),
  }));
export const changeSettings = (change: Partial<PlaySettings>): void =>
  usePlay.setState(({ settings }) => ({ settings: { ...settings, ...change } }));
/** Looks at how a model reads conversations, where that is not known yet. */
export async function lookAt(model: string): Promise<void> {
  if (usePlay.getState().readings[model]) return;
  const { hasTemplate, takesSystem, suggested } = await call('play.read', { model, messages: [] });
  const reading = { hasTemplate, takesSystem, suggested };
  usePlay.setState(({ readings }) => ({ readings: { ...readings, [model]: reading } }));
}

/** What a model is told before a conversation. */
export function systemFor(model: string): string {
  const { settings, readings } = usePlay.getState();
  return settings.chatTemplate === 'auto' && readings[model]?.takesSystem ? settings.system : '';
}

/** Questions end as a prompt of the project does. */
export const endLike = (prompt: string): void =>
  usePlay.setState({ ending: prompt.slice(prompt.trimEnd().length) });
export const setDraft = (draft: string): void => usePlay.setState({ draft });
export const chooseAnswer = (turn: number, column: number, sample: number): void =>
  changeCell({ turn, column }, (cell) => ({ ...cell, chosen: sample }));

/** Asks every column; it stays what was typed where there is nothing to ask. */
export function ask(): void {
  const { draft, turns, asked } = usePlay.getState();
  const question = draft.trim();
  if (question === '' || isAsking()) return;
  usePlay.setState({
    draft: '',
    asked: [question, ...asked.filter((other) => other !== question)].slice(0, MOST_ASKED),
  });
  startTurn(turns, question, seedNow());
}

/** The last question again, with another seed. */
export function askAgain(): void {
  const { turns } = usePlay.getState();
  const last = turns.at(-1);
  if (!last || isAsking()) return;
  startTurn(turns.slice(0, -1), last.question, otherSeed(last.sampling.seed));
}

/** Takes the last question back to where it was typed. */
export function editLast(): void {
  const { turns } = usePlay.getState();
  const last = turns.at(-1);
  if (!last) return;
  stop();
  usePlay.setState({ turns: turns.slice(0, -1), draft: last.question });
}

export function clear(): void {
  stop();
  usePlay.setState({ turns: [] });
}

export const isAsking = (): boolean => usePlay.getState().turns.some(isWriting);

const SEEDS = 2 ** 31;
const seedNow = (): number => {
  const { newSeed, seed } = usePlay.getState().settings;
  return newSeed ? Math.floor(Math.random() * SEEDS) : seed;
};
const otherSeed = (seed: number): number => (usePlay.getState().settings.newSeed ? seedNow() : seed + 1);

function startTurn(before: readonly Turn[], question: string, seed: number): void {
  const { columns, settings, ending } = usePlay.getState();
  const { temperature, topP, topK, maxTokens, chatTemplate, samples, rewardModel } = settings;
  const turn: Turn = {
    id: ++lastId,
    question,
    ending,
    sampling: { temperature, topP, topK, maxTokens, seed, chatTemplate },
    rewardModel,
    cells: Object.fromEntries(
      columns.map(({ id, model }) => [id, emptyCell(model, samples, systemFor(model))]),
    ),
  };
  usePlay.setState({ turns: [...before, turn] });
  for (const part of asksOf(before, columns, turn)) void send(turn, part, samples);
}

async function send(turn: Turn, { columns, messages }: Ask, samples: number): Promise<void> {
  asking += 1;
  try {
    const { work } = await call('play.ask', {
      models: columns.map(({ model }) => model),
      messages: [...messages],
      rewardModel: turn.rewardModel,
      samples,
      ...turn.sampling,
    });
    works.set(work, { turn: turn.id, columns });
    early.filter((answer) => answer.work === work).forEach(take);
    if (isGone(turn.id)) stopWork(work);
  } catch (error) {
    settle(turn.id, columns, messageOf(error));
  } finally {
    asking -= 1;
    if (asking === 0) early = [];
  }
  settleEnded();
}

const isGone = (turn: number): boolean => !usePlay.getState().turns.some(({ id }) => id === turn);

/** Ends what is being answered; what has come so far stays. */
export function stop(): void {
  for (const id of works.keys()) {
    const work = useWork.getState().works.find((work) => work.id === id);
    if (work && isUnderWay(work)) stopWork(id);
  }
}

const changeCell = (at: { turn: number; column: number }, change: (cell: Cell) => Cell): void =>
  usePlay.setState(({ turns }) => ({ turns: withCell(turns, at, change) }));

/** Answers are taken once a frame, each as it is then: a fast model writes more often than can be drawn. */
const drawn = createFrameBatch<PlayedAnswer>(
  ({ work, model, sample }) => `${work}\n${model}\n${sample}`,
  (answers) => {
    const { turns } = usePlay.getState();
    usePlay.setState({ turns: answers.reduce(withPlayed, turns) });
    answers.map(({ work }) => works.get(work)!.turn).forEach(announceIfDone);
  },
);

function withPlayed(
  turns: readonly Turn[],
  { work, model, sample, ...answer }: PlayedAnswer,
): readonly Turn[] {
  const { turn, columns } = works.get(work)!;
  return withCell(turns, { turn, column: columns[model]!.id }, (cell) => withAnswer(cell, sample, answer));
}

function take(answer: PlayedAnswer): void {
  if (works.has(answer.work)) drawn.add(answer);
  else if (asking > 0) early.push(answer);
}
onEvent('play', take);

/** A work that ended, however it ended, leaves nothing half written. */
function settleEnded(): void {
  for (const work of useWork.getState().works) {
    const asked = works.get(work.id);
    if (!asked || isUnderWay(work)) continue;
    drawn.flush();
    works.delete(work.id);
    settle(asked.turn, asked.columns, work.state === 'failed' ? work.message : null);
  }
}
useWork.subscribe(settleEnded);

/** Nothing more comes over a line that was lost. */
useConnection.subscribe(({ state, reason }) => {
  if (state !== 'lost') return;
  drawn.flush();
  for (const { turn, columns } of works.values()) settle(turn, columns, reason);
  works.clear();
});

function settle(turn: number, columns: readonly Column[], problem: string | null): void {
  for (const { id } of columns) changeCell({ turn, column: id }, (cell) => settledCell(cell, problem));
  announceIfDone(turn);
}

/** What was said aloud, so that a late reward does not say it again. */
let announced = 0;

/** Once all have answered, and only then: whoever hears the screen is not read a text that grows. */
function announceIfDone(id: number): void {
  const turn = usePlay.getState().turns.find((turn) => turn.id === id);
  if (!turn || isWriting(turn) || announced === id) return;
  announced = id;
  const cells = Object.values(turn.cells);
  const failed = cells.find(({ problem }) => problem !== null);
  announce(
    failed?.problem ?? (cells.length === 1 ? 'The answer has come' : `${cells.length} models have answered`),
  );
}
