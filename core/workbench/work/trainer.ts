import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chooseDevice } from '../../engine/open.ts';
import { describeDeath, TrainerCrash } from './crash.ts';
import { Report, type Means, type Order, type ReportOf, type Task } from './protocol.ts';

/** The Node binary and the script that the trainer process runs. */
export interface TrainerCommand {
  readonly node: string;
  readonly script: string;
}

export const defaultTrainer: TrainerCommand = {
  node: process.execPath,
  script: fileURLToPath(new URL('../../host/trainer.ts', import.meta.url)),
};

/** Of standard error only the end is kept: it tells why a trainer died. */
const KEPT_STDERR = 8192;
/** A trainer that was let go and does not end within these milliseconds is killed. */
const PATIENCE = 20_000;

export type Part = Exclude<Report, { type: 'ended' }>;

export interface Assignment {
  readonly task: Task;
  readonly means: Means;
  readonly signal: AbortSignal;
  readonly onPart: (part: Part) => void;
}

/** The trainer process as the backend sees it: forked when first needed, and again after a crash. */
export class Trainer {
  readonly #command: TrainerCommand;
  readonly #log: (line: string) => void;
  /** After so many milliseconds without work the process ends, and gives its memory back. */
  readonly #longestRest: number | undefined;
  #process: TrainerProcess | undefined;
  #rest: NodeJS.Timeout | undefined;
  /** Resolves once no process is on its way out. */
  #left: Promise<unknown> = Promise.resolve();

  constructor(command: TrainerCommand, log: (line: string) => void, longestRest?: number) {
    this.#command = command;
    this.#log = log;
    this.#longestRest = longestRest;
  }

  /** The number of the process there is now, if any. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Does one task; the next may come once it has ended. Throws a `TrainerCrash` where the process dies of it. */
  async perform(assignment: Assignment): Promise<ReportOf<'ended'>> {
    clearTimeout(this.#rest);
    this.#process ??= this.#fork();
    try {
      const ended = await this.#process.perform(assignment);
      if (ended.spent) await this.stop();
      return ended;
    } finally {
      if (this.#longestRest !== undefined)
        this.#rest = setTimeout(() => void this.stop(), this.#longestRest).unref();
    }
  }

  /** Ends the process, which must be idle; what comes next gets a fresh one. */
  async stop(): Promise<void> {
    clearTimeout(this.#rest);
    const leaving = this.#process?.letGo();
    this.#process = undefined;
    this.#left = Promise.all([this.#left, leaving]);
    await this.#left;
  }

  #fork(): TrainerProcess {
    const forked = new TrainerProcess(this.#command, this.#log);
    this.#log(`trainer: process ${forked.pid} begins`);
    void forked.died.then(() => {
      if (this.#process === forked) this.#process = undefined;
    });
    return forked;
  }
}

/** Why a process died, given the graphics processor it computed on. */
type Obituary = (graphics: string | undefined) => string;

class TrainerProcess {
  readonly died: Promise<Obituary>;
  readonly #child: ChildProcess;
  #stderr = '';

  constructor({ node, script }: TrainerCommand, log: (line: string) => void) {
    this.#child = fork(script, {
      execPath: node,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
      for (const line of text.split('\n')) if (line !== '') log(`trainer: ${line}`);
    });
    this.died = this.#awaitDeath();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async perform({ task, means, signal, onPart }: Assignment): Promise<ReportOf<'ended'>> {
    const stop = () => this.#send({ type: 'stop' });
    const { promise, resolve, reject } = Promise.withResolvers<ReportOf<'ended'>>();
    const onMessage = (message: unknown) => {
      const { data: report, error } = Report.safeParse(message);
      if (error) reject(this.#disown(error.message));
      else if (report.type === 'ended') resolve(report);
      else onPart(report);
    };
    this.#child.on('message', onMessage);
    signal.addEventListener('abort', stop);
    void this.died.then(async (why) => reject(new TrainerCrash(why(await graphicsOf(means)))));
    this.#send({ type: 'start', task, means });
    if (signal.aborted) stop();
    try {
      return await promise;
    } finally {
      this.#child.off('message', onMessage);
      signal.removeEventListener('abort', stop);
    }
  }

  async letGo(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE);
    await this.died;
    clearTimeout(timer);
  }

  #disown(what: string): TrainerCrash {
    this.#child.kill('SIGKILL');
    return new TrainerCrash(`the trainer sent a message that is not as it must be: ${what}`);
  }

  #send(order: Order): void {
    // One that has died is told of by `died`.
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  /** Once all that the process said has been heard. `close` does not come after our own `disconnect`. */
  #awaitDeath(): Promise<Obituary> {
    const child = this.#child;
    const { promise: failed, resolve: fail } = Promise.withResolvers<Obituary>();
    child.on('error', (error) => fail(() => `the trainer cannot be started: ${error.message}`));
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const ended = Promise.all([exited, once(child, 'disconnect'), once(child.stderr!, 'close')]).then(
      ([[code, signal]]): Obituary =>
        (graphics) =>
          describeDeath({ code, signal, stderr: this.#stderr, graphics }),
    );
    return Promise.race([failed, ended]);
  }
}

/** The graphics processor that work with these means is done on, if any. */
async function graphicsOf({ device: wanted }: Means): Promise<string | undefined> {
  const chosen = await chooseDevice(wanted).catch(() => undefined);
  return chosen === undefined || chosen.device.provider === 'cpu' ? undefined : chosen.device.name;
}
