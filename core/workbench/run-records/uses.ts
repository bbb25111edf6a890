import { basename } from 'node:path';
import { ProjectError } from '../../contract/errors.ts';
import type { Project } from '../../project/project.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { isWithin } from '../paths.ts';
import { listRuns, openRun, runsOf } from '../runs.ts';
import type { Service } from '../service.ts';
import type { Task, TaskOf } from '../work/protocol.ts';

type Folders = { readonly [K in Task['kind']]: (task: TaskOf<K>) => readonly unknown[] };

/** The runs and models that a task works with, or goes on from. */
const folders: Folders = {
  sample: ({ models, keep }) => [...models, keep?.rewardModel],
  score: ({ model }) => [model],
  measure: ({ model }) => [model],
  play: ({ models, rewardModel }) => [...models, rewardModel],
  evaluate: ({ models, rewardModel }) => [...models, rewardModel],
  // Planned in a process of its own, and never queued.
  plan: () => [],
  run: ({ request: { out, model, rewardModel } }) => [out, model, rewardModel],
  resume: ({ path }) => [path, ...sourcesOf(path)],
  fork: ({ path, out }) => [path, out, ...sourcesOf(path)],
};

const sourcesOf = (path: string): string[] =>
  Object.values(openRun(path)?.manifest.models ?? {}).map((source) => source.path);

const foldersOf = <K extends Task['kind']>(task: TaskOf<K>): readonly unknown[] => folders[task.kind](task);

const uses = (task: Task, run: string): boolean =>
  foldersOf(task).some((folder) => typeof folder === 'string' && isWithin(folder, run));

/** Throws a `ProjectError` where work that is queued or under way needs a run or a model of it. */
export function requireUnused({ queue, interactive, exports, board }: Service, { path }: RunFolder): void {
  const tasks = [queue, interactive].map((each) => each.find((task) => uses(task, path)));
  const id = tasks.find(Boolean) ?? exports.find((folder) => isWithin(folder, path));
  if (id === undefined) return;
  throw new ProjectError(
    `"${board.get(id)!.title}" is under way or queued and needs ${basename(path)}: stop it, or let it end, before you remove the run`,
  );
}

/** Throws a `ProjectError` where adapters that other runs trained lie over a model of this one. */
export function requireNoAdapters(project: Pick<Project, 'path'>, { path }: RunFolder): void {
  const others = listRuns(runsOf(project)).filter((run) => run.path !== path);
  const over = others.filter((run) => basesOf(run).some((base) => isWithin(base, path)));
  if (over.length === 0) return;
  const names = over.map((run) => basename(run.path)).join(', ');
  throw new ProjectError(
    `${basename(path)} holds the base of the adapters that ${names} trained: remove those runs first, or keep it`,
  );
}

/** The models that the adapters of a run lie over. */
function basesOf({ manifest: { configuration, models } }: RunFolder): string[] {
  if (!configuration['loraRank']) return [];
  const bases = ['model', 'rewardModel'].map((role) => models[`${role} base`] ?? models[role]);
  return bases.flatMap((base) => (base ? [base.path] : []));
}
