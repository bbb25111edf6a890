import { describe, expect, test } from 'vitest';
import type { ImportMapping } from '../../../../core/contract/calls.ts';
import { DataError } from '../../../../core/contract/errors.ts';
import { inspect } from '../../../../core/data/import/inspect.ts';
import { read } from '../../../../core/data/import/read.ts';
import { file, jsonLines } from './files.ts';

type Columns = Record<string, string>;
const mapped = (layout: ImportMapping['layout'], columns: Columns): ImportMapping => ({
  layout,
  columns,
  defaults: {},
});

/** What a file of one record becomes by the mapping that is suggested for it. */
async function readAsSuggested(...records: unknown[]) {
  const path = jsonLines(...records);
  const { suggested } = await inspect(path);
  const { rows, problems } = await read(path, suggested);
  return { layout: suggested.layout, rows, problems };
}

const texts = ({ rows }: Awaited<ReturnType<typeof readAsSuggested>>) =>
  rows.map(({ prompt, demonstration }) => [prompt.text, demonstration]);

/** The problems of one record. */
async function problemsOf(mapping: ImportMapping, record: unknown): Promise<string[]> {
  const { rows, problems } = await read(jsonLines(record), mapping);
  expect(rows).toEqual([]);
  return problems.map(({ problem }) => problem);
}

const human = (value: string) => ({ from: 'human', value });
const gpt = (value: string) => ({ from: 'gpt', value });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });

