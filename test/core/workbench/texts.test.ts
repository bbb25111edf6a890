import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../../core/contract/errors.ts';
import { promptOf } from '../../../core/data/conversation.ts';
import { trainBpe } from '../../../core/model/bpe.ts';
import { cutIntoWindows, Texts, type TextOptions } from '../../../core/workbench/texts.ts';
import { cases, chats, jsonOf, templateOf } from '../../support/tokenizer-fixtures.ts';

const json = trainBpe(['the cat sat on the mat', 'the hat the cat had'], 280, ['<eos>', '<bos>']);

/** The texts of a folder with this tokenizer. */
function texts(config: object = {}, tokenizer: object = {}): Texts {
  const folder = mkdtempSync(join(tmpdir(), 'texts-'));
  const names = { eos_token: '<eos>', bos_token: '<bos>', ...config };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify({ ...json, ...tokenizer }));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(names));
  return Texts.load(folder);
}

const [EOS, BOS] = [0, 1];

describe('a prompt', () => {
  const template = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<bos>' } }, { Sequence: {} }],
  };

  test.each([
    ['begins with the token its configuration asks for', { add_bos_token: true }, {}, true],
    ['begins plainly where it asks for none', { add_bos_token: false }, { post_processor: template }, false],
    ['begins as the template has it where it says nothing', {}, { post_processor: template }, true],
    ['begins plainly where nothing says otherwise', {}, {}, false],
    ['begins plainly where there is no such token', { add_bos_token: true, bos_token: null }, {}, false],
  ])('%s', (_, config, tokenizer, bos) => {
    const ids = texts(config, tokenizer).prompt('the cat');
    expect(ids[0] === BOS).toBe(bos);
  });
});

describe('an answer', () => {
  const plain = texts();

  test('goes on from its prompt and ends', () => {
    const { ids, start } = plain.answer('the cat', ' sat');
    expect(start).toBe(plain.prompt('the cat').length);
    expect([...ids]).toEqual([...plain.prompt('the cat sat'), EOS]);
  });

  test('ends once', () => {
    expect(plain.answer('the cat', ' sat<eos>')).toEqual(plain.answer('the cat', ' sat'));
  });

  test('that was cut off does not end', () => {
    expect([...plain.answer('the cat', ' sat', false).ids]).toEqual([...plain.prompt('the cat sat')]);
  });

  test('that would share a token with its prompt is read alone', () => {
    const { ids, start } = plain.answer('the c', 'at');
    expect([...ids.slice(0, start)]).toEqual([...plain.prompt('the c')]);
    expect([...ids.slice(start)]).toEqual([...plain.prompt('at'), EOS]);
  });

  test('comes back as text without special tokens', () => {
    const { ids, start } = plain.answer('the cat', ' sat');
    expect(plain.tokenizer.continuation(ids.slice(0, start), ids.slice(start))).toBe(' sat');
  });
});

test('documents begin and end with their tokens', () => {
  expect([...texts({ add_bos_token: true }).documents(['the', 'cat'])].filter((id) => id < 2)).toEqual([
    BOS,
    EOS,
    BOS,
    EOS,
  ]);
});

test('windows cover all tokens but a last one alone', () => {
  const cut = (count: number) =>
    cutIntoWindows(
      Int32Array.from({ length: count }, (_, i) => i),
      3,
    ).map(({ ids }) => [...ids]);
  expect(cut(8)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7],
  ]);
  expect(cut(7)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(cut(0)).toEqual([]);
});

const stories = join(import.meta.dirname, '../../../../shared/data/models/stories260K-hf');

test.skipIf(!existsSync(stories))('stories260K puts a space before each text only once', () => {
  const own = Texts.load(stories);
  const { ids, start } = own.answer('Once upon a', ' time', false);
  expect(ids[0]).toBe(own.tokenizer.bosId);
  expect([...ids]).toEqual([...own.prompt('Once upon a time')]);
  expect(own.tokenizer.continuation(ids.slice(0, start), ids.slice(start))).toBe(' time');
});

