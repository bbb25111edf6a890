/** `npm run serve` as a person runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from '../../../core/contract/connection.ts';
import { socketTransport } from '../../../core/contract/transports.ts';
import { folderOf } from '../../support/folders.ts';

const script = join(import.meta.dirname, '../../../core/host/serve.ts');

interface Served {
  readonly child: ChildProcess;
  readonly address: URL;
  /** What it has said besides. */
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

async function serveProject(): Promise<Served> {
  const state = folderOf({});
  const child = spawn(process.execPath, [script, '--state', state, '--data', join(state, 'data')]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const address = new Promise<string>((resolve) =>
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim())),
  );
  const died = ended.then(() => Promise.reject(new Error(said)));
  died.catch(() => {});
  return { child, address: new URL(await Promise.race([address, died])), said: () => said, ended };
}

describe('npm run serve', () => {
  it('prints an address that leads to the workbench, and ends on Ctrl-C', async () => {
    const { child, address, said, ended } = await serveProject();
    const { headers, status } = await fetch(address, { redirect: 'manual' });
    expect(status).toBe(303);
    const cookie = headers.get('set-cookie')!.split(';')[0]!;
    const page = await fetch(address.origin, { headers: { cookie } });
    expect(await page.text()).toContain('<div id="root">');
    const socket = new WebSocket(`ws://${address.host}/connection`, {
      origin: address.origin,
      headers: { cookie },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const window = connect(socketTransport(socket));
    expect(await window.call('app.about', {})).toMatchObject({ host: 'browser' });
    const reason = new Promise((resolve) => window.onClose(resolve));
    child.kill('SIGINT');
    expect(await reason).toBe('the workbench was stopped');
    expect(await ended).toBe(0);
    expect(said()).toContain('Ctrl-C stops the workbench');
  });

  it('logs what it refuses, and goes on', async () => {
    const { address, said } = await serveProject();
    expect((await fetch(address.origin)).status).toBe(403);
    expect(said()).toMatch(/refused GET "\/" from 127\.0\.0\.1: it has no token/);
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
  });
});
