import { expect, test } from 'vitest';
import { promptOf as promptOfCore } from '../../../core/data/conversation.ts';
import {
  asksOf,
  byReward,
  candidatesWith,
  emptyCell,
  exchangeAt,
  goesOnWith,
  isWriting,
  messagesTo,
  promptOf,
  settledCell,
  withAnswer,
  withCell,
  type Answer,
  type Cell,
  type Turn,
} from '../../../renderer/views/play/conversation.ts';

const sampling = { temperature: 1, topP: 1, topK: 0, maxTokens: 8, seed: 0, chatTemplate: 'auto' } as const;
const answer = (text: string, reward: number | null = null): Answer => ({
  text,
  state: 'ended',
  tokens: 1,
  reward,
});
const cell = (...answers: Answer[]): Cell => ({ ...emptyCell('models/a', 0), answers });
const turn = (id: number, question: string, cells: Record<number, Cell>): Turn => ({
  id,
  question,
  ending: '',
  sampling,
  rewardModel: null,
  cells,
});
const asked = (question: string, ending = '') => ({ question, ending });
const columns = [
  { id: 1, model: 'models/a' },
  { id: 2, model: 'models/b' },
];

test('the best reward comes first, and what has none keeps its order', () => {
  expect(byReward([answer('a'), answer('b', -2), answer('c', 3), answer('d')])).toEqual([2, 1, 0, 3]);
});

test('a first question ends as prompts do, and a later one as it was typed', () => {
  expect(messagesTo([], 1, asked('Hello?', '\n'))).toEqual([{ role: 'user', text: 'Hello?\n' }]);
  const turns = [{ ...turn(1, 'Hello?', { 1: cell(answer('Yes.')) }), ending: '\n' }];
  expect(messagesTo(turns, 1, asked('Why?', '\n')).at(-1)).toEqual({ role: 'user', text: 'Why?' });
  expect(exchangeAt(turns, { turn: 1, column: 1, sample: 0 })?.prompt).toBe('Hello?\n');
});

test('a conversation goes on with the best answer, or the one that was chosen', () => {
  const both = cell(answer('dull', 0), answer('good', 1));
  expect(goesOnWith(both)).toBe(1);
  expect(goesOnWith({ ...both, chosen: 0 })).toBe(0);
  const turns = [turn(1, 'Hello?', { 1: both })];
  expect(messagesTo(turns, 1, asked('And?')).map(({ text }) => text)).toEqual(['Hello?', 'good', 'And?']);
});

test('columns are asked together while their conversations are the same', () => {
  expect(asksOf([], columns, asked('Hello?'))).toEqual([
    { columns, messages: [{ role: 'user', text: 'Hello?' }] },
  ]);
  const apart = [turn(1, 'Hello?', { 1: cell(answer('Yes.')), 2: cell(answer('No.')) })];
  expect(asksOf(apart, columns, asked('Why?')).map((ask) => ask.columns.map(({ id }) => id))).toEqual([
    [1],
    [2],
  ]);
  const alike = [turn(1, 'Hello?', { 1: cell(answer('Yes.')), 2: cell(answer('Yes.')) })];
  expect(asksOf(alike, columns, asked('Why?'))).toHaveLength(1);
});

test('a column that came later is asked without what went before', () => {
  const turns = [turn(1, 'Hello?', { 1: cell(answer('Yes.')) })];
  expect(messagesTo(turns, 2, asked('Why?'))).toEqual([{ role: 'user', text: 'Why?' }]);
});

test('a column is told a system message before its conversation, one that takes none is asked apart', () => {
  const cells = { 1: emptyCell('models/a', 1, 'Be brief.'), 2: emptyCell('models/b', 1) };
  const now = { ...turn(1, 'Hello?', cells), ending: '\n' };
  const told = { role: 'system', text: 'Be brief.' };
  const question = { role: 'user', text: 'Hello?\n' };
  expect(asksOf([], columns, now).map(({ messages }) => messages)).toEqual([[told, question], [question]]);
  expect(messagesTo([], 1, { ...asked('Hello?'), system: ' ' })).toHaveLength(1);
});

test('an exchange has the system message that it was asked with in its prompt', () => {
  const told = { ...cell(answer('Yes.')), system: 'Be brief.' };
  const place = { turn: 1, column: 1, sample: 0 };
  expect(exchangeAt([turn(1, 'Hello?', { 1: told })], place)?.prompt).toBe(
    'System: Be brief.\n\nUser: Hello?\n\nAssistant:',
  );
});

test('answers arrive at their place, and what was cut off stops', () => {
  const asked = [turn(1, 'Hello?', { 1: emptyCell('models/a', 2) })];
  expect(isWriting(asked[0]!)).toBe(true);
  const one = withCell(asked, { turn: 1, column: 1 }, (cell) => withAnswer(cell, 1, answer('Hi.')));
  expect(one[0]!.cells[1]!.answers.map(({ text }) => text)).toEqual(['', 'Hi.']);
  const stopped = withCell(one, { turn: 1, column: 1 }, (cell) => settledCell(cell, 'It failed.'));
  expect(stopped[0]!.cells[1]!.answers.map(({ state }) => state)).toEqual(['stopped', 'ended']);
  expect(isWriting(stopped[0]!)).toBe(false);
  expect(withCell(one, { turn: 9, column: 1 }, (cell) => withAnswer(cell, 0, answer('late')))).toEqual(one);
});

test('a conversation is the prompt that the workbench makes of it', () => {
  const turns = [turn(1, 'Hello?', { 1: cell(answer('Yes.')) })];
  for (const messages of [messagesTo([], 1, asked('Hello?')), messagesTo(turns, 1, asked('Why?'))])
    expect(promptOf(messages)).toBe(promptOfCore(messages));
});

test('an answer is sent with the conversation before it', () => {
  const turns = [turn(1, 'Hello?', { 1: cell(answer('Yes.')) }), turn(2, 'Why?', { 1: cell(answer('So.')) })];
  const first = exchangeAt(turns, { turn: 1, column: 1, sample: 0 });
  expect(first?.prompt).toBe('Hello?');
  const second = exchangeAt(turns, { turn: 2, column: 1, sample: 0 });
  expect(second?.prompt).toBe('User: Hello?\n\nAssistant: Yes.\n\nUser: Why?\n\nAssistant:');
  expect(exchangeAt(turns, { turn: 3, column: 1, sample: 0 })).toBeUndefined();
});

test('an answer is ranked with those of other columns to the same, then with other samples', () => {
  const cells = {
    1: cell(answer('a', 1), answer('b', 2), answer(' ')),
    2: cell(answer('c', 0), answer('d', 5), answer('a')),
  };
  const texts = (turns: readonly Turn[], column: number) =>
    candidatesWith(turns, { turn: turns.at(-1)!.id, column, sample: 0 }).map(({ text }) => text);
  expect(texts([turn(1, 'Hello?', cells)], 1)).toEqual(['a', 'b', 'd', 'c']);
  const apart = [turn(1, 'First?', { 1: cell(answer('x')), 2: cell(answer('y')) }), turn(2, 'Hello?', cells)];
  expect(texts(apart, 1)).toEqual(['a', 'b']);
  const many = cell(...Array.from({ length: 12 }, (_, i) => answer(`answer ${i}`)));
  expect(texts([turn(1, 'Hello?', { 1: many })], 1)).toHaveLength(9);
});
