import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ConfigurationError, DataError, ProjectError } from '../contract/errors.ts';
import { openToRead, PARTIAL, reason } from '../data/files.ts';
import { counted } from '../data/words.ts';
import type { WriteGate } from './write-gate.ts';
import type { WorkBoard } from './work/board.ts';
import { ImportReader } from './work/import-reader.ts';
import type { ImportOrder, ImportResults } from './work/import-thread.ts';

interface Import {
  readonly name: string;
  readonly path: string;
  /** Bytes that a window sends are kept in a file of the project's folder until the import is over. */
  readonly uploaded: boolean;
  readonly reader: ImportReader;
  step: 'waiting' | Step;
}

type Step = ImportOrder['step'];

const doing: Record<Step, string> = { inspect: 'reading', check: 'checking', commit: 'importing' };

const done: { readonly [S in Step]: (result: ImportResults[S]) => string } = {
  inspect: ({ rows }) => `${counted(rows, 'row')} read`,
  check: ({ errors }) => `checked; ${counted(errors.count, 'row')} cannot be imported`,
  commit: ({ prompts, demonstrations, rankings }) =>
    `imported ${counted(prompts, 'prompt')}, ${counted(demonstrations, 'demonstration')} and ${counted(rankings, 'ranking')}`,
};

/** Imports from their first byte to their last row. Each is a piece of work whose id is the import's own. */
export class Imports {
  readonly #board: WorkBoard;
  readonly #gate: WriteGate;
  readonly #imports = new Map<string, Import>();

  constructor(board: WorkBoard, gate: WriteGate) {
    this.#board = board;
    this.#gate = gate;
  }

  /** Begins to import a file into a project; without a path its bytes are to follow. */
  begin(project: string, name: string, path?: string): string {
    this.#endWaiting();
    if (path !== undefined) requireReadable(path);
    const id = randomUUID();
    const file = path ?? join(project, `${PARTIAL}import-${id}`);
    if (path === undefined) fs.writeFileSync(file, '');
    const reader = new ImportReader({ path: file, name, project });
    this.#imports.set(id, { name, path: file, uploaded: path === undefined, reader, step: 'waiting' });
    return id;
  }

  append(id: string, bytes: Uint8Array): void {
    const { path, uploaded } = this.#get(id);
    if (!uploaded) throw new ConfigurationError(`import ${id} reads ${path} itself: send no bytes to it`);
    try {
      fs.appendFileSync(path, bytes);
    } catch (error) {
      throw new DataError(`${path} cannot be written: ${reason(error)}`, { cause: error });
    }
  }

  /** Reads, checks or writes; the import is over once it has written. */
  async perform<S extends Step>(
    id: string,
    order: Extract<ImportOrder, { step: S }>,
  ): Promise<ImportResults[S]> {
    const current = this.#get(id);
    if (current.step !== 'waiting')
      throw new ConfigurationError(`${current.name} is being read: wait for it, or cancel it`);
    current.step = order.step;
    this.#show(id, order.step);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    try {
      const result = (await current.reader.ask(order, {
        onProgress: ({ done, total }) =>
          this.#board.progress(id, { done, total, message: doing[order.step] }),
        mayWrite: async () => {
          await this.#gate.opened();
          this.#gate.closeUntil(ended);
        },
      })) as ImportResults[S];
      this.#board.change(id, { state: 'done', message: done[order.step](result) });
      if (order.step === 'commit') this.#forget(id);
      return result;
    } catch (error) {
      const cancelled = current.reader.isCancelled;
      const message = cancelled ? 'cancelled; nothing was imported' : reason(error);
      this.#board.change(id, { state: cancelled ? 'cancelled' : 'failed', message });
      throw error;
    } finally {
      current.step = 'waiting';
      end();
    }
  }

  /** Ends an import wherever it is; nothing of it stays. One that is over is none the worse. */
  async cancel(id: string): Promise<void> {
    const current = this.#imports.get(id);
    if (!current) return;
    await current.reader.cancel();
    this.#forget(id);
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#imports.keys()].map((id) => this.cancel(id)));
  }

  #get(id: string): Import {
    const found = this.#imports.get(id);
    if (found) return found;
    throw new ProjectError('this import is over: begin it again');
  }

  /** A window that went away in the middle of an import never says so. */
  #endWaiting(): void {
    for (const [id, { step }] of this.#imports) if (step === 'waiting') void this.cancel(id);
  }

  #show(id: string, step: Step): void {
    if (!this.#board.get(id))
      this.#board.add({ kind: 'import', title: `Import ${this.#get(id).name}`, total: 0, id });
    this.#board.change(id, { state: 'working', done: 0, message: doing[step] });
  }

  #forget(id: string): void {
    const over = this.#imports.get(id);
    // It may have ended while it was being cancelled, or be cancelled twice.
    if (!over) return;
    this.#imports.delete(id);
    over.reader.end();
    if (over.uploaded) fs.rmSync(over.path, { force: true });
  }
}

function requireReadable(path: string): void {
  if (!isAbsolute(path))
    throw new DataError(`${path} is not a whole path: give one from the root of the disk`);
  fs.closeSync(openToRead(path));
}
