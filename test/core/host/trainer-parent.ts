/** A parent for a trainer, to be killed: it starts the task of its argument, and says the trainer's number. */
import { defaultTrainer, Trainer } from '../../../core/workbench/work/trainer.ts';
import type { Task } from '../../../core/workbench/work/protocol.ts';

const task = JSON.parse(process.argv[2]!) as Task;
const trainer = new Trainer(defaultTrainer, () => {});
const { signal } = new AbortController();
const means = { device: 'cpu', threads: 1, memoryGigabytes: 0 } as const;
const say = ({ type }: { type: string }) => process.stdout.write(`${trainer.pid} ${type}\n`);
await trainer.perform({ task, means, signal, onPart: say });
process.stdout.write(`${trainer.pid} idle\n`);
setInterval(() => {}, 1000);
