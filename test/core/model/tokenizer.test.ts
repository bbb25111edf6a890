import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, ModelError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import { trainBpe } from '../../../core/model/bpe.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';

const shared = join(import.meta.dirname, '../../../../shared/data');
const absent = !existsSync(shared);

const texts = ['the cat sat on the mat', 'the hat that the cat had', "it's the cat's hat — naïve café"];
const special = ['<|endoftext|>', '<|pad|>'];

const trained = () => Tokenizer.of(trainBpe(texts, 300, special), { eos: '<|endoftext|>', pad: '<|pad|>' });

/** A folder with these files as JSON. */
function folder(files: Record<string, unknown>): string {
  const path = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(path, name), typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

const json = trainBpe(texts, 300, ['<eos>', '<unk>', '<bos>']);

const awkward = [
  '',
  ' ',
  '  two  spaces , and ( brackets ) .',
  'tabs\tand\r\nlines\n\n',
  'naïve café – 日本 🙂👩‍👩‍👧',
  "don't 've 12345 <|endo",
  '\u0000\u00ad\uFEFF\u0085\u00a0',
  '__proto__ constructor',
];

describe('trainBpe', () => {
  test('the special tokens come first, then the bytes, then merges by count', () => {
    const { model, added_tokens: added } = trainBpe(texts, 262, special);
    expect(added.map(({ id, content }) => [id, content])).toEqual([
      [0, '<|endoftext|>'],
      [1, '<|pad|>'],
    ]);
    expect(model.vocab['!']).toBe(2);
    expect(Object.keys(model.vocab)).toHaveLength(262);
    expect(model.merges.map((merge) => merge.join('+'))).toMatchInlineSnapshot(`
      [
        "a+t",
        "t+h",
        "th+e",
        "Ġ+c",
      ]
    `);
  });

  test('the same texts give the same vocabulary whatever they were split into', () => {
    const one = trainBpe(texts, 280, special);
    expect(trainBpe([...texts].reverse(), 280, special)).toEqual(one);
  });

  test('pairs seen once are never merged', () => {
    expect(Object.keys(trainBpe(['abcdef'], 1000, []).model.vocab)).toHaveLength(256);
  });

  test.each(awkward)('any text comes back as it was: %j', (text) => {
    const tokenizer = trained();
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  test('random text comes back as it was', () => {
    const tokenizer = trained();
    const stream = randomStream(3, 'text');
    // Below the surrogates, which are no text by themselves.
    const text = () => String.fromCodePoint(...Array.from({ length: 40 }, () => stream.integer(0xd800)));
    for (let i = 0; i < 50; i++) {
      const sample = text();
      expect(tokenizer.decode(tokenizer.encode(sample))).toBe(sample);
    }
  });

  test('a vocabulary too small for the bytes is refused', () => {
    expect(() => trainBpe(texts, 257, special)).toThrow(/vocabularySize is 257; it must be at least 258/);
    expect(() => trainBpe(texts, NaN, special)).toThrow(ConfigurationError);
    expect(() => trainBpe(texts, 300, ['<a>', '<a>'])).toThrow(/specialTokens names a token twice/);
  });
});

describe('tokenizer', () => {
  test('special tokens have their ids, and padding is not the end of text', () => {
    const tokenizer = trained();
    expect([tokenizer.eosId, tokenizer.padId, tokenizer.bosId]).toEqual([0, 1, undefined]);
    // Two special tokens, 256 bytes and the nine pairs that these few texts repeat.
    expect(tokenizer.vocabularySize).toBe(267);
  });

  test('encoding adds no token unless asked', () => {
    const tokenizer = Tokenizer.of(json, { eos: '<eos>', bos: '<bos>' });
    const plain = [...tokenizer.encode('the cat')];
    expect([...tokenizer.encode('the cat', { bos: true })]).toEqual([2, ...plain]);
    expect(() => trained().encode('a', { bos: true })).toThrow(/names no token that begins a text/);
  });

  test('decoding shows special tokens or skips them, and has nothing for ids beyond the vocabulary', () => {
    const tokenizer = trained();
    const ids = [...tokenizer.encode('the cat'), tokenizer.eosId, 5000];
    expect(tokenizer.decode(ids)).toBe('the cat<|endoftext|>');
    expect(tokenizer.decode(ids, { skipSpecial: true })).toBe('the cat');
    expect(tokenizer.decode([5000])).toBe('');
  });

  test('the unknown token fills where no padding is named, and the end of text where nothing else can', () => {
    const named = (config: object) =>
      Tokenizer.load(folder({ 'tokenizer.json': json, 'tokenizer_config.json': config }));
    expect(named({ eos_token: '<eos>', unk_token: { content: '<unk>' } }).padId).toBe(1);
    expect(named({ eos_token: '<eos>', pad_token: '<eos>', bos_token: '<bos>' }).padId).toBe(0);
  });

  test('ids come from the configuration where the tokenizer names no tokens', () => {
    const at = folder({
      'tokenizer.json': json,
      'config.json': { eos_token_id: [2, 0], bos_token_id: null },
    });
    expect(Tokenizer.load(at).eosId).toBe(2);
    expect(Tokenizer.load(at).bosId).toBeUndefined();
  });

  test('a saved tokenizer loads as the same', () => {
    const at = join(folder({}), 'model');
    trained().save(at);
    expect(readdirSync(at).sort()).toEqual(['tokenizer.json', 'tokenizer_config.json']);
    const loaded = Tokenizer.load(at);
    expect(loaded.encode('the hat')).toEqual(trained().encode('the hat'));
    expect([loaded.eosId, loaded.padId]).toEqual([0, 1]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['no tokenizer', {}, /tokenizer\.json cannot be read: there is no such file/],
    ['bad json', { 'tokenizer.json': '{' }, /tokenizer\.json is not JSON/],
    [
      'no vocabulary',
      { 'tokenizer.json': { model: {} } },
      /tokenizer\.json cannot be used: its model "WordLevel": "vocab"/,
    ],
    ['an unknown kind', { 'tokenizer.json': { ...json, decoder: { type: 'X' } } }, /cannot be used: .*X/],
    ['no end of text', { 'tokenizer.json': json }, /names no end of text: add "eos_token"/],
    [
      'a token outside the vocabulary',
      { 'tokenizer.json': json, 'special_tokens_map.json': { eos_token: '</s>' } },
      /special_tokens_map\.json: eos_token "<\/s>" is not in tokenizer\.json/,
    ],
    [
      'an id outside the vocabulary',
      { 'tokenizer.json': json, 'config.json': { eos_token_id: 9999 } },
      /config\.json: eos_token_id 9999 is beyond the vocabulary/,
    ],
  ])('a folder with %s is refused by file', (_, files, message) => {
    const at = folder(files);
    expect(() => Tokenizer.load(at)).toThrow(message);
    expect(() => Tokenizer.load(at)).toThrow(ModelError);
  });

  test('text that a vocabulary has no token for is refused, not taken for token 0', () => {
    const model = { ...json.model, vocab: { a: 0, '</s>': 1 }, merges: [], unk_token: '?' };
    const letters = { ...json, added_tokens: [], model };
    const at = folder({ 'tokenizer.json': letters, 'tokenizer_config.json': { eos_token: '</s>' } });
    expect(() => Tokenizer.load(at).encode('ab')).toThrow(/has no token for "\?" and none for the unknown/);
  });

  test.skipIf(absent)(
    'llama ids and text are those of llama2.c (skipped where ../shared/data is absent)',
    () => {
      const at = join(shared, 'models/stories260K-hf');
      const tokenizer = Tokenizer.load(at);
      const golden = JSON.parse(readFileSync(join(at, 'expected/golden.json'), 'utf8')) as Golden;
      expect([tokenizer.vocabularySize, tokenizer.bosId, tokenizer.eosId, tokenizer.padId]).toEqual([
        512, 1, 2, 0,
      ]);
      expect(tokenizer.decode(golden.greedy_ids, { skipSpecial: true })).toBe(golden.greedy_text);
      for (const { text, ids } of golden.encodings_llama2c_algorithm) {
        expect([...tokenizer.encode(text, { bos: true })]).toEqual(ids);
        expect(tokenizer.decode(ids, { skipSpecial: true })).toBe(text);
      }
    },
  );

  test.skipIf(absent)('gpt-2 ids are those of its encoder (skipped where ../shared/data is absent)', () => {
    const tokenizer = Tokenizer.load(
      folder({ 'tokenizer.json': gpt2(), 'config.json': { eos_token_id: 50256 } }),
    );
    const { cases } = readShared('tokenizers/gpt2_gpt3encoder_test.json') as Gpt2Cases;
    expect([tokenizer.vocabularySize, tokenizer.eosId, tokenizer.padId]).toEqual([50257, 50256, 50256]);
    for (const { text, ids } of cases) {
      expect([...tokenizer.encode(text)]).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
    expect([...tokenizer.encode('end<|endoftext|>')]).toEqual([437, 50256]);
  });
});

interface Golden {
  greedy_ids: number[];
  greedy_text: string;
  encodings_llama2c_algorithm: { text: string; ids: number[] }[];
}

interface Gpt2Cases {
  cases: { text: string; ids: number[] }[];
}

const readShared = (path: string): unknown => JSON.parse(readFileSync(join(shared, path), 'utf8'));

/** GPT-2's own files in the layout of `tokenizer.json`. */
function gpt2(): object {
  const vocab = readShared('tokenizers/gpt2-openai-names/encoder.json');
  const lines = readFileSync(join(shared, 'tokenizers/gpt2-openai-names/vocab.bpe'), 'utf8').split('\n');
  const merges = lines.slice(1).filter((line) => line !== '');
  const end = { ...json.added_tokens[0]!, id: 50256, content: '<|endoftext|>' };
  return { ...json, added_tokens: [end], model: { ...json.model, vocab, merges } };
}
