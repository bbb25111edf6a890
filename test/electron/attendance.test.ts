import { describe, expect, it } from 'vitest';
import type { Work } from '../../core/contract/calls.ts';
import { connect } from '../../core/contract/connection.ts';
import { memoryPair } from '../../core/contract/transports.ts';
import { Attendance } from '../../electron/main/attendance.ts';

function attend({ watched = false } = {}) {
  const shown: (number | null | undefined)[] = [];
  const awake: boolean[] = [];
  const told: string[] = [];
  const attendance = new Attendance({
    showProgress: (share) => shown.push(share),
    keepAwake: (on) => awake.push(on),
    notify: (title, message) => told.push(`${title} / ${message}`),
    isWatched: () => watched,
  });
  const [window, workbench] = memoryPair();
  attendance.follow(connect(window));
  const work = (changes: Partial<Work>) => {
    const data: Work = {
      ...{ id: 'a', kind: 'run', title: 'Train ppo', state: 'working', done: 0, total: 10, message: '' },
      ...{ run: '/runs/ppo', resumable: false, startedAt: 0 },
      ...changes,
    };
    workbench.send([{ event: 'work', data }]);
    return settled();
  };
  return { shown, awake, told, work, lose: () => (workbench.close(), settled()) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('while there is work, the desktop', () => {
  it('shows how far it is and stays awake, and neither once it is over', async () => {
    const { shown, awake, work } = attend();
    await work({ state: 'queued' });
    await work({ done: 0, total: 0 });
    await work({ done: 5 });
    await work({ state: 'done', done: 10 });
    expect(shown).toEqual([undefined, null, 0.5, undefined]);
    expect(awake).toEqual([false, true, true, false]);
  });

  it('tells of a run that ends or fails, and of nothing else', async () => {
    const { told, work } = attend();
    await work({});
    await work({ state: 'done', message: 'the model is in /m' });
    for (const [id, kind] of [
      ['b', 'sample'],
      ['c', 'run'],
      ['d', 'run'],
    ] as const)
      await work({ id, kind });
    await work({ id: 'b', kind: 'sample', state: 'done' });
    await work({ id: 'c', state: 'cancelled' });
    await work({ id: 'd', state: 'failed', message: 'the loss became NaN' });
    expect(told).toEqual([
      'The run is finished / Train ppo: the model is in /m',
      'The run has stopped with an error / Train ppo: the loss became NaN',
    ]);
  });

  it('tells nothing to a person who is looking, nor of work that was over before', async () => {
    const watched = attend({ watched: true });
    await watched.work({});
    await watched.work({ state: 'done' });
    expect(watched.told).toEqual([]);
    const late = attend();
    await late.work({ state: 'done' });
    expect(late.told).toEqual([]);
  });

  it('lets the machine sleep when the workbench is gone', async () => {
    const { shown, awake, work, lose } = attend();
    await work({ done: 5 });
    await lose();
    expect(shown.at(-1)).toBeUndefined();
    expect(awake.at(-1)).toBe(false);
  });
});
