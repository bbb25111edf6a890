import { Cancelled, DeviceLost, EngineError, OutOfMemory, WorkbenchError } from '../../contract/errors.ts';
import { engineFailure } from '../../engine/failures.ts';
import type { ReportOf, Task } from './protocol.ts';
import { describeStop } from './tasks.ts';

const failed = (message: string) => ({ type: 'ended', state: 'failed', message }) as const;

/** How a task ended that threw; where it can be gone on with, what is left of it. */
export function describeFailure(error: unknown, task: Task, signal: AbortSignal): ReportOf<'ended'> {
  if (error instanceof Cancelled) {
    const stop = describeStop(task);
    if (signal.reason instanceof EngineError) return failed(`${signal.reason.message}; ${stop}`);
    return { type: 'ended', state: 'cancelled', message: stop };
  }
  // Outside of the engine too memory can run out.
  const known = error instanceof WorkbenchError ? error : engineFailure('a fault in the trainer', error);
  if (known instanceof OutOfMemory) return failed(`${known.message}; ${describeStop(task)}`);
  if (known instanceof DeviceLost)
    return { ...failed(`${known.message}; ${describeStop(task)}`), spent: true };
  return failed(known.message);
}
