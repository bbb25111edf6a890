/** A trainer that computes nothing: the steps of an hour's PPO run in a minute, on disk and told as those of a real one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RunFolder } from '../../core/project/run-folder.ts';
import { Order, type Report } from '../../core/workbench/work/protocol.ts';
import { longManifest, metricsOf } from './long-run.ts';

const STEPS = 3600;
const STEP_MS = 60_000 / STEPS;
const SEED = 1;

const tell = (report: Report): void => void process.send!(report, undefined, undefined, () => {});

async function train(path: string): Promise<void> {
  const run = RunFolder.create(path, longManifest({ steps: STEPS, seed: SEED, createdAt: Date.now() }));
  const began = performance.now();
  for (let step = 1; step <= STEPS; step++) {
    const metrics = metricsOf(step, { steps: STEPS, seed: SEED });
    const time = run.appendMetrics(step, metrics);
    const [names, values] = [Object.keys(metrics), Float64Array.from(Object.values(metrics))];
    const message = `ppo: step ${step} of ${STEPS}`;
    tell({ type: 'progress', done: step, total: STEPS, message, metrics: { step, time, names, values } });
    await sleep(began + step * STEP_MS - performance.now());
  }
}

process.on('message', (message) => {
  const order = Order.parse(message);
  if (order.type === 'stop') tell({ type: 'ended', state: 'cancelled', message: 'stopped' });
  else if (order.task.kind === 'run') void train(order.task.request.out);
});
process.on('disconnect', () => process.exit());
