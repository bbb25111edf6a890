/**
 * What is asked and answered on the Play screen, as pure functions. A turn is one question and what every column
 * answers to it; a column's conversation is its cells of all turns, so each goes on from its own answers.
 */
import type { CallInput, PlayedAnswer } from '../../../core/contract/calls.ts';
import type { Sampling } from '../sampling/sampling-fields.tsx';

export type Message = CallInput<'play.ask'>['messages'][number];

/** How answers are sampled on this screen. */
export interface PlaySampling extends Sampling {
  /** Only among so many of the likeliest tokens; 0 among all. */
  readonly topK: number;
  /** Whether models read conversations as their own chat templates have them. */
  readonly chatTemplate: NonNullable<CallInput<'play.ask'>['chatTemplate']>;
}

export interface Answer {
  readonly text: string;
  /** `stopped`: by the person, or by a failure. */
  readonly state: PlayedAnswer['state'] | 'stopped';
  readonly tokens: number;
  readonly reward: number | null;
}

export interface Cell {
  /** Folder of the model that answers. */
  readonly model: string;
  /** What it was told before the conversation; models that take no such message were told nothing. */
  readonly system: string;
  readonly answers: readonly Answer[];
  /** The answer that the person goes on with; null: the best. */
  readonly chosen: number | null;
  /** Why it did not answer, in one sentence. */
  readonly problem: string | null;
}

export interface Turn {
  readonly id: number;
  readonly question: string;
  /** What a prompt ends with beside the question: a model goes on from no other end as it has learned to. */
  readonly ending: string;
  readonly sampling: PlaySampling;
  readonly rewardModel: string | null;
  /** By column; a column that came later has none. */
  readonly cells: Readonly<Record<number, Cell>>;
}

export interface Column {
  readonly id: number;
  readonly model: string;
}

const nothingYet: Answer = { text: '', state: 'writing', tokens: 0, reward: null };

export const emptyCell = (model: string, samples: number, system = ''): Cell => ({
  model,
  system,
  answers: Array.from({ length: samples }, () => nothingYet),
  chosen: null,
  problem: null,
});

/** Places of the answers, best reward first; what has none yet keeps its order after them. */
export const byReward = (answers: readonly Answer[]): number[] =>
  answers.map((_, i) => i).sort((a, b) => rewardOf(answers[b]!) - rewardOf(answers[a]!) || a - b);

const rewardOf = ({ reward }: Answer): number => reward ?? -Number.MAX_VALUE;

/** The place of the answer that the conversation goes on with. */
export const goesOnWith = ({ chosen, answers }: Cell): number => chosen ?? byReward(answers)[0] ?? 0;

type Question = Pick<Turn, 'question' | 'ending'> & Partial<Pick<Cell, 'system'>>;

/** What a column is asked: its conversation so far, and the question, which ends as prompts do if it is the first. */
export function messagesTo(
  turns: readonly Turn[],
  column: number,
  { question, ending, system = '' }: Question,
): Message[] {
  const before = turns.flatMap(({ question, cells }) => {
    const cell = cells[column];
    const answer = cell?.answers[goesOnWith(cell)];
    if (!answer) return [];
    return [
      { role: 'user', text: question },
      { role: 'assistant', text: answer.text },
    ] as const;
  });
  const told = system.trim() === '' ? [] : [{ role: 'system', text: system } as const];
  return [...told, ...before, { role: 'user', text: before.length === 0 ? question + ending : question }];
}

export interface Ask {
  readonly columns: readonly Column[];
  readonly messages: readonly Message[];
}

/** Columns whose conversations are the same are asked together. */
export function asksOf(
  turns: readonly Turn[],
  columns: readonly Column[],
  question: Question & Partial<Pick<Turn, 'cells'>>,
): Ask[] {
  const asks = new Map<string, { columns: Column[]; messages: Message[] }>();
  for (const column of columns) {
    const { system = '' } = question.cells?.[column.id] ?? {};
    const messages = messagesTo(turns, column.id, { ...question, system });
    const key = JSON.stringify(messages);
    const known = asks.get(key);
    if (known) known.columns.push(column);
    else asks.set(key, { columns: [column], messages });
  }
  return [...asks.values()];
}

