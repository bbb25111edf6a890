import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { TrainingError } from '../contract/errors.ts';
import { reason, type Failure } from '../data/files.ts';

const Owner = z.object({ pid: z.int().positive(), host: z.string(), birth: z.string() });
type Owner = z.infer<typeof Owner>;

/** The locks this process holds: its own number in a lock file may be that of a dead process before it. */
const held = new Set<string>();

/**
 * Takes a lock file, that of a dead process included. Fails with an error that names the live process that
 * holds it, or says that the folder cannot be written.
 */
export function takeLock(path: string, Failed: Failure = TrainingError): void {
  const own: Owner = { pid: process.pid, host: hostname(), birth: birthOf(process.pid) };
  while (!tryCreate(path, JSON.stringify(own), Failed)) {
    const content = contentOf(path);
    if (content === undefined) continue;
    const owner = liveOwner(path, content);
    if (owner !== undefined) throw new Failed(refusal(path, owner));
    removeStale(path, content);
  }
  held.add(path);
}

/** Gives a lock back; nothing happens where this process holds none. */
export function releaseLock(path: string): void {
  if (held.delete(path)) fs.rmSync(path, { force: true });
}

export const holdsLock = (path: string): boolean => held.has(path);

/** Whether a live process, this one included, holds the lock. */
export function isLocked(path: string): boolean {
  const content = contentOf(path);
  return content !== undefined && liveOwner(path, content) !== undefined;
}

function refusal(path: string, { pid, host }: Owner): string {
  const folder = dirname(path);
  if (host === hostname()) return `${folder} is in use by process ${pid}: stop it, or choose another folder`;
  return `${folder} is in use by process ${pid} on ${host}: if it no longer runs there, delete ${path}`;
}

/** Makes the file with its content in one step, so that nobody ever reads half a lock. */
function tryCreate(path: string, content: string, Failed: Failure): boolean {
  const draft = besides(path, 'draft');
  writeDraft(draft, content, Failed);
  try {
    fs.linkSync(draft, path);
    return true;
  } catch (error) {
    // The holder of the lock may have swept the draft away.
    if (['EEXIST', 'ENOENT'].includes(codeOf(error))) return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function writeDraft(draft: string, content: string, Failed: Failure): void {
  try {
    fs.writeFileSync(draft, content);
  } catch (error) {
    throw new Failed(
      `${dirname(draft)} cannot be written: ${reason(error)}; allow writing, or copy it to where you may`,
      { cause: error },
    );
  }
}

const besides = (path: string, what: string): string =>
  join(dirname(path), `.partial-${what}-lock-${process.pid}`);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function contentOf(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function liveOwner(path: string, content: string): Owner | undefined {
  const owner = parseOwner(content);
  if (owner === undefined) return undefined;
  // What runs on another machine cannot be seen from here.
  const alive = owner.host !== hostname() || isAlive(owner, path);
  return alive ? owner : undefined;
}

function parseOwner(content: string): Owner | undefined {
  try {
    return Owner.parse(JSON.parse(content));
  } catch {
    // Locks are made whole, so this is none of ours.
    return undefined;
  }
}

function isAlive({ pid, birth }: Owner, path: string): boolean {
  const birthNow = birthOf(pid);
  if (pid === process.pid && birthNow === '') return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  // Another user's process may hide its birth; it is alive all the same.
  return birthNow === '' || birthNow === birth;
}

/**
 * When a process began, as Linux tells it; empty elsewhere. Numbers are used again, in containers at once, and
 * a lock must not outlive its owner by that.
 */
function birthOf(pid: number): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name, may itself hold spaces; the start is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}/${fields[19]}`;
  } catch {
    return '';
  }
}

/** Moves a stale lock away first: between reading it and now another process may have taken its place. */
function removeStale(path: string, stale: string): void {
  const aside = besides(path, 'stale');
  try {
    fs.renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (contentOf(aside) === stale) fs.rmSync(aside);
  else fs.renameSync(aside, path);
}
