import { describe, expect, test } from 'vitest';
import { Pipeline } from '../../../../core/model/tokenization/pipeline.ts';
import { cases, jsonOf, texts } from '../../../support/tokenizer-fixtures.ts';

const byName = Object.entries(cases);
const idsOf = (pipeline: Pipeline, text: string) => pipeline.encode(text).map(({ id }) => id);
const ofCase = (name: string, changes: object = {}, model: object = {}) => {
  const json = jsonOf(cases[name]!);
  return { ...json, ...changes, model: { ...json.model, ...model } };
};

describe.each(byName)('the tokenizer "%s"', (_, known) => {
  const pipeline = new Pipeline(jsonOf(known));

  test('gives every text the ids of the reference', () => {
    expect(texts.map((text) => idsOf(pipeline, text))).toEqual(known.ids);
  });

  test('decodes them as the reference does, with special tokens and without', () => {
    expect(known.ids.map((ids) => pipeline.decode([...ids], false))).toEqual(known.decoded);
    expect(known.ids.map((ids) => pipeline.decode([...ids], true))).toEqual(known.plain);
  });

  test('begins a text as its post-processor does', () => {
    expect(pipeline.beginning.map((token) => pipeline.idOf(token))).toEqual(
      known.begins.slice(0, pipeline.beginning.length),
    );
    expect(pipeline.beginning.length > 0).toBe(known.begins.length > 0);
  });
});

test('merges are read as pairs and as one text each', () => {
  const json = jsonOf(cases['gpt2']!);
  const merges = (json.model['merges'] as [string, string][]).map((merge) => merge.join(' '));
  const old = new Pipeline({ ...json, model: { ...json.model, merges } });
  expect(texts.map((text) => idsOf(old, text))).toEqual(cases['gpt2']!.ids);
});

test('a model that does not name its type is told by what it has', () => {
  for (const name of ['gpt2', 'unigram', 'bert', 'words']) {
    const { type, ...model } = jsonOf(cases[name]!).model;
    const pipeline = new Pipeline({ ...jsonOf(cases[name]!), model });
    expect(type, name).toBeTypeOf('string');
    expect(texts.map((text) => idsOf(pipeline, text))).toEqual(cases[name]!.ids);
  }
});

test('a metaspace from before there were schemes puts a space before a text or does not', () => {
  const without = { type: 'Metaspace', replacement: '▁', add_prefix_space: false };
  const pipeline = new Pipeline(ofCase('metaspace never', { pre_tokenizer: without, decoder: without }));
  expect(texts.map((text) => idsOf(pipeline, text))).toEqual(cases['metaspace never']!.ids);
  expect(pipeline.decode(idsOf(pipeline, ' the cat') as number[], false)).toBe(' the cat');
});

test('characters whose bytes are cut short are unknown one by one', () => {
  const pieces = new Pipeline(jsonOf(cases['llama']!));
  const bytes = ['<0xF0>', '<0x9F>', '<0x99>'].map((token) => pieces.idOf(token)!);
  expect(pieces.decode(bytes, false)).toBe('\uFFFD\uFFFD\uFFFD');
  const marked = pieces.encode('\ufeffmark').map(({ id }) => id!);
  expect(pieces.decode(marked, false)).toBe('\ufeffmark');
});

test('a special token is found where it is written out', () => {
  const pipeline = new Pipeline(jsonOf(cases['gpt2']!));
  expect(pipeline.findSpecial(' \n<|end|>\n</s>')).toEqual({ id: 481, start: 2 });
  expect(pipeline.findSpecial('<|en')).toBeUndefined();
});

test.each<[string, object, RegExp]>([
  ['normalizer', ofCase('gpt2', { normalizer: { type: 'Nmt' } }), /^its normalizer "Nmt" is unknown here$/],
  [
    'pre-tokenizer inside a sequence',
    ofCase('gpt2', { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'UnicodeScripts' }] } }),
    /pre-tokenizer "UnicodeScripts" is unknown here/,
  ],
  [
    'type by the name of a property',
    ofCase('gpt2', { decoder: { type: 'toString' } }),
    /"toString" is unknown/,
  ],
  ['decoder', ofCase('gpt2', { decoder: { type: 'CTC' } }), /^its decoder "CTC" is unknown here$/],
  ['model', ofCase('gpt2', {}, { type: 'Other' }), /^its model "Other" is unknown here$/],
  [
    'post-processor',
    ofCase('gpt2', { post_processor: { type: 'Other' } }),
    /^its post-processor "Other" is unknown here$/,
  ],
  [
    'prefix of subwords',
    ofCase('gpt2', {}, { continuing_subword_prefix: '@@' }),
    /"continuing_subword_prefix" is not supported with BPE/,
  ],
  [
    'dropout',
    ofCase('gpt2', {}, { dropout: 0.1 }),
    /"dropout" makes each tokenization another; set it to null/,
  ],
  ['vocabulary', ofCase('gpt2', {}, { vocab: { a: '0' } }), /"vocab" must give every token its id/],
  ['merge', ofCase('gpt2', {}, { merges: ['ab'] }), /"merges" must be pairs of tokens/],
  [
    'pattern',
    ofCase('gpt2', { pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } }),
    /pre-tokenizer "Split": .*Invalid regular expression/,
  ],
  [
    'behaviour',
    ofCase('gpt2', { pre_tokenizer: { type: 'Split', pattern: { Regex: 'a' }, behavior: 'Other' } }),
    /pre-tokenizer "Split": "behavior"/,
  ],
  [
    'map of characters',
    ofCase('gpt2', { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }),
    /normalizer "Precompiled": "precompiled_charsmap" has 3 bytes/,
  ],
])('a %s that cannot be followed is refused by name', (_, json, message) => {
  expect(() => new Pipeline(json)).toThrow(message);
});
