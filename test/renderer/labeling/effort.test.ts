import { expect, test } from 'vitest';
import { effortAt, noteInput, showDuration, startClock } from '../../../renderer/views/labeling/effort.ts';

test('time within thirty seconds of input is active, the rest idle', () => {
  const clock = startClock(1000);
  expect(effortAt(clock, 11_000)).toEqual({ activeMs: 10_000, idleMs: 0 });
  expect(effortAt(clock, 61_000)).toEqual({ activeMs: 30_000, idleMs: 30_000 });
});

test('each input makes thirty more seconds active, counted once', () => {
  const clock = noteInput(noteInput(startClock(0), 20_000), 90_000);
  expect(effortAt(clock, 100_000)).toEqual({ activeMs: 60_000, idleMs: 40_000 });
});

test('a later visit adds to the one before', () => {
  const before = effortAt(startClock(0), 40_000);
  expect(effortAt(startClock(500_000, before), 505_000)).toEqual({ activeMs: 35_000, idleMs: 10_000 });
});

test('a clock set back counts nothing', () => {
  expect(effortAt(startClock(5000), 1000)).toEqual({ activeMs: 0, idleMs: 0 });
});

test('durations read as clocks do', () => {
  expect([0, 7000, 307_000, 3_750_000].map(showDuration)).toEqual(['0:00', '0:07', '5:07', '1:02:30']);
});
