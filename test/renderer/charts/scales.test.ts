import { describe, expect, it } from 'vitest';
import { padded } from '../../../renderer/charts/uplot-options.ts';

describe('the scale of a chart', () => {
  it('has some room above and below what it shows', () => {
    expect(padded({ min: 0, max: 10 }, false)).toEqual({ min: -0.6, max: 10.6 });
  });

  it('is as wide around a value that rounding alone moves as around one that stands still', () => {
    const still = padded({ min: -1, max: -1 }, false);
    expect(still).toEqual({ min: -1.1, max: -0.9 });
    const { min, max } = padded({ min: -1, max: -1 + 2 ** -52 }, false);
    expect(min).toBeCloseTo(still.min, 12);
    expect(max).toBeCloseTo(still.max, 12);
  });

  it('shows something where there is nothing', () => {
    expect(padded({ min: Infinity, max: -Infinity }, false)).toEqual({ min: 0, max: 1 });
    expect(padded({ min: 0, max: 0 }, false)).toEqual({ min: -1, max: 1 });
  });
});
