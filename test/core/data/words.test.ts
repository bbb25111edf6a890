import { expect, test } from 'vitest';
import { bytesWords, counted } from '../../../core/data/words.ts';

test('things are counted in words', () => {
  expect([0, 1, 2].map((n) => counted(n, 'file'))).toEqual(['0 files', '1 file', '2 files']);
});

test('bytes are told by the largest unit that leaves a whole one, to three digits', () => {
  const sizes = [0, 999, 1000, 1536, 25_340_000, 5e9, 2.5e15];
  expect(sizes.map(bytesWords)).toEqual([
    ...['0 bytes', '999 bytes', '1 kB', '1.54 kB', '25.3 MB', '5 GB', '2500 TB'],
  ]);
});
