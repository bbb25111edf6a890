import { Cancelled, TrainingError } from '../contract/errors.ts';
import type { AlgorithmName } from '../contract/algorithms.ts';
import type { Metrics } from '../contract/metrics.ts';
import { randomStream } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunFolder } from '../project/run-folder.ts';

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

/** What every training algorithm is given beside its data: where to compute, where to write, when to stop. */
export interface TrainingContext {
  readonly engine: Engine;
  readonly run: RunFolder;
  readonly seed: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

interface StepRecord {
  readonly step: number;
  readonly total: number;
  readonly metrics: Metrics;
}

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

/** The items of a step when every epoch goes through all of them in a new order. The last batch may be smaller. */
export function batchOf<T>(items: readonly T[], size: number, step: number, seed: number): T[] {
  const perEpoch = Math.ceil(items.length / size);
  const epoch = Math.floor(step / perEpoch);
  const start = (step % perEpoch) * size;
  return epochOrder(items, epoch, seed).slice(start, start + size);
}

function epochOrder<T>(items: readonly T[], epoch: number, seed: number): T[] {
  return randomStream(seed, 'order', epoch).shuffle(items);
}
