import type { Work } from '../../contract/calls.ts';
import { WorkbenchError } from '../../contract/errors.ts';
import { reason } from '../../data/files.ts';
import { explained } from '../disk-errors.ts';
import { isUnderWay, type WorkBoard } from './board.ts';
import { TrainerCrash } from './crash.ts';
import type { Means, ReportOf, StepMetrics, Task } from './protocol.ts';
import type { Part, Trainer } from './trainer.ts';

/** What a piece of work hears of. */
export type Result = Exclude<Part, { type: 'progress' }>;

export interface Piece {
  readonly kind: Work['kind'];
  readonly title: string;
  readonly total: number;
  readonly task: Task;
  /** The folder of the run that is worked on. */
  readonly run?: string;
  /** Stores one result; where it throws, the work stops and fails with that. */
  readonly onResult?: (result: Result) => Promise<void>;
  /** Runs when it first tells of progress. */
  readonly onBegun?: () => void;
  /** Runs when it has ended, however that was. */
  readonly onEnded?: (state: End['state']) => void;
}

interface Entry extends Piece {
  readonly id: string;
  readonly controller: AbortController;
  readonly ended: PromiseWithResolvers<void>;
  begun: boolean;
}

type End = Pick<ReportOf<'ended'>, 'state' | 'message'>;

export interface QueueHost {
  readonly board: WorkBoard;
  readonly trainer: Trainer;
  readonly means: () => Means;
  readonly onCrash: (reason: string) => void;
  /** Hears of every step of a run, at once. */
  readonly onStep: (run: string, metrics: StepMetrics) => void;
  /** Whether a run that has ended can be gone on with. */
  readonly isResumable: (run: string) => boolean;
}

/** Work for the trainer: one piece at a time, the others waiting in the order they came. */
export class WorkQueue {
  readonly #host: QueueHost;
  /** The last work on each run. */
  readonly #runs = new Map<string, string>();
  #waiting: Entry[] = [];
  #current: Entry | undefined;
  /** Resolves once nothing is left to do. */
  #idle: Promise<void> = Promise.resolve();

  constructor(host: QueueHost) {
    this.#host = host;
  }

  /** How a new piece would be computed. */
  get means(): Means {
    return this.#host.means();
  }

  /** Whether a new piece would have to wait. */
  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Returns the id of the work; of a run that is worked on already, the id of that. */
  add(piece: Piece): string {
    const { board } = this.#host;
    const before = piece.run === undefined ? undefined : this.#runs.get(piece.run);
    if (before !== undefined && isUnderWay(board.get(before)!.state)) return before;
    if (before !== undefined) board.change(before, { resumable: false });
    const id = board.add({ ...piece, run: piece.run ?? null });
    if (piece.run !== undefined) this.#runs.set(piece.run, id);
    const controller = new AbortController();
    this.#waiting.push({ ...piece, id, controller, ended: Promise.withResolvers(), begun: false });
    if (!this.#current) this.#idle = this.#work();
    return id;
  }

  /** What is being done on a run, or waits to be. */
  taskOf(run: string): Task | undefined {
    return [this.#current, ...this.#waiting].find((entry) => entry?.run === run)?.task;
  }

  /** The work under way or waiting whose task fits. */
  find(fits: (task: Task) => boolean): string | undefined {
    return [this.#current, ...this.#waiting].find((entry) => entry && fits(entry.task))?.id;
  }

  /** Takes a waiting piece away; the one under way ends at its next checkpoint or between two parts. */
  stop(id: string): void {
    const waiting = this.#waiting.find((entry) => entry.id === id);
    if (waiting) this.#takeAway(waiting);
    else if (this.#current?.id === id) {
      this.#host.board.change(id, { message: 'stopping' });
      this.#current.controller.abort();
    }
  }

  /** Stops the work on a run, and resolves once it has ended. */
  async stopRun(run: string): Promise<void> {
    const id = this.#runs.get(run);
    if (id !== undefined) this.stop(id);
    if (this.#current?.run === run) await this.#current.ended.promise;
  }

  /** Stops everything, and resolves once it has. */
  async stopAll(): Promise<void> {
    do {
      for (const entry of [...this.#waiting]) this.#takeAway(entry);
      if (this.#current) this.stop(this.#current.id);
      await this.#current?.ended.promise;
      // What ended may have brought more.
    } while (this.#current);
    await this.#idle;
  }

  #takeAway(entry: Entry): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    this.#end(entry, { state: 'cancelled', message: 'taken away before it began' });
  }

  async #work(): Promise<void> {
    while ((this.#current = this.#waiting.shift())) {
      const { id } = this.#current;
      this.#host.board.change(id, { state: 'working', message: 'starting', startedAt: Date.now() });
      this.#end(this.#current, await this.#perform(this.#current));
    }
  }

  async #perform(entry: Entry): Promise<End> {
    const { task, controller } = entry;
    const { trainer, means, onCrash } = this.#host;
    let fault: unknown;
    let stored: Promise<unknown> = Promise.resolve();
    const store = (result: Result) => {
      const keep = () => (fault === undefined ? entry.onResult?.(result) : undefined);
      stored = stored.then(keep).catch((error: unknown) => {
        fault = error;
        controller.abort();
      });
    };
    const onPart = (part: Part) => (part.type === 'progress' ? this.#progress(entry, part) : store(part));
    const end = await trainer
      .perform({ task, means: means(), signal: controller.signal, onPart })
      .catch((error: unknown): End => {
        if (error instanceof TrainerCrash) onCrash(error.message);
        return { state: 'failed', message: describe(error) };
      });
    await stored;
    return fault === undefined ? end : { state: 'failed', message: describe(fault) };
  }

  #progress(entry: Entry, { done, total, message, metrics }: Extract<Part, { type: 'progress' }>): void {
    if (metrics && entry.run !== undefined) this.#host.onStep(entry.run, metrics);
    const now = entry.controller.signal.aborted ? 'stopping' : message;
    this.#host.board.progress(entry.id, { done, total, message: now });
    if (!entry.begun) entry.onBegun?.();
    entry.begun = true;
  }

  #end({ id, run, ended, onEnded }: Entry, { state, message }: End): void {
    const resumable = state !== 'done' && run !== undefined && this.#host.isResumable(run);
    this.#host.board.change(id, { state, message, resumable });
    try {
      onEnded?.(state);
    } catch (error) {
      // What waits must have its turn, whatever becomes of what should follow this.
      this.#host.board.change(id, { message: `${message}; then: ${describe(error)}` });
    }
    ended.resolve();
  }
}

function describe(thrown: unknown): string {
  const error = explained(thrown);
  return error instanceof WorkbenchError ? error.message : `a fault in the workbench: ${reason(error)}`;
}
