/**
 * Runs that were removed. Each is a folder of the project's bin:
 *
 *     bin/<id>/removed.json   what it was called, when it was removed, how many bytes it holds
 *     bin/<id>/run/           the run's folder as it was
 *
 * A kill leaves a run in one place or the other, and perhaps a folder without a run, which nobody sees.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ProjectError } from '../../contract/errors.ts';
import { readJson, reason, writeFileAtomic } from '../../data/files.ts';
import type { Project } from '../../project/project.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { freePath, openRun, runsOf } from '../runs.ts';

type Place = Pick<Project, 'path'>;

const Removed = z.object({
  // Whatever a note says, a run goes nowhere but among the runs.
  name: z.string().transform((name) => basename(name)),
  removedAt: z.int(),
  bytes: z.int(),
});
export type Removed = z.infer<typeof Removed> & { readonly id: string };

const binOf = ({ path }: Place): string => join(path, 'bin');
const runIn = (folder: string): string => join(folder, 'run');
const noteIn = (folder: string): string => join(folder, 'removed.json');

/** Throws a `ProjectError` where it is being trained. */
export function removeRun(project: Place, run: RunFolder, bytes: number): string {
  const name = basename(run.path);
  if (run.isLocked())
    throw new ProjectError(`${name} is being trained: stop it, or let it end, before you remove it`);
  const id = randomUUID();
  const folder = join(binOf(project), id);
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(noteIn(folder), JSON.stringify({ name, removedAt: Date.now(), bytes }));
  move(run.path, runIn(folder));
  return id;
}

/** Puts a run back, and returns where: under another name where its own is taken by now. */
export function restoreRun(project: Place, id: string): string {
  const removed = listBin(project).find((each) => each.id === id);
  if (!removed) throw new ProjectError(`there is no removed run ${id}: choose one from the bin`);
  mkdirSync(runsOf(project), { recursive: true });
  const path = freePath(runsOf(project), removed.name);
  const folder = join(binOf(project), id);
  move(runIn(folder), path);
  rmSync(folder, { recursive: true });
  return path;
}

/** The one removed last comes first. */
export function listBin(project: Place): Removed[] {
  return entries(project).sort((a, b) => b.removedAt - a.removedAt);
}

/** Removes what is in the bin for good, and returns how many bytes it held. */
export async function emptyBin(project: Place): Promise<number> {
  const bin = binOf(project);
  if (!existsSync(bin)) return 0;
  const found = entries(project);
  const folders = readdirSync(bin).map((id) => join(bin, id));
  // Without its note nobody sees a run: a kill leaves no half of one to be restored.
  for (const { id } of found) rmSync(noteIn(join(bin, id)));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  if (readdirSync(bin).length === 0) rmdirSync(bin);
  return found.reduce((total, { bytes }) => total + bytes, 0);
}

/** A run of the bin as it can be read, the last removed of its name. */
export function removedRun(project: Place, name: string): RunFolder | undefined {
  const removed = listBin(project).find((each) => each.name === name);
  return removed && openRun(runIn(join(binOf(project), removed.id)));
}

function entries(project: Place): Removed[] {
  const bin = binOf(project);
  if (!existsSync(bin)) return [];
  return readdirSync(bin).flatMap((id) => {
    const { data } = existsSync(runIn(join(bin, id))) ? Removed.safeParse(read(join(bin, id))) : {};
    return data ? [{ ...data, id }] : [];
  });
}

function read(folder: string): unknown {
  try {
    return readJson(noteIn(folder));
  } catch {
    // None of ours.
    return undefined;
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw new ProjectError(
      `${from} cannot be moved: ${reason(error)}; close the programs that use it, and try again`,
      { cause: error },
    );
  }
}
