/** A run that was killed, against the same run that nothing disturbed: at every moment it is how that one begins. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { PARTIAL } from '../../core/data/files.ts';
import { RunFolder } from '../../core/project/run-folder.ts';
import { expectSameRun, lines } from '../core/workbench/same-run.ts';

const linesOf = (path: string) => (existsSync(path) ? lines(path) : []);
const namesIn = (path: string) => (existsSync(path) ? readdirSync(path) : []);
const shownIn = (path: string) => namesIn(path).filter((name) => !name.startsWith(PARTIAL));

/** The last step whose line is whole; 0 before the first. */
export const stepOnDisk = (run: string): number => linesOf(join(run, 'metrics.jsonl')).length;

/** No line is missing, torn or there twice, be the run under way or not. */
export function expectLinesOf(whole: string, run: string): void {
  expect(RunFolder.open(run).manifest).toMatchObject({ seed: RunFolder.open(whole).manifest.seed });
  for (const file of ['metrics.jsonl', 'samples.jsonl']) {
    const found = linesOf(join(run, file));
    expect(found).toEqual(linesOf(join(whole, file)).slice(0, found.length));
  }
}

/**
 * All that a run has under its names, while nobody trains there, is what the undisturbed one has there, to the byte;
 * that one must have kept the checkpoint of every step.
 */
export function expectBeginningOf(whole: string, run: string): void {
  expectLinesOf(whole, run);
  const folders = shownIn(join(run, 'checkpoints')).map((name) => join('checkpoints', name));
  if (existsSync(join(run, 'model'))) folders.push('model');
  for (const folder of folders) expectSameRun(join(whole, folder), join(run, folder));
  for (const name of shownIn(join(run, 'rollouts'))) {
    const [there, here] = [whole, run].map((folder) => readFileSync(join(folder, 'rollouts', name)));
    expect(here!.equals(there!), `rollouts of ${name}`).toBe(true);
  }
}

/** It has come to the same end, and nothing of what happened to it is left. */
export function expectSameEnd(whole: string, run: string): void {
  expectBeginningOf(whole, run);
  for (const file of ['metrics.jsonl', 'samples.jsonl'])
    expect(linesOf(join(run, file))).toHaveLength(linesOf(join(whole, file)).length);
  for (const folder of ['rollouts', 'model'])
    expect(namesIn(join(run, folder))).toEqual(namesIn(join(whole, folder)));
  expect(shownIn(join(run, 'checkpoints')).at(-1)).toBe(shownIn(join(whole, 'checkpoints')).at(-1));
  for (const folder of ['', 'checkpoints'])
    expect(namesIn(join(run, folder)).filter((name) => name.startsWith(PARTIAL))).toEqual([]);
}
