import { expect, test } from 'vitest';
import { createQueue } from '../../../renderer/views/labeling/queue.ts';

/** A queue of numbers whose reads answer when the test says so. */
function slowQueue() {
  const waiting: ((item: number | null) => void)[] = [];
  const read = () => new Promise<number | null>((resolve) => waiting.push(resolve));
  const queue = createQueue<number>({ part: 'rankings', queue: 'rank', read, idOf: (item) => item });
  const answer = async (item: number | null) => {
    waiting.shift()!(item);
    await new Promise(setImmediate);
  };
  return { queue, answer };
}

test('an item that is done with cannot be answered again while the next one is on its way', async () => {
  const { queue, answer } = slowQueue();
  queue.open('project', 1);
  await answer(1);
  expect(queue.shown()).toBe(1);
  queue.advance();
  expect(queue.use.getState().item).toBe(1);
  expect(queue.shown()).toBe(null);
  // The read ahead, which came too late, and the one that was waited for.
  await answer(2);
  await answer(2);
  expect(queue.shown()).toBe(2);
});
