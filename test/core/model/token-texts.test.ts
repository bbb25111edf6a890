import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trainBpe } from '../../../core/model/bpe.ts';
import { TokenTexts } from '../../../core/model/token-texts.ts';
import { Tokenizer } from '../../../core/model/tokenizer.ts';

const byteLevel = () =>
  Tokenizer.of(trainBpe(['the cat sat on the mat', 'the hat that the cat had'], 300, ['<end>', '<pad>']), {
    eos: '<end>',
    pad: '<pad>',
  });

const split = (tokenizer: Tokenizer, text: string) => {
  const texts = new TokenTexts(tokenizer);
  return Array.from(tokenizer.encode(text), (id) => texts.of(id));
};

/** As Llama's: a space before every text, and bytes for what the vocabulary lacks. */
const sentencePiece = () =>
  Tokenizer.of(
    {
      version: '1.0',
      added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({
        ...{ id, content, special: true },
        ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
      })),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      pre_tokenizer: null,
      post_processor: null,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
      model: {
        ...{ type: 'BPE', unk_token: '<unk>', byte_fallback: true, fuse_unk: true },
        vocab: {
          '<unk>': 0,
          '<s>': 1,
          '</s>': 2,
          '<0xC3>': 3,
          '<0xAF>': 4,
          '▁': 5,
          a: 6,
          '▁a': 7,
          b: 8,
          ab: 9,
        },
        merges: [
          ['▁', 'a'],
          ['a', 'b'],
        ],
      },
    },
    { eos: '</s>', bos: '<s>' },
  );

describe('the texts of tokens', () => {
  test('keep their leading spaces, and join to the text', () => {
    expect(split(byteLevel(), ' the cat')).toEqual([' the', ' cat']);
    expect(split(byteLevel(), '  the\n').join('')).toBe('  the\n');
  });

  test('a part of a character shows as such', () => {
    expect(split(byteLevel(), 'ï')).toEqual(['\uFFFD', '\uFFFD']);
    expect(split(sentencePiece(), 'aï')).toEqual([' a', '\uFFFD', '\uFFFD']);
  });

  test('pieces that mark their space have it, wherever they stand', () => {
    expect(split(sentencePiece(), 'a ab b')).toEqual([' a', ' a', 'b', ' ', 'b']);
  });

  test('special tokens show their names, and ids beyond the vocabulary theirs', () => {
    const [bytes, pieces] = [new TokenTexts(byteLevel()), new TokenTexts(sentencePiece())];
    expect([bytes.of(0), bytes.of(1), bytes.of(5000)]).toEqual(['<end>', '<pad>', '<5000>']);
    expect([pieces.of(1), pieces.of(2)]).toEqual(['<s>', '</s>']);
  });

  const stories = join(import.meta.dirname, '../../../../shared/data/models/stories260K-hf');
  test.skipIf(!existsSync(stories))('those of a real Llama vocabulary join to what it says', () => {
    const tokenizer = Tokenizer.load(stories);
    expect(split(tokenizer, 'Once upon a time, Lily')).toEqual([
      ' Once',
      ' upon',
      ' a',
      ' time',
      ',',
      ' Lily',
    ]);
  });
});

describe('a continuation', () => {
  test.each([' the cat', ' naïve 🙂', ' the<pad> cat', ''])('is as the tokenizer tells it: %j', (text) => {
    const tokenizer = byteLevel();
    const [before, ids] = [tokenizer.encode('on'), tokenizer.encode(text)];
    for (const said of [ids, Int32Array.of(...ids, tokenizer.eosId)])
      expect(new TokenTexts(tokenizer).continuation(before, said)).toBe(tokenizer.continuation(before, said));
  });
});
