import { describe, expect, it } from 'vitest';
import { RowWindows, WINDOW } from '../../../renderer/components/row-windows.ts';

const total = 100_000;
const rowsOf = (window: number) => Array.from({ length: WINDOW }, (_, i) => window * WINDOW + i);

function takeAll(windows: RowWindows<number>, first: number, last: number, of = total): number[] {
  const taken: number[] = [];
  for (let next; (next = windows.take({ first, last, total: of }));) taken.push(next.window);
  return taken;
}

function loadAll(windows: RowWindows<number>, first: number, last: number): void {
  for (let next; (next = windows.take({ first, last, total }));)
    windows.put(next.window, next.version, rowsOf(next.window));
}

describe('row windows', () => {
  it('takes what is in sight first, then the windows on either side', () => {
    expect(takeAll(new RowWindows<number>(), 50_090, 50_110)).toEqual([500, 501, 502, 499]);
  });

  it('takes nothing beyond either end', () => {
    expect(takeAll(new RowWindows<number>(), 0, 30, 80)).toEqual([0]);
    expect(takeAll(new RowWindows<number>(), 0, 0, 0)).toEqual([]);
  });

  it('takes a window once', () => {
    const windows = new RowWindows<number>();
    takeAll(windows, 0, 30);
    expect(takeAll(windows, 10, 40)).toEqual([]);
  });

  it('gives rows by index once they are there', () => {
    const windows = new RowWindows<number>();
    expect(windows.rowAt(50_095)).toBeUndefined();
    loadAll(windows, 50_090, 50_110);
    expect([50_095, 50_105].map((index) => windows.rowAt(index))).toEqual([50_095, 50_105]);
  });

  it('keeps old rows after renewing, until new ones are there', () => {
    const windows = new RowWindows<number>();
    loadAll(windows, 0, 30);
    windows.renew();
    expect(windows.rowAt(7)).toBe(7);
    const next = windows.take({ first: 0, last: 30, total })!;
    windows.put(next.window, next.version, [1000]);
    expect(windows.rowAt(0)).toBe(1000);
  });

  it('refuses an answer to a question from before renewing', () => {
    const windows = new RowWindows<number>();
    const early = windows.take({ first: 0, last: 30, total })!;
    windows.renew();
    expect(windows.put(early.window, early.version, [1])).toBe(false);
    expect(windows.rowAt(0)).toBeUndefined();
  });

  it('forgets the window that was out of sight longest and takes it again when it is back', () => {
    const windows = new RowWindows<number>(4);
    loadAll(windows, 0, 50);
    loadAll(windows, 5000, 5050);
    loadAll(windows, 0, 50);
    loadAll(windows, 9000, 9050);
    expect(windows.rowAt(20)).toBe(20);
    expect(windows.rowAt(5020)).toBeUndefined();
    expect(takeAll(windows, 5000, 5050)).toContain(50);
  });
});
