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

test('asks for the items of the evaluation that is judged, and for those that train once it is left', async () => {
  const asked: object[] = [];
  const read = (at: object) => Promise.resolve(asked.push(at));
  const queue = createQueue<number>({ part: 'rankings', queue: 'rank', read, idOf: (item) => item });
  queue.open('project', 1, 7);
  await new Promise(setImmediate);
  expect(queue.use.getState().evaluation).toBe(7);
  expect(asked).toEqual([
    { labeler: 1, evaluation: 7 },
    { labeler: 1, evaluation: 7, item: 1, move: 'next' },
  ]);
  queue.open('project', 1);
  await new Promise(setImmediate);
  expect(queue.use.getState().evaluation).toBe(null);
  expect(asked.slice(2)).toEqual([{ labeler: 1 }, { labeler: 1, item: 3, move: 'next' }]);
});
