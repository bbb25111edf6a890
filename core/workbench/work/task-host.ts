import type { Engine } from '../../engine/engine.ts';
import type { SimulatedLabelers } from '../../evaluation/simulated-labelers.ts';
import type { MemoryMeans } from '../job-memory.ts';
import type { LoadedModels } from './loaded-models.ts';
import type { Report } from './protocol.ts';

/** What a task is given. */
export interface TaskHost {
  readonly engine: Engine;
  /** Once aborted, the task throws `Cancelled` at the next checkpoint, or between two parts. */
  readonly signal: AbortSignal;
  readonly tell: (report: Report) => void;
  readonly simulated: SimulatedLabelers;
  /** Models that stay on the engine after the task. */
  readonly models: LoadedModels;
  /** What runs may take of memory. */
  readonly memory: MemoryMeans;
}
