import { expect, test } from 'vitest';
import { uncertaintyOf } from '../../../core/workbench/uncertainty.ts';

test('completions of equal reward are wholly uncertain', () => {
  expect(uncertaintyOf([0.3, 0.3])).toBe(1);
  expect(uncertaintyOf([-2, -2, -2])).toBe(1);
});

test('rewards far apart leave nothing uncertain', () => {
  expect(uncertaintyOf([500, -500])).toBe(0);
});

test('a pair has the entropy of its preference, in bits', () => {
  // σ(ln 3) = 3/4
  expect(uncertaintyOf([Math.log(3), 0])).toBeCloseTo(0.811278, 6);
  expect(uncertaintyOf([0, Math.log(3)])).toBeCloseTo(0.811278, 6);
});

test('several completions have the mean over their pairs', () => {
  expect(uncertaintyOf([500, 0, 0])).toBeCloseTo(1 / 3, 10);
});
