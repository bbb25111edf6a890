import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trainBpe } from '../../../core/model/bpe.ts';
import { cutIntoWindows, Texts } from '../../../core/workbench/texts.ts';

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
