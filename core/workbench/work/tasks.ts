/** What the trainer process does when it is told to: each task ends with one sentence on what came of it. */
import { Cancelled } from '../../contract/errors.ts';
import { RunFolder } from '../../project/run-folder.ts';
import type { Progress } from '../../training/context.ts';
import type { Gold } from '../../training/watched.ts';
import { forkJob, resumeJob, runJob, type JobHost, type JobResult } from '../jobs.ts';
import { evaluateTask } from './evaluate-task.ts';
import { measureTask } from './measure-task.ts';
import { planTask } from './plan-task.ts';
import { playTask } from './play-task.ts';
import type { Task, TaskOf } from './protocol.ts';
import { sampleTask } from './sample-task.ts';
import { scoreTask } from './score-task.ts';
import type { TaskHost } from './task-host.ts';

type Performers = { readonly [K in Task['kind']]: (task: TaskOf<K>, host: TaskHost) => Promise<string> };

const performers: Performers = {
  sample: sampleTask,
  score: scoreTask,
  measure: measureTask,
  play: playTask,
  evaluate: evaluateTask,
  plan: planTask,
  run: ({ request }, host) => work(host, (job) => runJob(request, job)),
  resume: ({ path }, host) => work(host, (job) => resumeJob(path, job)),
  fork: ({ path, step, settings, out }, host) =>
    work(host, (job) => forkJob(path, { settings, out, ...(step !== undefined && { step }) }, job)),
};

export const perform = <K extends Task['kind']>(task: TaskOf<K>, host: TaskHost): Promise<string> =>
  performers[task.kind](task, host);

async function work(
  { engine, signal, tell, simulated, memory }: TaskHost,
  job: (host: JobHost) => Promise<JobResult>,
): Promise<string> {
  const onProgress = ({ algorithm, step, total, time, metrics }: Progress) =>
    tell({
      ...{ type: 'progress', done: step, total, message: `${algorithm}: step ${step} of ${total}` },
      metrics: {
        ...{ step, time },
        names: Object.keys(metrics),
        values: Float64Array.from(Object.values(metrics)),
      },
    });
  const gold: Gold = (prompt, text, ended) => simulated.gold(prompt, { text, ended });
  // A run that is told to stop before its first step has nothing to save.
  if (signal.aborted) throw new Cancelled();
  const { model } = await job({ engine, signal, onProgress, gold, memory });
  return `the model is in ${model}`;
}

/** What is left of a task that was stopped. */
export function describeStop(task: Task): string {
  if (task.kind === 'sample') return 'stopped; the completions made before are kept';
  if (task.kind === 'score') return 'stopped; the items scored before keep their scores';
  if (task.kind === 'measure') return 'stopped; what was measured before still holds';
  if (task.kind === 'play') return 'stopped; what was written before is kept';
  if (task.kind === 'plan') return 'stopped; nothing was begun';
  if (task.kind === 'evaluate') return 'stopped; the prompts answered before are kept';
  const step = latestStep(runOf(task));
  if (step === undefined) return 'stopped before the first checkpoint';
  return `stopped with a checkpoint at step ${step}; resume it to go on`;
}

function runOf(task: TaskOf<'run' | 'resume' | 'fork'>): string {
  if (task.kind === 'run') return task.request.out;
  return task.kind === 'fork' ? task.out : task.path;
}

function latestStep(path: string): number | undefined {
  try {
    return RunFolder.open(path).latestCheckpoint()?.step;
  } catch {
    // Stopped before its folder was made.
    return undefined;
  }
}
