/** The thread that reads a file for import and writes it to the project, so that nothing else has to wait. */
import { parentPort, workerData } from 'node:worker_threads';
import type { z } from 'zod';
import type { ImportMapping, ImportPreview } from '../../contract/calls.ts';
import { Cancelled } from '../../contract/errors.ts';
import { inspect } from '../../data/import/inspect.ts';
import type { Converted } from '../../data/import/convert.ts';
import { read } from '../../data/import/read.ts';
import { Project } from '../../project/project.ts';
import { heldBy, planImport, type ImportReport } from './import-plan.ts';
import { fromError, type ThreadError } from './thread-errors.ts';

export interface ImportSource {
  readonly path: string;
  /** What the person calls the file. */
  readonly name: string;
  /** The folder of the project. */
  readonly project: string;
  /** One number: not 0 once the import is cancelled. */
  readonly cancelled: Int32Array;
  /** One number: not 0 once the project's database is this thread's to write. */
  readonly mayWrite: Int32Array;
}

export interface ImportResults {
  readonly inspect: z.input<typeof ImportPreview>;
  readonly check: ImportReport;
  readonly commit: ImportReport & { readonly change: number | null };
}
export type ImportStep = keyof ImportResults;

export type ImportOrder =
  | { readonly step: 'inspect' }
  | { readonly step: 'check'; readonly mapping: ImportMapping }
  | { readonly step: 'commit'; readonly mapping: ImportMapping; readonly skipDuplicates: boolean };

export type ImportAnswer =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  /** The file has been read; the thread waits until it may write to the project. */
  | { readonly type: 'waiting' }
  | { readonly type: 'done'; readonly result: ImportResults[ImportStep] }
  | ({ readonly type: 'failed' } & ThreadError);

const source = workerData as ImportSource;
const port = parentPort!;
/** The file as it was read last, and by which mapping. */
let last: { readonly mapping: string; readonly file: Converted } | undefined;

const say = (answer: ImportAnswer): void => port.postMessage(answer);

function requireWanted(): void {
  if (Atomics.load(source.cancelled, 0) !== 0) throw new Cancelled();
}

/** Least milliseconds between two reports of progress. */
const PACE = 50;
let told = 0;

function onProgress({ done, total }: { readonly done: number; readonly total: number }): void {
  requireWanted();
  if (Date.now() - told < PACE) return;
  told = Date.now();
  say({ type: 'progress', done, total });
}

async function readBy(mapping: ImportMapping): Promise<Converted> {
  const key = JSON.stringify(mapping);
  if (last?.mapping !== key)
    last = { mapping: key, file: await read(source.path, mapping, { name: source.name, onProgress }) };
  return last.file;
}

async function answer(order: ImportOrder): Promise<ImportResults[ImportStep]> {
  if (order.step === 'inspect') return inspect(source.path, { name: source.name, onProgress });
  const file = await readBy(order.mapping);
  requireWanted();
  const project = Project.attach(source.project);
  try {
    const skipDuplicates = order.step === 'commit' && order.skipDuplicates;
    const plan = planImport(file, heldBy(project), { source: source.name, skipDuplicates });
    return order.step === 'check' ? plan.report : { ...plan.report, change: write(project, plan) };
  } finally {
    project.close();
  }
}

/** Two that write at once would keep each other waiting, and everybody's labels behind them. */
function waitForDatabase(): void {
  Atomics.store(source.mayWrite, 0, 0);
  say({ type: 'waiting' });
  Atomics.wait(source.mayWrite, 0, 0);
}

function write(project: Project, { bundle }: ReturnType<typeof planImport>): number | null {
  const total = bundle.prompts.length + bundle.demonstrations.length + bundle.rankings.length;
  if (total === 0) return null;
  waitForDatabase();
  requireWanted();
  return project.imports.apply(bundle, (done) => onProgress({ done, total })).change;
}

port.on('message', (order: ImportOrder) => {
  answer(order).then(
    (result) => say({ type: 'done', result }),
    (error: unknown) => say({ type: 'failed', ...fromError(error) }),
  );
});
