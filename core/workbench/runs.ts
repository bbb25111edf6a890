/** The runs of a project, as they are found on disk. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError, ProjectError } from '../contract/errors.ts';
import { PARTIAL } from '../data/files.ts';
import type { Project } from '../project/project.ts';
import { RunFolder } from '../project/run-folder.ts';
import { samePath } from './paths.ts';
import { isFinished } from './run-model.ts';

/** Where a project's runs are. */
export const runsOf = ({ path }: Pick<Project, 'path'>): string => join(path, 'runs');

/** The runs in a folder, the newest first; what is no run, or a damaged one, is passed over. */
export function listRuns(folder: string): RunFolder[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith(PARTIAL))
    .flatMap((name) => openRun(join(folder, name)) ?? [])
    .sort((a, b) => b.manifest.createdAt.localeCompare(a.manifest.createdAt));
}

/** The run at a path, where there is one that has begun. */
export function openRun(path: string): RunFolder | undefined {
  try {
    return RunFolder.open(path);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** Throws a `ProjectError` where a path is none of the project's runs. */
export function findRun(project: Pick<Project, 'path'>, path: string): RunFolder {
  const run = samePath(dirname(path), runsOf(project)) ? openRun(path) : undefined;
  if (run) return run;
  throw new ProjectError(
    `${path} is no run of this project that has begun: choose one from its list of runs`,
  );
}

/** How far a run has come, whatever waits to be done on it. */
export function stateOf(run: RunFolder): 'finished' | 'working' | 'stopped' {
  if (isFinished(run)) return 'finished';
  return run.isLocked() ? 'working' : 'stopped';
}

/** Whether there is a run at a path that stopped before its end. */
export const isResumable = (path: string): boolean => {
  const run = openRun(path);
  return run !== undefined && stateOf(run) === 'stopped';
};

/** A folder for a new run: its name made fit for a file system, with a number where there is one already. */
export function newRunFolder(folder: string, name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '') || 'run';
  return freePath(folder, safe);
}

/** A path in a folder that nothing has: with a number where the name is taken. */
export function freePath(folder: string, name: string, extension = ''): string {
  for (let number = 1; ; number++) {
    const path = join(folder, (number === 1 ? name : `${name}-${number}`) + extension);
    if (!existsSync(path)) return path;
  }
}
