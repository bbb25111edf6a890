/**
 * Runs that are under way without work of ours: in the trainer of a workbench that died, which makes its last step to
 * the end, or at a command line. Nothing tells of their end, so it is looked for.
 */
import type { RunFolder } from '../../project/run-folder.ts';
import type { Announcer } from '../announcer.ts';

/** Milliseconds between two looks. */
const PACE = 500;

const watched = new WeakMap<Announcer, Set<string>>();

/** Announces once that a run under way elsewhere has stopped or come to its end. */
export function announceEnd(announcer: Announcer, run: RunFolder): void {
  const paths = watched.get(announcer) ?? new Set();
  watched.set(announcer, paths);
  if (paths.has(run.path)) return;
  paths.add(run.path);
  const timer = setInterval(() => {
    if (run.isLocked()) return;
    clearInterval(timer);
    paths.delete(run.path);
    announcer.changed('runs', 'models');
  }, PACE).unref();
}
