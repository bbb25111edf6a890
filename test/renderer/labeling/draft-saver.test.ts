import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDraftSaver } from '../../../renderer/views/labeling/draft-saver.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function saver() {
  const saved: string[] = [];
  return { saved, drafts: createDraftSaver<string>((draft) => saved.push(draft)) };
}

test('saves the latest within 150 ms of the first change, however fast one types', () => {
  const { saved, drafts } = saver();
  for (const text of ['a', 'ab', 'abc', 'abcd']) {
    drafts.change(text);
    vi.advanceTimersByTime(49);
  }
  expect(saved).toEqual(['abc']);
  vi.advanceTimersByTime(150);
  expect(saved).toEqual(['abc', 'abcd']);
});

test('flushes at once, and once', () => {
  const { saved, drafts } = saver();
  drafts.change('a');
  drafts.flush();
  drafts.flush();
  vi.advanceTimersByTime(1000);
  expect(saved).toEqual(['a']);
});
