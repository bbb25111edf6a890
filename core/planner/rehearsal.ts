/**
 * How much memory a run takes, found by running it: the algorithm itself makes its first steps on an engine that
 * computes nothing and counts. So the plan cannot say otherwise than what the run then does.
 */
import type { AlgorithmName } from '../contract/algorithms.ts';
import type { Device } from '../engine/engine.ts';
import type { RunRecord, TrainingContext } from '../training/context.ts';
import { RehearsalEngine } from './rehearsal-engine.ts';

export interface RehearsalOptions {
  readonly algorithm: AlgorithmName;
  readonly seed: number;
  readonly device: Device;
  /** Milliseconds after which no further step begins. */
  readonly patience?: number;
}

/** Steps after which hardly any batch is larger than those before. */
const MOST_STEPS = 100;
const PATIENCE = 1500;

/** Thrown where all has been seen. */
class Seen extends Error {}

/** Runs the first steps of a training algorithm, to the first checkpoint at most. */
export async function rehearse(
  train: (context: TrainingContext) => Promise<unknown>,
  { algorithm, seed, device, patience = PATIENCE }: RehearsalOptions,
): Promise<RehearsalEngine> {
  const engine = new RehearsalEngine(device);
  const run = new RehearsalRecord(algorithm, patience);
  try {
    await train({ engine, run, seed });
  } catch (error) {
    if (!(error instanceof Seen)) throw error;
  }
  engine.followIdlePrograms();
  return engine;
}

/** Writes nothing, and ends the rehearsal after the last step that is looked at. */
class RehearsalRecord implements RunRecord {
  readonly manifest: RunRecord['manifest'];
  readonly #end: number;
  #steps = 0;

  constructor(algorithm: AlgorithmName, patience: number) {
    this.manifest = { algorithm };
    this.#end = performance.now() + patience;
  }

  latestCheckpoint(): undefined {}

  appendMetrics(): number {
    this.#steps += 1;
    if (this.#steps >= MOST_STEPS || performance.now() > this.#end) throw new Seen();
    return Date.now();
  }

  appendSamples(): void {}

  writeRollouts(): void {}

  saveCheckpoint(): never {
    throw new Seen();
  }
}
