import type { ModelFolder, RunDetail, RunSummary } from '../../../../core/contract/calls.ts';
import { durationWords } from '../figures.ts';
import { stateWords } from '../train-names.ts';

interface Progress {
  readonly step: number;
  /** Milliseconds a step; null where that is not known yet. */
  readonly stepMs: number | null;
  /** What its work says. */
  readonly message: string;
}

/** How a run stands: its state, how far it is, and about how long it will take. */
export function stateSentence(run: RunSummary, { step, stepMs, message }: Progress): string {
  const far = run.steps > 0 ? `step ${count(step)} of ${count(run.steps)}` : `step ${count(step)}`;
  const left = run.steps - step;
  const isTraining = run.state === 'working';
  return [
    stateWords(run),
    run.state === 'queued' && run.step === 0 ? '' : far,
    isTraining && stepMs !== null && left > 0 ? `about ${durationWords(stepMs * left)} left` : '',
    isTraining && stepMs === null ? message : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

const count = (number: number): string => number.toLocaleString('en');

/** What a run began from, by its name among the models where it has one. */
export function startWords({ parent, models }: RunDetail, listed: readonly ModelFolder[]): string | null {
  if (parent) return `forked from ${endOf(parent.path)} after step ${count(parent.step)}`;
  const start = models.find(({ role }) => START_ROLES.includes(role)) ?? models[0];
  if (!start) return null;
  return `from ${listed.find(({ path }) => path === start.path)?.name ?? modelName(start.path)}`;
}

/** The names under which manifests have the model that a run starts from. */
const START_ROLES = ['model', 'policy', 'start'];

const parts = (path: string): string[] => path.split(/[\\/]/).filter((part) => part !== '');
const endOf = (path: string): string => parts(path).at(-1) ?? path;

/** The folder that a model is known by: `sft-1`, or `sft-1 step 40` of a checkpoint. */
export function modelName(path: string): string {
  const names = parts(path);
  if (names.at(-1) === 'model') names.pop();
  const last = names.pop() ?? path;
  if (names.at(-1) !== 'checkpoints') return last;
  return `${names.at(-2) ?? ''} step ${Number(last)}`;
}
