import { describe, expect, it, vi } from 'vitest';
import { Quitting, type QuitSteps } from '../../electron/main/quitting.ts';

/** Steps that note what is done. */
function noting(given: Partial<QuitSteps>): { quitting: Quitting; done: string[] } {
  const done: string[] = [];
  const note = (what: string) => () => void done.push(what);
  const steps: QuitSteps = {
    isWorking: () => Promise.resolve(false),
    confirm: () => Promise.resolve(true),
    stop: () => Promise.resolve(note('stop')()),
    kill: note('kill'),
    quit: note('quit'),
    stay: note('stay'),
    ...given,
  };
  return { quitting: new Quitting(steps), done };
}

describe('quitting', () => {
  it('asks nothing where nothing is under way', async () => {
    const confirm = vi.fn(() => Promise.resolve(false));
    const { quitting, done } = noting({ confirm });
    expect(quitting.mayQuit()).toBe(false);
    await vi.waitFor(() => expect(done).toEqual(['stop', 'quit']));
    expect(quitting.mayQuit()).toBe(true);
    expect(confirm).not.toHaveBeenCalled();
  });

  it('stops the work before it ends, where the person says so', async () => {
    const { quitting, done } = noting({ isWorking: () => Promise.resolve(true) });
    quitting.mayQuit();
    await vi.waitFor(() => expect(done).toEqual(['stop', 'quit']));
  });

  it('goes on where the person would rather, and asks again the next time', async () => {
    const answers = [false, true];
    const { quitting, done } = noting({
      isWorking: () => Promise.resolve(true),
      confirm: () => Promise.resolve(answers.shift()!),
    });
    quitting.mayQuit();
    await vi.waitFor(() => expect(done).toEqual(['stay']));
    expect(quitting.mayQuit()).toBe(false);
    await vi.waitFor(() => expect(done).toEqual(['stay', 'stop', 'quit']));
  });

  it('asks once, however often it is told to', async () => {
    let decide = (_stop: boolean) => {};
    const confirm = vi.fn(() => new Promise<boolean>((resolve) => (decide = resolve)));
    const { quitting, done } = noting({ isWorking: () => Promise.resolve(true), confirm });
    quitting.mayQuit();
    await vi.waitFor(() => expect(confirm).toHaveBeenCalled());
    quitting.mayQuit();
    decide(true);
    await vi.waitFor(() => expect(done).toEqual(['stop', 'quit']));
    expect(confirm).toHaveBeenCalledTimes(1);
  });

  it('waits no longer for the checkpoint when told again', async () => {
    let stopped = () => {};
    const { quitting, done } = noting({
      stop: () => new Promise((resolve) => (stopped = resolve)),
      kill: () => {
        done.push('kill');
        stopped();
      },
    });
    quitting.mayQuit();
    await vi.waitFor(() => {
      expect(quitting.mayQuit()).toBe(false);
      expect(done).toContain('kill');
    });
    await vi.waitFor(() => expect(done.at(-1)).toBe('quit'));
  });
});
