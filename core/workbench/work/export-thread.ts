/** The thread that writes one model into another format. */
import { parentPort, workerData } from 'node:worker_threads';
import { Cancelled } from '../../contract/errors.ts';
import { writeExport, type ExportRequest } from '../export-model.ts';
import { fromError, type ThreadError } from './thread-errors.ts';

export interface ExportSource {
  readonly request: ExportRequest;
  /** One number: not 0 once the export is cancelled. */
  readonly cancelled: Int32Array;
}

export type ExportAnswer =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly message: string }
  | ({ readonly type: 'failed' } & ThreadError);

const { request, cancelled } = workerData as ExportSource;
const say = (answer: ExportAnswer): void => parentPort!.postMessage(answer);

function onProgress(done: number, total: number): void {
  if (Atomics.load(cancelled, 0) !== 0) throw new Cancelled();
  say({ type: 'progress', done, total });
}

writeExport(request, onProgress).then(
  (message) => say({ type: 'done', message }),
  (error: unknown) => say({ type: 'failed', ...fromError(error) }),
);
