import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CallArguments, CallResult } from '../../contract/calls.ts';
import type { ThreadAnswer, ThreadCall, ThreadQuestion } from './project-calls.ts';
import { toError } from './thread-errors.ts';

/** A thread with a connection of its own to the project, begun when first needed; it answers call after call. */
export class ProjectThread {
  readonly #project: string;
  #worker: Worker | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** Takes the folder of the project. */
  constructor(project: string) {
    this.#project = project;
  }

  ask<N extends ThreadCall>(name: N, input: CallArguments<N>): Promise<CallResult<N>> {
    const answer = this.#turn.then(() => this.#ask({ name, input }));
    this.#turn = answer.catch(() => {});
    return answer as Promise<CallResult<N>>;
  }

  /** Ends the thread once it has answered what it was asked. */
  async end(): Promise<void> {
    await this.#turn;
    await this.#worker?.terminate();
  }

  async #ask(question: ThreadQuestion): Promise<unknown> {
    const worker = (this.#worker ??= this.#start());
    worker.postMessage(question);
    const [answer] = (await once(worker, 'message')) as [ThreadAnswer];
    if ('error' in answer) throw toError(answer.error);
    return answer.output;
  }

  #start(): Worker {
    const script = new URL('./project-calls.ts', import.meta.url);
    const worker = new Worker(script, { workerData: this.#project, execArgv: [] });
    worker.once('error', () => (this.#worker = undefined));
    return worker;
  }
}
