/** The queue with a real trainer, and what follows a piece of work. */
import { expect, test } from 'vitest';
import type { Work } from '../../../../core/contract/calls.ts';
import { WorkBoard } from '../../../../core/workbench/work/board.ts';
import { WorkQueue, type Piece } from '../../../../core/workbench/work/queue.ts';
import { defaultTrainer, Trainer } from '../../../../core/workbench/work/trainer.ts';

test('what fails after a piece of work is told, and what waits has its turn', async () => {
  const trainer = new Trainer(defaultTrainer, () => {});
  const board = new WorkBoard(() => {});
  const queue = new WorkQueue({
    ...{ board, trainer, onCrash: () => {}, onStep: () => {}, isResumable: () => false },
    means: () => ({ device: 'cpu', threads: 1, memoryGigabytes: 0 }),
  });
  const { promise, resolve } = Promise.withResolvers<Work['state']>();
  const piece = (onEnded: Piece['onEnded']): Piece => ({
    ...{ kind: 'score', title: 'Score', total: 0, onEnded: onEnded! },
    task: { kind: 'score', model: '/no/such/model', items: [] },
  });
  const first = queue.add(
    piece(() => {
      throw new Error('the disk is gone');
    }),
  );
  queue.add(piece(resolve));
  expect(await promise).toBe('failed');
  expect(board.get(first)!.message).toMatch(/^\/no\/such\/model does not exist.*; then: .*the disk is gone/);
  await queue.stopAll();
  await trainer.stop();
});