describe('layouts', () => {
  test('a prompt alone', async () => {
    const read = await readAsSuggested({ id: 1, question: 'Why?', length: 4 });
    expect(read.layout).toBe('prompts');
    expect(read.rows).toEqual([
      {
        row: 1,
        prompt: { text: 'Why?', kind: 'plain', useCase: null, author: null, split: 'train' },
        demonstration: null,
        ranking: null,
        labeler: null,
      },
    ]);
  });

  test('a column of long texts is the prompt where none is called so', async () => {
    expect(texts(await readAsSuggested({ a: 'x', b: 'a long sentence to answer', c: 3 }))).toEqual([
      ['a long sentence to answer', null],
    ]);
  });

  test('prompt and completion', async () => {
    const read = await readAsSuggested({ Prompt: ' Say hi.\n', Completion: 'hi', labeler: 'ada' });
    expect(read.layout).toBe('prompt-completion');
    expect(texts(read)).toEqual([[' Say hi.\n', 'hi']]);
    expect(read.rows[0]!.labeler).toBe('ada');
  });

  test('prompt and completion as messages', async () => {
    const read = await readAsSuggested({ prompt: [user('Say hi.')], completion: [assistant('hi')] });
    expect(texts(read)).toEqual([['Say hi.', 'hi']]);
  });

  test('alpaca joins instruction and input by a blank line', async () => {
    const read = await readAsSuggested(
      { instruction: 'Add.', input: '1, 2', output: '3' },
      { instruction: 'Sing.', input: '', output: 'la' },
      { instruction: 'Count.', output: 1 },
    );
    expect(read.layout).toBe('alpaca');
    expect(texts(read)).toEqual([
      ['Add.\n\n1, 2', '3'],
      ['Sing.', 'la'],
      ['Count.', '1'],
    ]);
  });

  test('self-instruct gives one row for each instance, less those with a problem', async () => {
    const instances = [
      { input: 'a', output: 'A' },
      { input: '', output: '' },
      { input: 'b', output: 'B' },
    ];
    const read = await readAsSuggested({ instruction: 'Capitalize.', instances });
    expect(read.layout).toBe('self-instruct');
    expect(texts(read)).toEqual([
      ['Capitalize.\n\na', 'A'],
      ['Capitalize.\n\nb', 'B'],
    ]);
    expect(read.rows.map(({ row }) => row)).toEqual([1, 1]);
    expect(read.problems).toEqual([{ row: 1, problem: 'in instance 2, "output" is empty' }]);
  });

  test('dotted columns reach into nested rows', async () => {
    const columns = { instruction: 'task.text', output: 'instances.1.output', input: 'a.b' };
    const record = { task: { text: 'Go.' }, instances: [{ output: 'x' }, { output: 'y' }], 'a.b': 'dotted' };
    const { rows } = await read(jsonLines(record), mapped('alpaca', columns));
    expect(rows[0]).toMatchObject({ prompt: { text: 'Go.\n\ndotted' }, demonstration: 'y' });
  });

  test('sharegpt: a question and its answer are prompt and demonstration', async () => {
    const read = await readAsSuggested({ conversations: [human('2 + 2?'), gpt('4')] });
    expect(read.layout).toBe('messages');
    expect(texts(read)).toEqual([['2 + 2?', '4']]);
  });

  test('a conversation is its prompt up to the last answer, and keeps every message', async () => {
    const conversations = [
      human('Hi'),
      gpt('Hello'),
      { from: 'tool', value: '{"t": 20}' },
      human('And?'),
      gpt('Warm.'),
    ];
    const read = await readAsSuggested({ system: 'Be brief.', conversations });
    expect(texts(read)).toEqual([
      [
        'System: Be brief.\n\nUser: Hi\n\nAssistant: Hello\n\nTool: {"t": 20}\n\nUser: And?\n\nAssistant:',
        'Warm.',
      ],
    ]);
  });

  test('a conversation that ends with a question waits for its demonstration', async () => {
    const read = await readAsSuggested({ messages: [user('Hi'), assistant('Hello'), user('And?')] });
    expect(texts(read)).toEqual([['User: Hi\n\nAssistant: Hello\n\nUser: And?\n\nAssistant:', null]]);
  });

  test('openai content may come in parts of text', async () => {
    const parts = [
      { type: 'text', text: 'Say ' },
      { type: 'text', text: 'hi.' },
    ];
    const messages = [{ role: 'system', content: '' }, user(parts), assistant('hi')];
    expect(texts(await readAsSuggested({ messages }))).toEqual([['Say hi.', 'hi']]);
  });

  test.each<[string, object, string]>([
    ['texts', { prompt: 'P', chosen: 'a', rejected: 'b' }, 'P'],
    ['messages after a text', { prompt: 'P', chosen: assistant('a'), rejected: assistant('b') }, 'P'],
    ['messages after messages', { conversations: [human('P')], chosen: gpt('a'), rejected: gpt('b') }, 'P'],
    [
      'conversations that repeat the prompt',
      { prompt: 'P', chosen: [user('P'), assistant('a')], rejected: [user('P'), assistant('b')] },
      'P',
    ],
    [
      'conversations without a prompt',
      { chosen: [user('P'), assistant('a')], rejected: [user('P'), assistant('b')] },
      'P',
    ],
    [
      'transcripts',
      { chosen: '\n\nHuman: P\n\nAssistant:a', rejected: '\n\nHuman: P\n\nAssistant:b' },
      '\n\nHuman: P\n\nAssistant:',
    ],
    [
      'a system column',
      { system: 'S', prompt: 'P', chosen: 'a', rejected: 'b' },
      'System: S\n\nUser: P\n\nAssistant:',
    ],
    [
      'conversations that hold more than the prompt',
      {
        prompt: 'P',
        chosen: [{ role: 'system', content: 'S' }, user('P'), assistant('a')],
        rejected: [{ role: 'system', content: 'S' }, user('P'), assistant('b')],
      },
      'System: S\n\nUser: P\n\nAssistant:',
    ],
  ])('preferences as %s', async (_, record, prompt) => {
    const { layout, rows, problems } = await readAsSuggested(record);
    expect(problems).toEqual([]);
    expect(layout).toBe('preference');
    expect(rows).toMatchObject([
      { prompt: { text: prompt }, demonstration: null, ranking: { completions: ['a', 'b'], ranks: [1, 2] } },
    ]);
  });

  test('rankings keep ties, order and labeler', async () => {
    const record = { prompt: 'P', completions: ['a', ' ', assistant('c')], ranks: [2, 1, 2], labeler: 'ada' };
    const read = await readAsSuggested(record);
    expect(read.layout).toBe('ranking');
    expect(read.rows).toMatchObject([
      { prompt: { text: 'P' }, ranking: { completions: ['a', ' ', 'c'], ranks: [2, 1, 2] }, labeler: 'ada' },
    ]);
  });

  test('lists stand in tables as json', async () => {
    const path = file('a.csv', 'prompt,completions,ranks\nP,"[""a"",""b""]","[1,2]"\n');
    const { suggested } = await inspect(path);
    expect(suggested.layout).toBe('ranking');
    expect((await read(path, suggested)).rows[0]!.ranking).toEqual({
      completions: ['a', 'b'],
      ranks: [1, 2],
    });
  });

  test('a prompt that is spelt like json stays text', async () => {
    const prompt = '[{"role":"user","content":"x"}]';
    expect(texts(await readAsSuggested({ prompt, completion: '{"a":1}' }))).toEqual([[prompt, '{"a":1}']]);
  });

  test('kind, use case, author and split come from columns, else from the defaults', async () => {
    const mapping: ImportMapping = {
      layout: 'prompts',
      columns: { prompt: 'p', kind: 'k', useCase: 'c', author: 'a', split: 's' },
      defaults: { kind: 'user-based', useCase: 'chat', author: 'ada', split: 'test' },
    };
    const path = jsonLines(
      { p: 'x', k: 'Few-Shot', c: 'closed_qa', a: ' bob ', s: 'dev' },
      { p: 'y', c: null },
    );
    const { rows } = await read(path, mapping);
    expect(rows.map(({ prompt }) => prompt)).toEqual([
      { text: 'x', kind: 'few-shot', useCase: 'closed qa', author: 'bob', split: 'validation' },
      { text: 'y', kind: 'user-based', useCase: 'chat', author: 'ada', split: 'test' },
    ]);
  });

  test('a column is suggested for a use case only where it holds nothing else', async () => {
    const suggestedFor = async (...categories: string[]) => {
      const path = jsonLines(...categories.map((category) => ({ prompt: 'p', category })));
      return (await inspect(path)).suggested.columns['useCase'];
    };
    expect(await suggestedFor('Open QA', 'brainstorm', '', 'information_extraction')).toBe('category');
    expect(await suggestedFor('chat', 'Misconceptions')).toBeUndefined();
  });

  const preference = mapped('preference', { prompt: 'p', chosen: 'c', rejected: 'r' });
  const ranking = mapped('ranking', { prompt: 'p', completions: 'c', ranks: 'r' });
  const messages = mapped('messages', { messages: 'm' });
  const prompt = mapped('prompts', { prompt: 'p', split: 's', author: 'a' });

  test.each<[ImportMapping, object, string]>([
    [prompt, {}, '"p" is missing'],
    [prompt, { p: ' \n' }, '"p" is empty'],
    [prompt, { p: 7, s: 'later' }, 'its split "later" is none of train, validation, test'],
    [
      prompt,
      { p: 'x', a: 'a'.repeat(201) },
      'its author is longer than a name may be: at most 200 characters',
    ],
    [prompt, { p: 'x'.repeat(1_000_001) }, '"p" holds 1,000,001 characters: at most 1,000,000 fit'],
    [prompt, { p: 'x\uD800' }, '"p" holds half of a character (a lone surrogate)'],
    [prompt, { p: ['x'] }, '"p" is a string, not a message'],
    [
      mapped('prompt-completion', { prompt: 'p', completion: 'c' }),
      { p: 'x', c: ' ' },
      'its completion is empty',
    ],
    [mapped('alpaca', { instruction: 'i', output: 'o' }), { i: 'x', o: null }, '"o" is missing'],
    [
      mapped('self-instruct', { instruction: 'i', instances: 'l' }),
      { i: 'x', l: [] },
      '"l" is an empty list',
    ],
    [
      mapped('self-instruct', { instruction: 'i', instances: 'l' }),
      { i: 'x', l: [3] },
      'one of its instances is a number, not an object',
    ],
    [messages, { m: 'text' }, '"m" is a string, not a list'],
    [messages, { m: [] }, '"m" holds nothing for the assistant to answer'],
    [messages, { m: [assistant('hi')] }, '"m" holds nothing for the assistant to answer'],
    [messages, { m: [user('x'), assistant('')] }, 'its completion is empty'],
    [
      messages,
      { m: [user('x'), { content: 'y' }] },
      'message 2 of "m" has no speaker: it needs "role" or "from"',
    ],
    [messages, { m: [user('x'), { role: 'assistant', content: null }] }, 'message 2 of "m" is missing'],
    [
      messages,
      { m: [user([{ type: 'image_url' }])] },
      '"m" holds a part of type image_url, which is not text',
    ],
    [preference, { p: 'x', c: 'a' }, '"r" is missing'],
    [preference, { c: 'a', r: 'b' }, 'it has no prompt: choose the column that holds one'],
    [
      preference,
      { c: [user('x'), assistant('a')], r: [user('y'), assistant('b')] },
      '"c" and "r" follow different messages',
    ],
    [ranking, { p: 'x', c: ['a'], r: [1] }, '"c" holds 1 completions: from 2 to 9 can be ranked'],
    [ranking, { p: 'x', c: ['a', 'b'], r: [1] }, '"r" holds 1 ranks for 2 completions'],
    [ranking, { p: 'x', c: ['a', 'b'], r: [0, 1] }, '"r" holds the rank 0: ranks are from 1, the best, to 9'],
    [ranking, { p: 'x', c: ['a', ''], r: [1, 2] }, 'completion 2 of "c" is empty'],
  ])('a row with a problem says which: %j %j', async (mapping, record, problem) => {
    expect(await problemsOf(mapping, record)).toEqual([problem]);
  });

  test('a mapping without a column that its layout needs is refused', async () => {
    const reading = read(jsonLines({ p: 1 }), mapped('alpaca', { instruction: 'p' }));
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow('the layout "alpaca" needs a column for "output": choose one');
  });
});