/** The texts of a folder whose model converses as a template has it. */
function conversing(name: string, options: TextOptions = {}, files: object = {}): Texts {
  const { case: tokenizer, special } = chats[name]!;
  const folder = mkdtempSync(join(tmpdir(), 'texts-'));
  const config = { eos_token: '</s>', ...special };
  const all = {
    'tokenizer.json': JSON.stringify(jsonOf(cases[tokenizer]!)),
    'tokenizer_config.json': JSON.stringify(config),
    'chat_template.jinja': templateOf(name),
    ...files,
  };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text);
  return Texts.load(folder, options);
}

/** The prompt that is a conversation, as the project writes it. */
const asPrompt = (messages: readonly { role: string; content: string }[]) =>
  promptOf(messages.map(({ role, content }) => ({ role, text: content })));

const idsOf = (rendered: (typeof chats)[string]['chats'][number]['prompt']): readonly number[] =>
  'ids' in rendered ? rendered.ids : [];

describe.each(Object.keys(chats))('with the chat template "%s"', (name) => {
  const own = conversing(name);
  const written = chats[name]!.chats.filter(({ prompt }) => 'ids' in prompt);

  test('a prompt is its conversation as Transformers writes it, with no second beginning', () => {
    expect(written.length).toBeGreaterThanOrEqual(4);
    for (const { messages, prompt } of written)
      expect([...own.prompt(asPrompt(messages))]).toEqual(idsOf(prompt));
  });

  test('an answer goes on from its prompt, says what it says and ends as turns do', () => {
    for (const { messages } of written) {
      const prompt = asPrompt(messages);
      const { ids, start } = own.answer(prompt, 'it sat.');
      expect([...ids.slice(0, start)]).toEqual([...own.prompt(prompt)]);
      expect(ids.at(-1)).toBe(own.endTokens[0]);
      const said = own.tokenizer.continuation(ids.slice(0, start), ids.slice(start));
      expect(said.endsWith('it sat.')).toBe(true);
      expect(own.answer(prompt, 'it sat.', false).ids.at(-1)).not.toBe(own.endTokens[0]);
    }
  });
});

/** Whose templates go on from what they prompt with. */
const regular = ['chatml', 'thinking', 'headers', 'zephyr', 'small'];

test.each(regular)('with "%s" an answer is what Transformers makes of it, up to its end', (name) => {
  const own = conversing(name);
  for (const { messages, whole } of chats[name]!.chats)
    for (const [answer, rendered] of Object.entries(whole).filter(([answer]) => answer.trim() !== '')) {
      const { ids } = own.answer(asPrompt(messages), answer);
      expect(idsOf(rendered).slice(0, ids.length)).toEqual([...ids]);
    }
});

