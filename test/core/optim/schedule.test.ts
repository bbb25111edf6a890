import { describe, expect, it } from 'vitest';
import { schedules, withWarmUp } from '../../../core/optim/schedule.ts';

describe('a schedule', () => {
  it.each(Object.entries(schedules))('%s starts at the peak and never rises', (_, schedule) => {
    expect(schedule(0, 100)).toBeCloseTo(1, 12);
    for (let step = 1; step <= 100; step++)
      expect(schedule(step, 100)).toBeLessThanOrEqual(schedule(step - 1, 100));
  });

  it('cosineToTenth is halfway down at half time and at a tenth at the end', () => {
    expect(schedules.cosineToTenth(50, 100)).toBeCloseTo(0.55, 12);
    expect(schedules.cosineToTenth(100, 100)).toBeCloseTo(0.1, 12);
  });

  it('linearToZero is at 0 at the end, and constant stays', () => {
    expect(schedules.linearToZero(25, 100)).toBe(0.75);
    expect(schedules.linearToZero(100, 100)).toBe(0);
    expect(schedules.constant(100, 100)).toBe(1);
  });

  it.each(Object.entries(schedules))('%s is finite in a run of one step', (_, schedule) => {
    expect(schedule(0, 1)).toBe(1);
  });

  it('warms up linearly from where it is told, then goes on as before', () => {
    const warm = withWarmUp(schedules.constant, 10, 0.1);
    expect(warm(0, 100)).toBeCloseTo(0.1, 12);
    expect(warm(5, 100)).toBeCloseTo(0.55, 12);
    expect(warm(10, 100)).toBe(1);
    const cosine = withWarmUp(schedules.cosineToTenth, 10, 0);
    expect(cosine(60, 100)).toBe(schedules.cosineToTenth(60, 100));
  });

  it('without warm-up is itself', () => {
    expect(withWarmUp(schedules.linearToZero, 0, 0.1)(0, 10)).toBe(1);
  });
});
