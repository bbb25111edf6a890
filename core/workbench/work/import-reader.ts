import { Worker } from 'node:worker_threads';
import type { ImportAnswer, ImportOrder, ImportResults, ImportSource, ImportStep } from './import-thread.ts';
import { toError } from './thread-errors.ts';

export interface ImportListener {
  readonly onProgress: (made: { readonly done: number; readonly total: number }) => void;
  /** Resolves once nobody else writes to the project's database; it is written from then until the answer. */
  readonly mayWrite: () => Promise<void>;
}

/** One import's thread: begun when first asked, with what it read kept from one step to the next. */
export class ImportReader {
  readonly #source: ImportSource;
  #worker: Worker | undefined;
  /** Settles when the question under way has been answered, whatever the answer. */
  #answered: Promise<unknown> = Promise.resolve();

  constructor(source: Pick<ImportSource, 'path' | 'name' | 'project'>) {
    const shared = () => new Int32Array(new SharedArrayBuffer(4));
    this.#source = { ...source, cancelled: shared(), mayWrite: shared() };
  }

  get isCancelled(): boolean {
    return Atomics.load(this.#source.cancelled, 0) !== 0;
  }

  /** Throws `Cancelled` once cancelled, a `DataError` for a file that cannot be read. */
  ask(order: ImportOrder, listener: ImportListener): Promise<ImportResults[ImportStep]> {
    const worker = (this.#worker ??= this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<ImportResults[ImportStep]>();
    const onAnswer = (answer: ImportAnswer) => {
      if (answer.type === 'progress') listener.onProgress(answer);
      else if (answer.type === 'waiting') void listener.mayWrite().then(() => this.#letWrite());
      else if (answer.type === 'done') resolve(answer.result);
      else reject(toError(answer));
    };
    worker.on('message', onAnswer);
    // Files that do not fit into memory end the thread, not the process.
    worker.once('error', reject);
    worker.postMessage(order);
    this.#answered = promise.catch(() => {});
    return promise.finally(() => {
      worker.off('message', onAnswer);
      worker.off('error', reject);
    });
  }

  /** Ends the question under way, and resolves once it has ended: a half-written import has then been taken back. */
  async cancel(): Promise<void> {
    Atomics.store(this.#source.cancelled, 0, 1);
    await this.#answered;
  }

  /** Ends the thread, which must be idle. */
  end(): void {
    void this.#worker?.terminate();
  }

  #letWrite(): void {
    Atomics.store(this.#source.mayWrite, 0, 1);
    Atomics.notify(this.#source.mayWrite, 0);
  }

  #start(): Worker {
    const script = new URL('./import-thread.ts', import.meta.url);
    const worker = new Worker(script, { workerData: this.#source, execArgv: [] });
    worker.once('error', () => (this.#worker = undefined));
    return worker;
  }
}
