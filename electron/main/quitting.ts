/** How the application ends while work may be under way: it asks, stops at a checkpoint, and leaves nothing behind. */

export interface QuitSteps {
  isWorking(): Promise<boolean>;
  /** Whether the person would have the work stopped. */
  confirm(): Promise<boolean>;
  /** Stops work at a checkpoint. */
  stop(): Promise<void>;
  /** Ends the work without waiting. */
  kill(): void;
  /** Quits; nothing is under way any more. */
  quit(): void;
  /** The person would rather go on. */
  stay(): void;
}

export class Quitting {
  readonly #steps: QuitSteps;
  #state: 'open' | 'asking' | 'stopping' | 'stopped' = 'open';

  constructor(steps: QuitSteps) {
    this.#steps = steps;
  }

  /** Whether the application may end now; where not, it is seen to that it soon may. Asking again hurries. */
  mayQuit(): boolean {
    if (this.#state === 'open') void this.#prepare();
    else if (this.#state === 'stopping') this.#steps.kill();
    return this.#state === 'stopped';
  }

  async #prepare(): Promise<void> {
    this.#state = 'asking';
    if ((await this.#steps.isWorking()) && !(await this.#steps.confirm())) {
      this.#state = 'open';
      return this.#steps.stay();
    }
    this.#state = 'stopping';
    await this.#steps.stop();
    this.#state = 'stopped';
    this.#steps.quit();
  }
}
