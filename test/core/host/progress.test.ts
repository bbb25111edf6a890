import { describe, expect, test } from 'vitest';
import { createProgress } from '../../../core/host/progress.ts';

/** A stream that keeps what is written, and a clock set by hand. */
function recorder(isTTY: boolean) {
  const stream = { isTTY, columns: 60, text: '', write: (text: string) => (stream.text += text) };
  const clock = { seconds: 0 };
  return { stream, clock, progress: createProgress(stream, () => clock.seconds * 1000) };
}

describe('on a terminal', () => {
  test('one live line is rewritten, and metrics measured now and then stay', () => {
    const { stream, clock, progress } = recorder(true);
    progress.update({ label: 'sft', step: 1, total: 121, metrics: { loss: 2, eval_loss: 3 } });
    clock.seconds = 10;
    progress.update({ label: 'sft', step: 21, total: 121, metrics: { loss: 1.23456 } });
    progress.done();
    expect(stream.text.split('\r\u001b[K')).toEqual([
      '',
      'sft  1/121  loss 2  eval_loss 3',
      'sft  21/121  2.0 steps/s  0:50 left  loss 1.235  eval_loss \n',
    ]);
  });

  test('a stage has its own line and rate', () => {
    const { stream, clock, progress } = recorder(true);
    progress.update({ label: 'sft', step: 1, total: 2 });
    clock.seconds = 100;
    progress.update({ label: 'ppo', step: 5, total: 9 });
    clock.seconds = 110;
    progress.update({ label: 'ppo', step: 7, total: 1449 });
    expect(stream.text.split('\r\u001b[K')).toEqual([
      '',
      'sft  1/2\n',
      'ppo  5/9',
      'ppo  7/1449  5.0 s/step  2:00:10 left',
    ]);
  });

  test('a note takes a line of its own', () => {
    const { stream, progress } = recorder(true);
    progress.update({ label: 'sft', step: 1, total: 2 });
    progress.note('stopping');
    expect(stream.text.endsWith('\r\u001b[Kstopping\n')).toBe(true);
  });
});

test('elsewhere a plain line comes every ten seconds and at the end', () => {
  const { stream, clock, progress } = recorder(false);
  for (let step = 1; step <= 25; step++) {
    progress.update({ label: 'sft', step, total: 25 });
    clock.seconds += 1;
  }
  progress.done();
  expect(stream.text.split('\n').map((line) => line.slice(0, 10))).toEqual([
    'sft  1/25',
    'sft  11/25',
    'sft  21/25',
    'sft  25/25',
    '',
  ]);
});
