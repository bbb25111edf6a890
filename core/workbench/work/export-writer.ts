import { Worker } from 'node:worker_threads';
import type { ExportRequest } from '../export-model.ts';
import type { ExportAnswer, ExportSource } from './export-thread.ts';
import { toError } from './thread-errors.ts';

type Made = { readonly done: number; readonly total: number };

/** One export's thread: nothing else has to wait for what it reads, converts and writes. */
export class ExportWriter {
  /** What came of it, in words. Rejects with `Cancelled` once cancelled, with a `WorkbenchError` where it fails. */
  readonly written: Promise<string>;
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(4));

  constructor(request: ExportRequest, onProgress: (made: Made) => void) {
    const source: ExportSource = { request, cancelled: this.#cancelled };
    const worker = new Worker(new URL('./export-thread.ts', import.meta.url), {
      workerData: source,
      execArgv: [],
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    worker.on('message', (answer: ExportAnswer) => {
      if (answer.type === 'progress') onProgress(answer);
      else if (answer.type === 'done') resolve(answer.message);
      else reject(toError(answer));
    });
    worker.once('error', reject);
    this.written = promise;
  }

  /** Between two tensors it takes back what it has written, and ends. */
  cancel(): void {
    Atomics.store(this.#cancelled, 0, 1);
  }
}
