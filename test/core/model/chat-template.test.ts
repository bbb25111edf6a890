import { describe, expect, test } from 'vitest';
import { DataError, ModelError } from '../../../core/contract/errors.ts';
import { ChatTemplate } from '../../../core/model/chat-template.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { cases, chats, jsonOf, templateOf } from '../../support/tokenizer-fixtures.ts';

const toMessages = (messages: readonly { role: string; content: string }[]) =>
  messages.map(({ role, content }) => ({ role, text: content }));
const user = (text: string) => [{ role: 'user', text }];
const template = (source: string, special = {}) => new ChatTemplate(source, special, 'here');
const prompting = { addGenerationPrompt: true };

describe.each(Object.entries(chats))('the template "%s"', (name, { case: tokenizerName, special, chats }) => {
  const files = {
    'tokenizer.json': jsonOf(cases[tokenizerName]!),
    'tokenizer_config.json': { eos_token: '</s>', ...special },
    'chat_template.jinja': templateOf(name),
  };
  const tokenizer = new Tokenizer(files, 'here');
  const rendered = (messages: (typeof chats)[number]['messages'], addGenerationPrompt: boolean) => {
    try {
      const text = tokenizer.chatTemplate!.render(toMessages(messages), { addGenerationPrompt });
      return { text, ids: [...tokenizer.encode(text)] };
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      return { refused: (error as Error).message };
    }
  };

  test.each(chats)(
    'writes and tokenizes conversation %# as Transformers does',
    ({ messages, prompt, whole }) => {
      const expectSame = (got: object, want: object) =>
        'refused' in want
          ? expect(got).toEqual({ refused: expect.stringContaining(want.refused as string) as string })
          : expect(got).toEqual(want);
      expectSame(rendered(messages, true), prompt);
      for (const [answer, want] of Object.entries(whole))
        expectSame(rendered([...messages, { role: 'assistant', content: answer }], false), want);
    },
  );
});

test('a template strips as Python does: the characters it names, and other white space', () => {
  const strip = (expression: string, text: string) =>
    template(`{{ '[' + ${expression} + ']' }}`).render(user(text), prompting);
  const content = 'messages[0].content';
  expect(strip(`${content}.strip('\\n')`, '\n a \n\n')).toBe('[ a ]');
  expect(strip(`${content}.lstrip('xy')`, 'yxaxy')).toBe('[axy]');
  expect(strip(`${content}.rstrip()`, ' a\u0085\u001c \n')).toBe('[ a]');
  expect(strip(`${content} | trim`, '\ufeff a \u0085')).toBe('[\ufeff a]');
  expect(strip(`(${content}.strip() ~ ' b ').strip()`, ' a ')).toBe('[a b]');
});

test('the date that a template asks for is always the same', () => {
  const dated = template('{{ strftime_now("%A, %d %B %Y; %j%% %q") }}');
  expect(dated.render(user('a'), prompting)).toBe('Friday, 26 July 2024; 208% %q');
});

test('tools and documents are none, and special tokens are what their names say', () => {
  const shown = template(
    '{{ tools is none }} {{ documents is none }} {{ eos_token }}{{ range(1, 4) | join }}',
    {
      eos_token: '</s>',
    },
  );
  expect(shown.render(user('a'), prompting)).toBe('true true </s>123');
});

describe('where a template is', () => {
  const json = jsonOf(cases['gpt2']!);
  const of = (files: object) =>
    new Tokenizer(
      { 'tokenizer.json': json, 'special_tokens_map.json': { eos_token: { content: '</s>' } }, ...files },
      'here',
    ).chatTemplate?.render(user('a'), prompting);

  test.each<[string, object, string | undefined]>([
    ['the configuration', { 'tokenizer_config.json': { chat_template: 'one {{ eos_token }}' } }, 'one </s>'],
    [
      'a list of which "default" is taken',
      {
        'tokenizer_config.json': {
          chat_template: [
            { name: 'tool_use', template: 'two' },
            { name: 'default', template: 'three' },
          ],
        },
      },
      'three',
    ],
    ['a list without "default"', { 'tokenizer_config.json': { chat_template: [] } }, undefined],
    [
      'a file of its own, before the configuration',
      { 'tokenizer_config.json': { chat_template: 'one' }, 'chat_template.jinja': 'four' },
      'four',
    ],
    ['chat_template.json', { 'chat_template.json': { chat_template: 'five' } }, 'five'],
    ['nowhere', { 'tokenizer_config.json': { chat_template: null } }, undefined],
  ])('%s', (_, files, text) => {
    expect(of(files)).toBe(text);
  });

  test('something that is no template is refused by file', () => {
    expect(() => of({ 'tokenizer_config.json': { chat_template: 1 } })).toThrow(
      /^here\/tokenizer_config\.json: "chat_template" is neither/,
    );
  });
});

test('a refusal quotes the prompt and gives the reason', () => {
  const refusing = template('{{ raise_exception("no turns") }}');
  expect(() => refusing.render(user('x'.repeat(100)), prompting)).toThrow(DataError);
  expect(() => refusing.render(user('x'.repeat(100)), prompting)).toThrow(
    `the prompt that ends with "${'x'.repeat(60)}…" does not fit the chat template of here: no turns; change its turns, or choose no chat template`,
  );
});

test('a template that cannot be followed is named with the reason', () => {
  expect(() => template('{% if %}')).toThrow(ModelError);
  expect(() => template('{{ "a" | unheard_of }}').render(user('a'), prompting)).toThrow(
    /^the chat template of here cannot be used: .*unheard_of.*; mend it, or choose no chat template$/,
  );
});

test('whether a template takes a system message is seen from what it writes', () => {
  const takes = Object.keys(chats).filter(
    (name) => template(templateOf(name), { bos_token: '', eos_token: '' }).takesSystem,
  );
  expect(takes).toEqual(Object.keys(chats));
  expect(template('{{ messages[-1].content }}').takesSystem).toBe(false);
  expect(
    template('{% if messages[0].role == "system" %}{{ raise_exception("no") }}{% endif %}').takesSystem,
  ).toBe(false);
});
