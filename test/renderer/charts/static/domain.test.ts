import { expect, test } from 'vitest';
import { domainOf, placeIn } from '../../../../renderer/charts/static/domain.ts';

test('an axis holds every value with room at its ends', () => {
  const domain = domainOf([2, 12, Number.NaN]);
  expect(domain[0]).toBeLessThan(2);
  expect(domain[1]).toBeGreaterThan(12);
  expect(placeIn(domain, 7)).toBeCloseTo(0.5);
  expect(placeIn(domainOf([3]), 3)).toBe(0.5);
  expect(domainOf([])).toEqual([0, 1]);
});

test('what lies beyond an axis stands at its end', () => {
  expect(placeIn([0, 1], -4)).toBe(0);
  expect(placeIn([0, 1], 4)).toBe(1);
  expect(placeIn([1, 1], 1)).toBe(0.5);
});
