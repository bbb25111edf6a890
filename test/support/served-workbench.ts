/** The workbench in a browser as a person starts it: a process of its own, known by the address it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { connect } from '../../core/contract/connection.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { socketTransport } from '../../core/contract/transports.ts';
import { childrenOf } from './processes.ts';

const script = join(import.meta.dirname, '../../core/host/serve.ts');

export class ServedWorkbench {
  /** With its token. */
  readonly address: string;
  readonly #process: ChildProcess;
  readonly #said: string[];

  private constructor(process: ChildProcess, address: string, said: string[]) {
    this.#process = process;
    this.address = address;
    this.#said = said;
  }

  /** Starts it with all it keeps, settings and projects, below one folder. */
  static async start(folder: string): Promise<ServedWorkbench> {
    const args = [
      script,
      '--port',
      '0',
      '--data',
      join(folder, 'projects'),
      '--state',
      join(folder, 'state'),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
    for await (const line of createInterface(child.stdout))
      if (line.startsWith('http://')) return new ServedWorkbench(child, line, said);
    throw new Error(`the workbench ended without an address: ${said.join('')}`);
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** What it wrote to standard error. */
  get log(): string {
    return this.#said.join('');
  }

  /** Opens a connection as a window does: the token for a cookie, then a WebSocket. */
  async connect(): Promise<Connection> {
    const response = await fetch(this.address, { redirect: 'manual' });
    const cookie = response.headers.get('set-cookie')!.split(';')[0]!;
    const { origin, host } = new URL(this.address);
    const socket = new WebSocket(`ws://${host}/connection`, { headers: { cookie, origin } });
    await once(socket, 'open');
    return connect(socketTransport(socket));
  }

  /** The processes it started: the trainer, once there is one. */
  children(): number[] {
    return childrenOf(this.pid);
  }

  /** Ends it as Ctrl-C does. */
  stop(): Promise<void> {
    return this.#end('SIGINT');
  }

  /** Ends it as a crash does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** However a test ends, what it started ends with it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}

/** Somebody new, who labels from now on. */
export async function newLabeler(window: Connection, name: string): Promise<number> {
  const { id } = await window.call('labelers.add', { name });
  await window.call('labelers.choose', { id });
  return id;
}
