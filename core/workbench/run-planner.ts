import type { MemoryVerdict } from '../contract/calls.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { JobRequest } from './request.ts';
import type { Means, Task } from './work/protocol.ts';
import type { Trainer } from './work/trainer.ts';
import { parseRequest } from './request.ts';

/**
 * Says what memory runs would take. Each is planned in a fresh process, which is as large as the one that would train:
 * one after another, since planning measures.
 */
export class RunPlanner {
  readonly #trainer: Trainer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(trainer: Trainer) {
    this.#trainer = trainer;
  }

  /** `alone` where other work will have ended when the run begins. */
  plan(request: JobRequest, means: Means, alone: boolean): Promise<MemoryVerdict> {
    const task: Task = { kind: 'plan', request: parseRequest(request), alone };
    const planned = this.#last.then(() => this.#perform(task, means));
    this.#last = planned.catch(() => undefined);
    return planned;
  }

  stop(): Promise<void> {
    return this.#trainer.stop();
  }

  async #perform(task: Task, means: Means): Promise<MemoryVerdict> {
    let verdict: MemoryVerdict | undefined;
    const { signal } = new AbortController();
    const { message } = await this.#trainer.perform({
      ...{ task, means, signal },
      onPart: (part) => {
        if (part.type === 'planned') ({ verdict } = part);
      },
    });
    await this.#trainer.stop();
    if (verdict) return verdict;
    throw new ConfigurationError(message);
  }
}
