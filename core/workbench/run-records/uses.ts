import { basename } from 'node:path';
import { ProjectError } from '../../contract/errors.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { isWithin } from '../paths.ts';
import { openRun } from '../runs.ts';
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
