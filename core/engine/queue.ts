import { Cancelled, EngineError } from '../contract/errors.ts';

/** Runs an engine's tasks one at a time, in the order in which they were asked for. */
export class Queue {
  readonly #signal: AbortSignal | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  run<T>(task: () => T | Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new EngineError('the engine was used after it was disposed'));
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Like `run`, but rejects with `Cancelled` once the signal is aborted. */
  runUnlessCancelled<T>(task: () => T | Promise<T>): Promise<T> {
    return this.run(() => {
      if (this.#signal?.aborted) throw new Cancelled();
      return task();
    });
  }

  /** Lets what was asked for finish, then runs a last task; whatever comes after is refused. */
  close(task: () => void | Promise<void>): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const result = this.run(task);
    this.#closed = true;
    return result;
  }
}