/** Changes the cell of one column in one turn; a turn that is gone stays gone. */
export const withCell = (
  turns: readonly Turn[],
  at: { readonly turn: number; readonly column: number },
  change: (cell: Cell) => Cell,
): readonly Turn[] =>
  turns.map((turn) => {
    const cell = turn.cells[at.column];
    if (turn.id !== at.turn || !cell) return turn;
    return { ...turn, cells: { ...turn.cells, [at.column]: change(cell) } };
  });

export const withAnswer = (cell: Cell, sample: number, answer: Answer): Cell => ({
  ...cell,
  answers: cell.answers.map((before, i) => (i === sample ? answer : before)),
});

/** Nothing more will come: what is still being written stays as it is. */
export const settledCell = (cell: Cell, problem: string | null): Cell => ({
  ...cell,
  problem,
  answers: cell.answers.map((answer) =>
    answer.state === 'writing' ? { ...answer, state: 'stopped' as const } : answer,
  ),
});

export const isWriting = ({ cells }: Turn): boolean =>
  Object.values(cells).some(({ answers }) => answers.some(({ state }) => state === 'writing'));

/** The prompt that a conversation is for a model, as the workbench writes it. */
export function promptOf(messages: readonly Message[]): string {
  const [only] = messages;
  if (messages.length === 1 && only?.role === 'user') return only.text;
  const named = messages.map(({ role, text }) => `${role[0]!.toUpperCase()}${role.slice(1)}: ${text}`);
  return [...named, 'Assistant:'].join('\n\n');
}

/** One answer, by where it is. */
export interface AnswerPlace {
  readonly turn: number;
  readonly column: number;
  readonly sample: number;
}

export interface Exchange {
  readonly prompt: string;
  readonly answer: Answer;
  readonly cell: Cell;
  readonly turn: Turn;
}

/** The prompt of an answer with the conversation before it; undefined where it is gone. */
export function exchangeAt(turns: readonly Turn[], place: AnswerPlace): Exchange | undefined {
  const at = turns.findIndex(({ id }) => id === place.turn);
  const turn = turns[at];
  const cell = turn?.cells[place.column];
  const answer = cell?.answers[place.sample];
  if (!turn || !cell || !answer) return undefined;
  return {
    prompt: promptOf(messagesTo(turns.slice(0, at), place.column, { ...turn, system: cell.system })),
    answer,
    cell,
    turn,
  };
}

/** Most completions of one ranking. */
const MOST = 9;

type Candidate = CallInput<'rank.add'>['completions'][number];

/**
 * What can be ranked with an answer: it first, then the best of every column that was asked the same, then the other
 * samples; different texts that say something, at most nine.
 */
export function candidatesWith(turns: readonly Turn[], place: AnswerPlace): Candidate[] {
  const asked = exchangeAt(turns, place);
  if (!asked) return [];
  const alike = Object.keys(asked.turn.cells)
    .map(Number)
    .filter((column) => exchangeAt(turns, { ...place, column, sample: 0 })?.prompt === asked.prompt);
  const cells = alike.map((column) => asked.turn.cells[column]!);
  const firsts = cells.map((cell) => candidateOf(asked.turn, cell, goesOnWith(cell)));
  const others = cells.flatMap((cell) =>
    byReward(cell.answers).map((at) => candidateOf(asked.turn, cell, at)),
  );
  const all = [candidateOf(asked.turn, asked.cell, place.sample), ...firsts, ...others];
  const isFirst = ({ text }: Candidate, at: number) => all.findIndex((other) => other.text === text) === at;
  return all.filter((candidate, at) => candidate.text.trim() !== '' && isFirst(candidate, at)).slice(0, MOST);
}

const candidateOf = ({ sampling }: Turn, { model, answers }: Cell, at: number): Candidate => ({
  text: answers[at]!.text,
  origin: { kind: 'sampled', name: model, settings: { ...sampling } },
});
