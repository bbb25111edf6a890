import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../core/contract/connection.ts';
import { Backend } from '../../electron/main/backend.ts';
import { folderOf } from '../support/folders.ts';

const script = join(import.meta.dirname, 'backend-process.ts');

function openBackend(state: 'working' | 'done' | 'queued') {
  const stoppedFile = join(folderOf({}), 'stopped');
  const log: string[] = [];
  const backend = new Backend({ node: process.execPath, script, args: [state, stoppedFile] }, (text) =>
    log.push(text),
  );
  onTestFinished(() => backend.kill());
  return { backend, log, stoppedFile };
}

describe('the backend of the desktop application', () => {
  it('serves several windows, one of which may go', async () => {
    const { backend } = openBackend('done');
    const [first, second] = [connect(backend.open()), connect(backend.open())];
    await first.call('app.about', {});
    first.close();
    await expect(second.call('app.about', {})).resolves.toBeDefined();
  });

  it.each([
    ['working', true],
    ['queued', true],
    ['done', false],
  ] as const)('says of %s work that it is working: %s', async (state, working) => {
    const { backend } = openBackend(state);
    expect(await backend.isWorking()).toBe(false);
    await connect(backend.open()).call('app.about', {});
    expect(await backend.isWorking()).toBe(working);
  });

  it('has stopped its work at a checkpoint when it has ended', async () => {
    const { backend, log, stoppedFile } = openBackend('working');
    await connect(backend.open()).call('app.about', {});
    expect(existsSync(stoppedFile)).toBe(false);
    await backend.stop();
    expect(existsSync(stoppedFile)).toBe(true);
    expect(log).toEqual(['the backend is gone: it ended with code 0']);
  });

  it('is forked again when it has died', async () => {
    const { backend, log } = openBackend('done');
    const lost = connect(backend.open());
    await lost.call('app.about', {});
    backend.kill();
    await new Promise((resolve) => lost.onClose(resolve));
    await vi.waitFor(() => expect(log).toEqual(['the backend is gone: it ended with SIGKILL']));
    await expect(connect(backend.open()).call('app.about', {})).resolves.toBeDefined();
  });

  it('stops its work and ends when the process that forked it is killed', async () => {
    const stoppedFile = join(folderOf({}), 'stopped');
    const parent = fork(join(import.meta.dirname, 'backend-parent.ts'), [script, stoppedFile]);
    const backendId = await new Promise<number>((resolve) => parent.once('message', resolve));
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(backendId, 0)).toThrow('ESRCH'), 10_000);
    expect(existsSync(stoppedFile)).toBe(true);
  });
});
