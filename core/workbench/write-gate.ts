/**
 * Where changes wait while a thread writes much to the database. SQLite lets one write at a time; waiting inside of it
 * would keep every other call waiting too.
 */
export class WriteGate {
  #opened: Promise<unknown> = Promise.resolve();

  /** Resolves once the way is free. */
  async opened(): Promise<void> {
    for (let waited; waited !== this.#opened;) {
      waited = this.#opened;
      await waited;
    }
  }

  /** Keeps changes waiting until a promise settles, whichever way. */
  closeUntil(settled: Promise<unknown>): void {
    this.#opened = Promise.allSettled([this.#opened, settled]);
  }
}
