import { join } from 'node:path';
import { Cancelled, TrainingError } from '../contract/errors.ts';
import type { AlgorithmName } from '../contract/algorithms.ts';
import type { Metrics } from '../contract/metrics.ts';
import { randomStream } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { loadModel, type Model } from '../model/model.ts';
import type { RunFolder, RunManifest } from '../project/run-folder.ts';

/** Reported after every step. */
export interface Progress {
  readonly algorithm: AlgorithmName;
  /** Steps made, and steps in the whole run. */
  readonly step: number;
  readonly total: number;
  /** When its metrics were written, in milliseconds since 1970. */
  readonly time: number;
  readonly metrics: Metrics;
}

/** Where a run is recorded. */
export interface RunRecord extends Pick<
  RunFolder,
  'latestCheckpoint' | 'appendMetrics' | 'appendSamples' | 'writeRollouts' | 'saveCheckpoint'
> {
  readonly manifest: Pick<RunManifest, 'algorithm'>;
}

/** What every training algorithm is given beside its data: where to compute, where to write, when to stop. */
export interface TrainingContext {
  readonly engine: Engine;
  readonly run: RunRecord;
  readonly seed: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

interface StepRecord {
  readonly step: number;
  readonly total: number;
  readonly metrics: Metrics;
}

/** The model as the last checkpoint has it: there is one of the last step. Its weights are read when asked for. */
export const lastSaved = ({ run }: TrainingContext): Model =>
  loadModel(join(run.latestCheckpoint()!.path, 'model'));

/** Writes a step's metrics and tells whoever watches. */
export function report({ run, onProgress }: TrainingContext, { step, total, metrics }: StepRecord): void {
  const time = run.appendMetrics(step, metrics);
  onProgress?.({ algorithm: run.manifest.algorithm, step, total, time, metrics });
}

/**
 * Saves a checkpoint where one is due: every so many steps, after the last, and when the work was asked to stop,
 * in which case it throws `Cancelled` once all is safe.
 */
export async function checkpointIfDue(
  { run, signal }: TrainingContext,
  { step, total }: { step: number; total: number },
  { checkpointEvery, keepCheckpoints }: { checkpointEvery: number; keepCheckpoints: number },
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const due = step % checkpointEvery === 0 || step === total || signal?.aborted;
  if (due) await run.saveCheckpoint(step, write, { keep: keepCheckpoints });
  if (signal?.aborted && step < total) throw new Cancelled();
}

/** Throws for the first number that is not finite, before it can reach the weights. */
export function requireFinite({ run }: TrainingContext, step: number, metrics: Record<string, number>): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) continue;
    const last = run.latestCheckpoint();
    const next = last
      ? `the checkpoint of step ${last.step} is kept: lower the learning rate and fork from there`
      : 'no checkpoint was made yet: lower the learning rate and begin anew';
    throw new TrainingError(`${name} became ${value} at step ${step}, so the run stopped; ${next}`);
  }
}

/**
 * The items of a step when every epoch goes through all of them in a new order; one batch of each epoch may be
 * smaller. Given lengths, items of about the same length come together: sorted within so many batches, and the
 * batches in a new order again.
 */
export function batchOf<T>(
  items: readonly T[],
  size: number,
  step: number,
  seed: number,
  lengthOf: ((item: T) => number) | false = false,
): T[] {
  const perEpoch = Math.ceil(items.length / size);
  const stream = randomStream(seed, 'order', Math.floor(step / perEpoch));
  const shuffled = stream.shuffle(items);
  if (!lengthOf) return chunks(shuffled, size)[step % perEpoch]!;
  const sorted = chunks(shuffled, size * BUCKETED_BATCHES).flatMap((some) =>
    some.toSorted((a, b) => lengthOf(b) - lengthOf(a)),
  );
  return stream.shuffle(chunks(sorted, size))[step % perEpoch]!;
}

/** Batches among which items are sorted by length: enough for little padding, few enough to stay random. */
const BUCKETED_BATCHES = 50;

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
