import { expect, it } from 'vitest';
import { agoWords } from '../../../renderer/views/home/ago.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

it.each([
  [30_000, 'just now'],
  [MINUTE, '1 minute ago'],
  [119 * MINUTE, '1 hour ago'],
  [DAY, 'yesterday'],
  [45 * DAY, 'last month'],
  [800 * DAY, '2 years ago'],
])('says how long ago %d ms were', (elapsed, words) => {
  expect(agoWords(NOW - elapsed, NOW)).toBe(words);
});
