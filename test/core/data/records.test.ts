import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../../core/contract/errors.ts';
import { readDemonstrations, readPrompts, readRankings, readTexts } from '../../../core/data/records.ts';

function file(content: string | Uint8Array, name = 'data.jsonl'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'records-')), name);
  writeFileSync(path, content);
  return path;
}

const lines = (...records: unknown[]): string =>
  file(records.map((record) => JSON.stringify(record)).join('\n'));

const shared = join(import.meta.dirname, '../../../../shared/data');

describe('records', () => {
  test('demonstrations keep fields of their own', () => {
    const demonstration = { prompt: 'Say hi.', completion: 'hi', task: 'chat', split: 'train' };
    expect(readDemonstrations(lines(demonstration))).toEqual([demonstration]);
  });

  test('a byte-order mark, crlf and blank lines are passed over', () => {
    const path = file('\uFEFF{"prompt":"a"}\r\n\r\n  \r\n{"prompt":"ü\\r\\n"}\r\n');
    expect(readPrompts(path)).toEqual([{ prompt: 'a' }, { prompt: 'ü\r\n' }]);
  });

  test('rankings are of K completions, with ties', () => {
    const ranking = { prompt: 'p', completions: ['a', 'b', 'c'], ranks: [2, 1, 2], labeler: 'ada' };
    expect(readRankings(lines(ranking))).toEqual([ranking]);
  });

  test('chosen and rejected are a ranking of two', () => {
    const path = lines({ prompt: 'p', chosen: 'good', rejected: 'bad', task: 'x', labeler: 'ada' });
    expect(readRankings(path)).toEqual([
      { prompt: 'p', completions: ['good', 'bad'], ranks: [1, 2], task: 'x', labeler: 'ada' },
    ]);
  });

  test('a completion may be white space alone, as a sampled one may', () => {
    expect(readRankings(lines({ prompt: 'p', chosen: 'a', rejected: '\n' }))).toHaveLength(1);
  });

  const ranking = { prompt: 'p', completions: ['a', 'b'], ranks: [1, 2] };

  test.each<[string, () => unknown, string]>([
    [
      'a missing field',
      () => readDemonstrations(lines({ prompt: 'p' })),
      'line 1: "completion" expected string',
    ],
    ['an empty prompt', () => readPrompts(lines({ prompt: ' ' })), 'line 1: "prompt" is empty'],
    [
      'an empty completion',
      () => readDemonstrations(lines({ prompt: 'p', completion: '' })),
      'line 1: "completion" is empty',
    ],
    ['a bare value', () => readPrompts(lines('hi')), 'line 1: expected object, received string'],
    ['bad json', () => readPrompts(file('{"prompt":"a"}\n{"prompt":')), 'line 2: not JSON: '],
    [
      'ranks that are too few',
      () => readRankings(lines(ranking, { ...ranking, ranks: [1] })),
      'line 2: "ranks" holds 1 ranks for 2 completions',
    ],
    [
      'rank 0',
      () => readRankings(lines({ ...ranking, ranks: [0, 1] })),
      'line 1: "ranks.0" is below 1, the rank of the best',
    ],
    [
      'a single completion',
      () => readRankings(lines({ ...ranking, completions: ['a'], ranks: [1] })),
      'line 1: "completions" holds fewer than two',
    ],
    [
      'half a pair',
      () => readRankings(lines({ prompt: 'p', chosen: 'a' })),
      'line 1: "rejected" expected string',
    ],
    ['an empty file', () => readPrompts(file('\n \n')), 'data.jsonl is empty'],
    [
      'an absent file',
      () => readPrompts('/none/x.jsonl'),
      '/none/x.jsonl cannot be read: there is no such file',
    ],
    [
      'latin-1',
      () => readPrompts(file(Buffer.from('{"prompt":"caf\xe9"}', 'latin1'))),
      'line 1: this line is not UTF-8',
    ],
    ['an empty text', () => readTexts(file(' \n\n', 'a.txt')), 'a.txt is empty'],
  ])('%s is refused by file and line', (_, read, message) => {
    expect(read).toThrow(message);
    expect(read).toThrow(DataError);
  });

  test('the first malformed line is named and the others counted', () => {
    const path = file('{"prompt":"a"}\nx\n{"prompt":"b"}\ny\nz\n');
    expect(() => readPrompts(path)).toThrow(
      /data\.jsonl line 2: not JSON.* \(and 2 more lines are malformed\)$/s,
    );
  });

  test('plain text parts at blank lines', () => {
    expect(readTexts(file('one\r\ntwo\r\n\r\n\r\nthree\n', 'a.txt'))).toEqual([
      { text: 'one\ntwo' },
      { text: 'three' },
    ]);
  });

  test('plain text parts at end-of-text lines where it has them', () => {
    const path = file('one\n\ntwo\n<|endoftext|>\nthree\n<|endoftext|>\n', 'a.txt');
    expect(readTexts(path)).toEqual([{ text: 'one\n\ntwo' }, { text: 'three' }]);
  });

  test('texts are read from jsonl too', () => {
    expect(readTexts(lines({ text: 'a', source: 'x' }))).toEqual([{ text: 'a', source: 'x' }]);
  });

  test.skipIf(!existsSync(shared))('a real corpus reads (skipped where ../shared/data is absent)', () => {
    expect(readTexts(join(shared, 'text/tinyshakespeare.txt'))).toHaveLength(7222);
  });
});
