/**
 * The trainer: a process of its own, forked by the workbench, that samples, scores and trains. It ends when the
 * workbench does, however that ended, and stops at a checkpoint first.
 */
import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { EngineError, WorkbenchError } from '../contract/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import type { SimulatedLabelers } from '../evaluation/simulated-labelers.ts';
import { StarterLabelers } from '../starter/simulated.ts';
import type { MemoryMeans } from '../workbench/job-memory.ts';
import { starterFolder } from '../workbench/starter-files.ts';
import { LoadedModels } from '../workbench/work/loaded-models.ts';
import { Order, type Means, type Report, type ReportOf, type Task } from '../workbench/work/protocol.ts';
import { describeFailure } from '../workbench/work/failure.ts';
import { perform } from '../workbench/work/tasks.ts';

const GIGABYTE = 1e9;
/** Milliseconds between two looks at the memory taken. */
const MEMORY_CHECK = 250;

const simulated: SimulatedLabelers = new StarterLabelers(starterFolder);

let underWay: AbortController | undefined;

/** What tasks work with: for as long as models stay loaded on it, the next task goes on with the same. */
interface Workplace {
  readonly means: Pick<Means, 'device' | 'threads'>;
  readonly engine: Engine;
  readonly models: LoadedModels;
}

let kept: Workplace | undefined;

const { PRIORITY_BELOW_NORMAL } = constants.priority;

function lowerPriority(): void {
  // Where it is low already, raising it would need rights.
  if (getPriority() >= PRIORITY_BELOW_NORMAL) return;
  // On Linux every thread has a priority of its own, and some began before this line.
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
  for (const thread of threads) setPriority(thread, PRIORITY_BELOW_NORMAL);
}

function tell(report: Report): void {
  // Once the workbench is gone nobody listens, which is no error.
  if (process.connected) process.send!(report, undefined, undefined, () => {});
}

async function start(task: Task, means: Means): Promise<void> {
  const controller = new AbortController();
  underWay = controller;
  const unwatch = watchMemory(means.memoryGigabytes, controller);
  const ended = await attempt(task, means, controller.signal);
  unwatch();
  underWay = undefined;
  tell(ended);
  if (!process.connected) process.exit();
}

async function attempt(task: Task, means: Means, signal: AbortSignal): Promise<ReportOf<'ended'>> {
  try {
    const workplace = await openWorkplace(means);
    const ended = await perform(task, {
      ...workplace,
      signal,
      tell,
      simulated,
      memory: memoryOf(means),
    }).then(
      (message): ReportOf<'ended'> => ({ type: 'ended', state: 'done', message }),
      (error: unknown) => endAfter(error, task, signal),
    );
    // What has failed may have left the engine in any state, or taken too much memory. A lost device frees nothing.
    if (!ended.spent && (ended.state === 'failed' || workplace.models.isEmpty)) await closeWorkplace();
    return ended;
  } catch (error) {
    return endAfter(error, task, signal);
  }
}

/** A run that waits to begin uses what was measured before. */
const memoryOf = ({ memoryGigabytes, calibrations }: Means): MemoryMeans => ({
  memoryGigabytes,
  calibration: calibrations === undefined ? {} : { file: calibrations },
});

async function openWorkplace({ device, threads }: Means): Promise<Workplace> {
  if (kept?.means.device === device && kept.means.threads === threads) return kept;
  await closeWorkplace();
  const { engine } = await openEngine({ device, ...(threads > 0 && { threads }) });
  return (kept = { means: { device, threads }, engine, models: new LoadedModels(engine) });
}

async function closeWorkplace(): Promise<void> {
  const closing = kept;
  kept = undefined;
  await closing?.engine.dispose();
}

function endAfter(error: unknown, task: Task, signal: AbortSignal): ReportOf<'ended'> {
  if (!(error instanceof WorkbenchError))
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return describeFailure(error, task, signal);
}

/** Most of the trainer's memory is the device's, which V8's own limit does not see; so all of it is watched. */
function watchMemory(gigabytes: number, controller: AbortController): () => void {
  if (gigabytes === 0) return () => {};
  const timer = setInterval(() => {
    const taken = process.memoryUsage.rss() / GIGABYTE;
    if (taken <= gigabytes) return;
    const message = `the trainer took ${taken.toFixed(1)} GB, more than the ${gigabytes} GB of the settings: allow more, or make batches smaller`;
    controller.abort(new EngineError(message));
  }, MEMORY_CHECK);
  return () => clearInterval(timer);
}

function stopAndExit(): void {
  if (underWay) underWay.abort();
  else process.exit();
}

lowerPriority();
process.on('message', (message) => {
  const order = Order.parse(message);
  if (order.type === 'stop') underWay?.abort();
  else void start(order.task, order.means);
});
process.on('disconnect', stopAndExit);
process.on('SIGTERM', () => process.disconnect());
// A key pressed at the terminal reaches every process there; what it means is the workbench's to say.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
// With the workbench gone there is nobody to read.
process.stderr.on('error', () => {});