describe('with a chat template', () => {
  const [end, eos] = [481, 483];
  const endsOf = (name: string, files: object = {}) => conversing(name, {}, files).endTokens;
  const added = (own: Texts, prompt: string, answer: string, ended = true) => {
    const { ids, start } = own.answer(prompt, answer, ended);
    return own.tokenizer.decode(ids.slice(start));
  };

  test("the end of the assistant's turn comes first of what ends a generation, the end of text after it", () => {
    const names = JSON.stringify({ eos_token: '</s>' });
    const listed = JSON.stringify({ eos_token_id: [eos, 480] });
    expect(endsOf('chatml')).toEqual([end]);
    expect(endsOf('chatml', { 'tokenizer_config.json': names })).toEqual([end, eos]);
    expect(endsOf('chatml', { 'tokenizer_config.json': names, 'generation_config.json': listed })).toEqual([
      end,
      eos,
      480,
    ]);
  });

  test('a template that ends turns with no token leaves that to the end of text', () => {
    expect(endsOf('headings')).toEqual([eos]);
    expect(added(conversing('headings'), 'the cat', 'sat')).toBe('sat</s>');
  });

  test('what a template writes before the end of a turn is written', () => {
    const spaced = '{% for m in messages %}{{ m.role ~ ":" ~ m.content ~ " </s>\\n" }}{% endfor %}assistant:';
    const own = conversing('headings', {}, { 'chat_template.jinja': spaced });
    expect(added(own, 'the cat', 'sat')).toBe('sat </s>');
    expect(added(own, 'the cat', 'sat', false)).toBe('sat');
  });

  test('a template that writes an answer otherwise than it prompts for it has the answer as it is', () => {
    expect(added(conversing('rewriting'), 'the cat', 'a b</think>sat')).toBe('a b</think>sat</s>');
  });

  test('a template that writes earlier turns otherwise once there is an answer has it as in other conversations', () => {
    const prompt = asPrompt([
      { role: 'system', content: 'Say it.' },
      { role: 'user', content: 'the cat' },
    ]);
    const own = conversing('instructions');
    const { ids, start } = own.answer(prompt, 'sat ');
    expect(own.tokenizer.decode(ids.slice(start - 1))).toBe('] sat</s>');
  });

  test('an answer that would share a token with its prompt is read alone', () => {
    const own = conversing('chatml');
    const { ids, start } = own.answer('the cat', '\n\n');
    expect(own.prompt('the cat').at(-1)).toBe(own.tokenizer.encode('\n')[0]);
    expect([...ids.slice(start)]).toEqual([...own.tokenizer.encode('\n\n'), end]);
  });

  test('an answer that was cut off is as it was written', () => {
    expect(added(conversing('thinking'), 'the cat', '<think>\nI wonder', false)).toBe('<think>\nI wonder');
    expect(added(conversing('thinking'), 'the cat', 'sat')).toBe('<think>\n\n</think>\n\nsat<|end|>');
  });

  test('a conversation it refuses is named with the reason', () => {
    const own = conversing('instructions');
    const prompt = asPrompt([
      { role: 'user', content: 'one' },
      { role: 'user', content: 'two' },
    ]);
    expect(() => own.prompt(prompt)).toThrow(DataError);
    expect(() => own.prompt(prompt)).toThrow(/^the prompt that ends with "two" .*roles must go user/);
  });

  test('documents are plain text', () => {
    expect([...conversing('chatml').documents(['the cat'])]).toEqual([
      ...conversing('chatml').tokenizer.encode('the cat'),
      end,
    ]);
  });

  test('that is not wanted everything is as it is written', () => {
    const own = conversing('headers', { chatTemplate: 'none' });
    expect(own.chatTemplate).toBeUndefined();
    expect([...own.prompt('the cat')]).toEqual([482, ...own.tokenizer.encode('the cat')]);
    expect(added(own, 'the cat', ' sat')).toBe(' sat<|end|>');
    expect(own.endTokens).toEqual([end]);
  });

  test('a tokenizer that was read without it is saved without it, and with all else', () => {
    const config = JSON.stringify({ eos_token: '<|end|>', chat_template: 'one', extra: 1 });
    const listed = JSON.stringify({ eos_token_id: [eos] });
    const files = { 'tokenizer_config.json': config, 'generation_config.json': listed };
    const folder = mkdtempSync(join(tmpdir(), 'texts-'));
    conversing('chatml', { chatTemplate: 'none' }, files).tokenizer.save(folder);
    expect(readdirSync(folder)).not.toContain('chat_template.jinja');
    expect(JSON.parse(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8'))).toEqual({
      eos_token: '<|end|>',
      extra: 1,
    });
    expect(Texts.load(folder).chatTemplate).toBeUndefined();
    expect(Texts.load(folder).endTokens).toEqual([end, eos]);
  });

  test('the same tokenizer reads by either choice', () => {
    const own = conversing('chatml');
    expect([...own.reading('none').prompt('the cat')]).toEqual([...own.tokenizer.encode('the cat')]);
    expect(own.reading('none').reading('auto').prompt('the cat')).toEqual(own.prompt('the cat'));
  });
});
