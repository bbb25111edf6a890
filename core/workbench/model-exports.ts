import { Cancelled } from '../contract/errors.ts';
import { reason } from '../data/files.ts';
import { checkExport } from '../model/export.ts';
import type { ExportRequest } from './export-model.ts';
import type { WorkBoard } from './work/board.ts';
import { ExportWriter } from './work/export-writer.ts';

interface Export {
  /** What is read: the model and the base below its adapter. */
  readonly folders: readonly string[];
  readonly writer: ExportWriter;
  readonly ended: Promise<void>;
}

/** Models on their way into other formats, each in a thread of its own and a piece of work. */
export class ModelExports {
  readonly #board: WorkBoard;
  readonly #exports = new Map<string, Export>();

  constructor(board: WorkBoard) {
    this.#board = board;
  }

  /** Returns the id of the work. Throws for what can be known before: no model, no adapter, no free folder. */
  begin(request: ExportRequest, title: string): string {
    const { base } = checkExport(request.model, request.out, request);
    const id = this.#board.add({ kind: 'export', title, total: 0 });
    const message = `writing ${request.out}`;
    const writer = new ExportWriter(request, ({ done, total }) =>
      this.#board.progress(id, { done, total, message }),
    );
    this.#board.change(id, { state: 'working', message: `reading ${request.model}` });
    const ended = this.#follow(id, writer);
    this.#exports.set(id, { folders: [request.model, ...(base ? [base.folder] : [])], writer, ended });
    return id;
  }

  /** The export under way that reads a folder which fits. */
  find(fits: (folder: string) => boolean): string | undefined {
    return [...this.#exports].find(([, { folders }]) => folders.some(fits))?.[0];
  }

  /** Ends an export; nothing of it stays. One that is over is none the worse. */
  async cancel(id: string): Promise<void> {
    const current = this.#exports.get(id);
    current?.writer.cancel();
    await current?.ended;
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#exports.keys()].map((id) => this.cancel(id)));
  }

  async #follow(id: string, { written }: ExportWriter): Promise<void> {
    try {
      this.#board.change(id, { state: 'done', message: await written });
    } catch (error) {
      const cancelled = error instanceof Cancelled;
      const message = cancelled ? 'cancelled; nothing was written' : reason(error);
      this.#board.change(id, { state: cancelled ? 'cancelled' : 'failed', message });
    } finally {
      this.#exports.delete(id);
    }
  }
}
