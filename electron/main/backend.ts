/** The process behind the windows, as the main process sees it: forked when first needed, and again if it dies. */
import { fork, type ChildProcess } from 'node:child_process';
import { connect, type Log } from '../../core/contract/connection.ts';
import type { Transport } from '../../core/contract/messages.ts';
import { ProcessChannels } from '../../core/host/process-channels.ts';

/** How long it has to say whether it is working. */
const ANSWER_MS = 3000;

export interface BackendCommand {
  /** A plain Node: Electron's own refuses allocations of 2 GiB. */
  readonly node: string;
  readonly script: string;
  readonly args?: readonly string[];
}

export class Backend {
  readonly #command: BackendCommand;
  readonly #log: Log;
  readonly #onForked: () => void;
  #running: { readonly child: ChildProcess; readonly channels: ProcessChannels } | undefined;

  /** `onForked` may open a transport of its own. */
  constructor(command: BackendCommand, log: Log, onForked: () => void = () => {}) {
    this.#command = command;
    this.#log = log;
    this.#onForked = onForked;
  }

  /** A new transport to it. */
  open(): Transport {
    if (!this.#running) {
      this.#running = this.#fork();
      this.#onForked();
    }
    return this.#running.channels.open();
  }

  /** Whether quitting would interrupt something; what gives no answer is not working. */
  async isWorking(): Promise<boolean> {
    if (!this.#running) return false;
    const window = connect(this.open());
    try {
      const waiting = AbortSignal.timeout(ANSWER_MS);
      waiting.addEventListener('abort', () => window.close());
      const works = await window.call('work.list', {});
      return works.some(({ state }) => state === 'queued' || state === 'working');
    } catch (error) {
      this.#log(`the backend did not say whether it is working: ${String(error)}`);
      return false;
    } finally {
      window.close();
    }
  }

  /** Lets it stop its work at a checkpoint; resolves once it has ended. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    const { child } = this.#running;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.disconnect();
    await ended;
  }

  /** Ends it without waiting; what it has told the disk is kept. */
  kill(): void {
    this.#running?.child.kill('SIGKILL');
  }

  #fork() {
    const { node, script, args = [] } = this.#command;
    const child = fork(script, args, {
      execPath: node,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#log(text.trimEnd()));
    child.once('error', (error) => this.#lose(child, error.message));
    child.once('exit', (code, signal) => this.#lose(child, `it ended with ${signal ?? `code ${code}`}`));
    const channels = new ProcessChannels(child, this.#log, (transport) => transport.close());
    return { child, channels };
  }

  #lose(child: ChildProcess, why: string): void {
    if (this.#running?.child !== child) return;
    this.#running = undefined;
    this.#log(`the backend is gone: ${why}`);
  }
}
