import { expect, it } from 'vitest';
import { wilson } from '../../../core/data/wilson.ts';

it("wilson's interval has its published values", () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
  const published = [
    { successes: 81, n: 263, low: 0.2553, high: 0.3662 },
    { successes: 15, n: 148, low: 0.0624, high: 0.1605 },
    { successes: 0, n: 20, low: 0, high: 0.1611 },
    { successes: 1, n: 29, low: 0.0061, high: 0.1718 },
  ];
  for (const { successes, n, low, high } of published) {
    const interval = wilson(successes / n, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  }
});
