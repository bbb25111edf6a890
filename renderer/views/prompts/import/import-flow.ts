/** An import from the choice of a file to its rows in the project; until the commit nothing is imported. */
import { createStore, type StoreApi } from 'zustand';
import type { z } from 'zod';
import type {
  CallInput,
  CallName,
  CallOutput,
  ImportPreview,
  ImportReport,
} from '../../../../core/contract/calls.ts';
import type { Mapping } from './mapping.ts';
import { upload } from './upload.ts';

type Ask = <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>;
export type Preview = z.infer<typeof ImportPreview>;
export type Report = z.infer<typeof ImportReport>;

export interface ImportState {
  /** The import's own, and that of the work it is. */
  readonly id: string | null;
  readonly step: 'choose' | 'map' | 'check';
  readonly busy: 'reading' | 'checking' | 'importing' | null;
  /** Of the file that is sent, 0 to 1; null where it is not known. */
  readonly sent: number | null;
  readonly file: string | null;
  readonly preview: Preview | null;
  readonly mapping: Mapping | null;
  readonly report: Report | null;
  readonly problem: string | null;
}

const atStart: ImportState = {
  id: null,
  step: 'choose',
  busy: null,
  sent: null,
  file: null,
  preview: null,
  mapping: null,
  report: null,
  problem: null,
};

export class ImportFlow {
  readonly store: StoreApi<ImportState> = createStore<ImportState>(() => atStart);
  readonly #ask: Ask;
  /** Ends what is under way when the person cancels. */
  #stop = new AbortController();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** A file that only the window can read. */
  readFile(file: File): Promise<void> {
    return this.#read(file.name, async (stop) => {
      const id = await this.#begin({ file: file.name });
      const append = (bytes: Uint8Array<ArrayBuffer>) => this.#ask('import.append', { id, bytes });
      await upload(file, append, (sent) => this.#show(stop, { sent: sent / file.size }), stop);
    });
  }

  /** A file that the workbench reads itself. */
  readPath(path: string): Promise<void> {
    const file = path.split(/[\\/]/).at(-1)!;
    return this.#read(file, async () => {
      await this.#begin({ file, path });
    });
  }

  setMapping(mapping: Mapping): void {
    this.#show(this.#stop.signal, { mapping, problem: null });
  }

  /** What an import by the mapping would do. */
  async check(): Promise<void> {
    const { mapping } = this.store.getState();
    if (!mapping) return;
    await this.#busy('checking', async () => {
      const report = await this.#ask('import.check', { id: this.#id, mapping });
      return { step: 'check', report };
    });
  }

  /** Imports all of it or nothing; gives the change that was made, or undefined when it was not. */
  async commit(skipDuplicates: boolean): Promise<CallOutput<'import.commit'> | undefined> {
    const { id, mapping } = this.store.getState();
    if (!mapping || id === null) return undefined;
    let result: CallOutput<'import.commit'> | undefined;
    await this.#busy('importing', async () => {
      result = await this.#ask('import.commit', { id, mapping, skipDuplicates });
      return { id: null };
    });
    return result;
  }

  backToMapping(): void {
    this.store.setState({ step: 'map', report: null, problem: null });
  }

  /** Drops the file and everything about it. */
  async cancel(): Promise<void> {
    const { id } = this.store.getState();
    this.#stop.abort();
    this.#stop = new AbortController();
    this.store.setState(atStart);
    // What is gone already needs no cancelling.
    if (id !== null) await this.#ask('import.cancel', { id }).catch(() => {});
  }

  async #begin(input: CallInput<'import.begin'>): Promise<string> {
    const stop = this.#stop.signal;
    const { id } = await this.#ask('import.begin', input);
    if (stop.aborted) void this.#ask('import.cancel', { id });
    stop.throwIfAborted();
    this.#show(stop, { id });
    return id;
  }

  get #id(): string {
    const { id } = this.store.getState();
    if (id === null) throw new Error('The import is over: begin it again.');
    return id;
  }

  async #read(file: string, send: (stop: AbortSignal) => Promise<void>): Promise<void> {
    await this.cancel();
    const stop = this.#stop.signal;
    this.#show(stop, { file, sent: null });
    await this.#busy('reading', async () => {
      await send(stop);
      stop.throwIfAborted();
      const preview = await this.#ask('import.inspect', { id: this.#id });
      return { step: 'map', preview, mapping: preview.suggested };
    });
  }

  async #busy(busy: ImportState['busy'], work: () => Promise<Partial<ImportState>>): Promise<void> {
    const stop = this.#stop.signal;
    this.#show(stop, { busy, problem: null });
    try {
      this.#show(stop, { ...(await work()), busy: null });
    } catch (error) {
      this.#show(stop, { busy: null, problem: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What comes after a cancel is not shown. */
  #show(stop: AbortSignal, change: Partial<ImportState>): void {
    if (!stop.aborted) this.store.setState(change);
  }
}
