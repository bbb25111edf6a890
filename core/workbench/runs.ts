/** The runs of a project, as they are found on disk. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { RunSummary as SummarySchema } from '../contract/calls.ts';
import { DataError } from '../contract/errors.ts';
import { PARTIAL } from '../data/files.ts';
import type { Project } from '../project/project.ts';
import { RunFolder } from '../project/run-folder.ts';
import { isFinished } from './run-model.ts';

export type RunSummary = z.infer<typeof SummarySchema>;

/** Where a project's runs are. */
export const runsOf = ({ path }: Project): string => join(path, 'runs');

/** The runs in a folder, the newest first; what is no run, or a damaged one, is passed over. */
export function listRuns(folder: string): RunFolder[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith(PARTIAL))
    .flatMap((name) => openRun(join(folder, name)) ?? [])
    .sort((a, b) => b.manifest.createdAt.localeCompare(a.manifest.createdAt));
}

function openRun(path: string): RunFolder | undefined {
  try {
    return RunFolder.open(path);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

export function summarizeRun(run: RunFolder): RunSummary {
  const { algorithm, createdAt } = run.manifest;
  const state = isFinished(run) ? 'finished' : run.isLocked() ? 'working' : 'stopped';
  return {
    path: run.path,
    name: run.path.split(/[/\\]/).at(-1)!,
    algorithm,
    createdAt: Date.parse(createdAt),
    step: run.lastStep(),
    state,
    resumable: state === 'stopped',
  };
}

/** Whether there is a run at a path that stopped before its end. */
export const isResumable = (path: string): boolean => {
  const run = openRun(path);
  return run !== undefined && summarizeRun(run).resumable;
};

/** A folder for a new run: its name made fit for a file system, with a number where there is one already. */
export function newRunFolder(folder: string, name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '') || 'run';
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? safe : `${safe}-${number}`);
    if (!existsSync(path)) return path;
  }
}
