import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../core/contract/errors.ts';
import { suggestedSampling } from '../../../core/model/generation-config.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';
import { vocabularyOf } from '../../../core/model/tokenizer-files.ts';
import { cases, jsonOf, texts } from '../../support/tokenizer-fixtures.ts';

const shared = join(import.meta.dirname, '../../../../shared/data/tokenizers');

/** A folder with these files, objects as JSON. */
function folder(files: Record<string, unknown>): string {
  const path = mkdtempSync(join(tmpdir(), 'tokenizer-files-'));
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(path, name), typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

const json = jsonOf(cases['gpt2']!);
const ended = { eos_token: '</s>' };

describe("GPT-2's own files", () => {
  const { vocab, merges } = json.model as { vocab: Record<string, number>; merges: [string, string][] };
  const named = { ...vocab, '<|endoftext|>': 480 };
  const lines = ['#version: 0.2', ...merges.map((merge) => merge.join(' ')), ''].join('\n');

  test.each([
    ['vocab.json', 'merges.txt'],
    ['encoder.json', 'vocab.bpe'],
  ])('%s and %s are read as its tokenizer.json would be', (vocabulary, pairs) => {
    const tokenizer = Tokenizer.load(folder({ [vocabulary]: named, [pairs]: lines }));
    const plain = texts.filter((text) => !/<[|s/]/.test(text));
    expect(plain.length).toBeGreaterThan(20);
    for (const text of plain)
      expect([...tokenizer.encode(text)]).toEqual(cases['gpt2']!.ids[texts.indexOf(text)]);
    expect([tokenizer.eosId, tokenizer.beginsTexts, tokenizer.vocabularySize]).toEqual([480, false, 481]);
    expect([...tokenizer.encode('<|endoftext|>')]).toEqual([480]);
  });

  test('are saved as tokenizer.json, which compares the same', () => {
    const old = folder({ 'vocab.json': named, 'merges.txt': lines });
    const at = join(old, 'saved');
    Tokenizer.load(old).save(at);
    expect(readdirSync(at).sort()).toEqual(['tokenizer.json', 'tokenizer_config.json']);
    expect(vocabularyOf(at)).toBe(vocabularyOf(old));
    expect(Tokenizer.load(at).eosId).toBe(480);
  });

  test("put a space before texts where their configuration has it so, and take another's end of text", () => {
    const config = { add_prefix_space: true, eos_token: 'a', tokenizer_class: 'GPT2Tokenizer' };
    const tokenizer = Tokenizer.load(
      folder({ 'vocab.json': named, 'merges.txt': lines, 'tokenizer_config.json': config }),
    );
    expect(tokenizer.encode('the cat')).toEqual(tokenizer.encode(' the cat'));
    expect(tokenizer.eosId).toBe(vocab['a']);
  });

  test.each([
    ['a configuration', { 'tokenizer_config.json': { tokenizer_class: 'Qwen2Tokenizer' } }, 'Qwen2Tokenizer'],
    ['a model', { 'config.json': { model_type: 'qwen2' } }, 'the tokenizer of qwen2'],
  ])('of another tokenizer by %s are refused', (_, files, kind) => {
    const at = folder({ 'vocab.json': named, 'merges.txt': lines, ...files });
    expect(() => Tokenizer.load(at)).toThrow(ModelError);
    expect(() => Tokenizer.load(at)).toThrow(
      `${at} has vocab.json and merges.txt but no tokenizer.json, and is read by ${kind}, not by GPT-2's tokenizer: save it with tokenizer.json`,
    );
  });

  test.skipIf(!existsSync(shared))(
    'of the published model give the published ids (skipped where ../shared/data is absent)',
    () => {
      const at = folder({});
      for (const name of ['encoder.json', 'vocab.bpe'])
        copyFileSync(join(shared, 'gpt2-openai-names', name), join(at, name));
      const tokenizer = Tokenizer.load(at);
      const file = readFileSync(join(shared, 'gpt2_gpt3encoder_test.json'), 'utf8');
      const { cases } = JSON.parse(file) as { cases: { text: string; ids: number[] }[] };
      expect(cases).toHaveLength(7);
      for (const { text, ids } of cases) expect([...tokenizer.encode(text)]).toEqual(ids);
      expect(tokenizer.eosId).toBe(50256);
    },
  );
});

test.each([
  ['tokenizer.model', 'a SentencePiece or tiktoken model'],
  ['spiece.model', 'a SentencePiece model'],
  ['tekken.json', 'a Tekken vocabulary'],
  ['tokenizer.tiktoken', 'a tiktoken vocabulary'],
  ['vocab.txt', 'a WordPiece vocabulary'],
])('a folder with %s alone is refused with what to do', (name, what) => {
  const at = folder({ [name]: '' });
  expect(() => Tokenizer.load(at)).toThrow(ModelError);
  expect(() => Tokenizer.load(at)).toThrow(
    `${at} has ${what} (${name}) but no tokenizer.json: save it with tokenizer.json, as Transformers does`,
  );
});

test('everything that a tokenizer was read with is saved with it', () => {
  const files = {
    'tokenizer.json': json,
    'tokenizer_config.json': { ...ended, chat_template: 'one', added_tokens_decoder: {}, extra: [1] },
    'special_tokens_map.json': { eos_token: { content: '</s>', lstrip: false } },
    'generation_config.json': { eos_token_id: [483, 481], temperature: 0.6 },
    'chat_template.jinja': 'two\n{{ messages }}\n',
    'chat_template.json': { chat_template: 'three' },
  };
  const at = join(folder({}), 'saved');
  Tokenizer.load(folder({ ...files, 'config.json': { model_type: 'llama' } })).save(at);
  expect(readdirSync(at).sort()).toEqual(Object.keys(files).sort());
  for (const [name, value] of Object.entries(files)) {
    const text = readFileSync(join(at, name), 'utf8');
    expect(typeof value === 'string' ? text : JSON.parse(text), name).toEqual(value);
  }
});

describe('special tokens that config.json alone names', () => {
  const base = { 'tokenizer.json': json, 'tokenizer_config.json': {} };
  const saved = (files: object) => {
    const before = Tokenizer.load(folder({ ...base, ...files }));
    const at = join(folder({}), 'saved');
    before.save(at);
    return { before, after: Tokenizer.load(at), files: readdirSync(at).sort() };
  };

  test.each<[string, object]>([
    ['all of them', { 'config.json': { eos_token_id: [483, 481], bos_token_id: 480, pad_token_id: 479 } }],
    ['further ends', { 'tokenizer_config.json': ended, 'config.json': { eos_token_id: [483, 480] } }],
    [
      'what the configuration of generation leaves open',
      { 'generation_config.json': { temperature: 0.6 }, 'config.json': { eos_token_id: 481 } },
    ],
  ])('are saved with the tokenizer: %s', (_, files) => {
    const { before, after } = saved(files);
    for (const name of ['eosId', 'endIds', 'bosId', 'padId', 'beginsTexts'] as const)
      expect(after[name]).toEqual(before[name]);
  });

  test('make no file where others name them too', () => {
    const { files } = saved({ 'tokenizer_config.json': ended, 'config.json': { eos_token_id: 483 } });
    expect(files).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  });
});

test('a token that was added in tokenizer_config.json alone is one', () => {
  const added_tokens_decoder = {
    481: { content: '<|end|>', special: true },
    484: { content: '<|new|>', special: true, rstrip: true },
  };
  const at = folder({ 'tokenizer.json': json, 'tokenizer_config.json': { ...ended, added_tokens_decoder } });
  const tokenizer = Tokenizer.load(at);
  expect([...tokenizer.encode('<|end|><|new|> ')]).toEqual([481, 484]);
  expect(tokenizer.vocabularySize).toBe(485);
});

describe('ends', () => {
  const endsOf = (files: object) =>
    Tokenizer.load(folder({ 'tokenizer.json': json, 'tokenizer_config.json': ended, ...files })).endIds;

  test.each<[string, object, number[]]>([
    ['the end of text where nothing lists others', {}, [483]],
    [
      'the end of text and those listed',
      { 'generation_config.json': { eos_token_id: [481, 483, 480] } },
      [483, 481, 480],
    ],
    ['one given alone', { 'generation_config.json': { eos_token_id: 481 } }, [483, 481]],
    [
      "the generation's before the model's",
      { 'generation_config.json': { eos_token_id: 481 }, 'config.json': { eos_token_id: [480] } },
      [483, 481],
    ],
    ["the model's where no generation is configured", { 'config.json': { eos_token_id: [480] } }, [483, 480]],
    ['none beyond the vocabulary', { 'config.json': { eos_token_id: [9999, -1] } }, [483]],
  ])('are %s', (_, files, ids) => {
    expect(endsOf(files)).toEqual(ids);
  });
});

describe('a text begins with its token', () => {
  const beginsOf = (name: string, config: object = {}) =>
    new Tokenizer(
      {
        'tokenizer.json': jsonOf(cases[name]!),
        'tokenizer_config.json': { ...ended, bos_token: '<s>', ...config },
      },
      'here',
    ).beginsTexts;

  test.each([
    ['where a sequence of post-processors puts it there, as Llama 3’s does', 'llama3', {}, true],
    ['where its post-processor is RoBERTa’s', 'roberta', {}, true],
    ['not where another token comes first', 'llama3', { bos_token: '<|start|>' }, false],
    ['not where nothing is put there', 'gpt2', {}, false],
    ['not where its configuration says no', 'llama3', { add_bos_token: false }, false],
  ])('%s', (_, name, config, begins) => {
    expect(beginsOf(name, config)).toBe(begins);
  });
});

describe('suggested sampling', () => {
  const suggested = (config: object) => suggestedSampling(folder({ 'generation_config.json': config }));

  test('is what generation_config.json says', () => {
    expect(suggested({ temperature: 0.6, top_p: 0.95, top_k: 20, do_sample: true })).toEqual({
      temperature: 0.6,
      topP: 0.95,
      topK: 20,
    });
    expect(suggested({ temperature: null, top_k: 5 })).toEqual({ topK: 5 });
  });

  test('is nothing where there is no such file, or it does not sample', () => {
    expect(suggestedSampling(folder({}))).toEqual({});
    expect(suggested({ do_sample: false, temperature: 0.6 })).toEqual({});
  });

  test('out of range is refused by field', () => {
    expect(() => suggested({ top_p: 2 })).toThrow(/generation_config\.json is malformed: "top_p"/);
  });
});
