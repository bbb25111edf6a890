import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DataError, type WorkbenchError } from '../contract/errors.ts';

/** The kind of error a reader throws: a model's file and a data file fail by different names. */
export type Failure = new (message: string, options?: ErrorOptions) => WorkbenchError;

/** Marks what is still being written; a name with it, left behind by a kill, is never read. */
export const PARTIAL = '.partial-';

/**
 * Writes a whole file or none of it: the bytes go to a hidden file beside it, reach the disk, and take its
 * name in one step. A kill at any moment leaves the old file or the new one.
 */
export function writeFileAtomic(path: string, bytes: Uint8Array | string): void {
  replaceFile(path, (descriptor) => fs.writeFileSync(descriptor, bytes));
}

/** As `writeFileAtomic`, for a file that is written piece by piece. */
export function replaceFile(path: string, write: (descriptor: number) => void): void {
  const partial = openPartial(path);
  try {
    write(partial.descriptor);
    partial.keep();
  } catch (error) {
    partial.drop();
    throw error;
  }
}

/** As `replaceFile`, where the pieces have to be waited for. */
export async function replaceFileAsync(
  path: string,
  write: (descriptor: number) => Promise<void>,
): Promise<void> {
  const partial = openPartial(path);
  try {
    await write(partial.descriptor);
    partial.keep();
  } catch (error) {
    partial.drop();
    throw error;
  }
}

interface PartialFile {
  readonly descriptor: number;
  /** Gives it the name of the file it replaces. */
  readonly keep: () => void;
  readonly drop: () => void;
}

/** No two that write at a time, not even to the same path, write the same file. */
let partials = 0;

const partialOf = (path: string): string =>
  join(dirname(path), `${PARTIAL}${process.pid}-${threadId}-${partials++}-${basename(path)}`);

function openPartial(path: string): PartialFile {
  const partial = partialOf(path);
  const descriptor = fs.openSync(partial, 'w');
  let isOpen = true;
  const close = () => {
    if (isOpen) fs.closeSync(descriptor);
    isOpen = false;
  };
  const keep = () => {
    fs.fsyncSync(descriptor);
    close();
    fs.renameSync(partial, path);
    syncFolder(dirname(path));
  };
  const drop = () => {
    close();
    fs.rmSync(partial, { force: true });
  };
  return { descriptor, keep, drop };
}

/**
 * Makes a new folder, whole or not at all: `write` fills a hidden one beside it, which reaches the disk and takes its
 * name in one step. Nothing may be at the path but an empty folder.
 */
export async function createFolder(path: string, write: (folder: string) => Promise<void>): Promise<void> {
  const partial = partialOf(path);
  requireFree(path);
  try {
    fs.mkdirSync(partial, { recursive: true });
    await write(partial);
    syncTree(partial);
    requireFree(path);
    if (fs.existsSync(path)) fs.rmdirSync(path);
    fs.renameSync(partial, path);
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true });
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new DataError(`${path} cannot be written: ${reason(error)}`, { cause: error });
  }
  syncFolder(dirname(path));
}

/** Throws a `DataError` where there is something at a path that is no empty folder. */
export function requireFree(path: string): void {
  if (!fs.existsSync(path)) return;
  const [present] = listFolder(path);
  if (present)
    throw new DataError(
      `${path} is not empty (it holds ${present.name}): choose a folder that does not exist yet`,
    );
}

/** Makes the names in a folder durable, as fsync makes a file's bytes. */
export function syncFolder(path: string): void {
  // Windows opens no folder, and needs no such call.
  if (process.platform !== 'win32') syncPath(path, 'r');
}

/** Makes every file and name under a folder durable. */
export function syncTree(path: string): void {
  for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) syncTree(inner);
    else syncFile(inner);
  }
  syncFolder(path);
}

/** Makes the bytes of a file durable. */
export function syncFile(path: string): void {
  // Windows flushes only what is open for writing.
  syncPath(path, 'r+');
}

function syncPath(path: string, flags: string): void {
  const descriptor = fs.openSync(path, flags);
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The bytes of a file. */
export function readBytes(path: string, Failed: Failure = DataError): Buffer {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    throw new Failed(`${path} cannot be read: ${reason(error)}`, { cause: error });
  }
}

/** The value in a JSON file. */
export function readJson(path: string, Failed: Failure = DataError): unknown {
  const bytes = readBytes(path, Failed);
  if (isPointer(bytes)) throw new Failed(pointerWords(path));
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failed(`${path} is not JSON: ${reason(error)}`, { cause: error });
  }
}

const POINTER = 'version https://git-lfs';

/** Whether bytes begin a Git LFS pointer: what a clone without Git LFS has in a large file's place. */
export const isPointer = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, POINTER.length)).toString('latin1') === POINTER;

export const pointerWords = (path: string): string =>
  `${path} is a Git LFS pointer, not the file itself: run "git lfs pull" in its folder, or download it again`;

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file; check the path',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'permission denied',
  ENOSPC: 'no space left on the disk',
};

/** Why the file system refused, in words. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error && REASONS[String(error.code)]) || error.message;
}

const CHUNK = 1 << 20;

/** Digests of files that have not changed since: a model takes seconds a gigabyte, and jobs come back to the same. */
const digests = new Map<string, { readonly version: string; readonly sha256: string }>();

/** Milliseconds: a change within them of the last one may leave a file its times. */
const CLOCK_GRAIN = 1000;

/** The SHA-256 of a file's bytes, in hexadecimal. */
export function sha256OfFile(path: string): string {
  const descriptor = openToRead(path);
  try {
    const stat = fs.fstatSync(descriptor);
    // No program can set the time of a change back, as it can that of the last writing.
    const version = `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
    const known = digests.get(path);
    if (known?.version === version) return known.sha256;
    const isSettled = Date.now() - stat.ctimeMs > CLOCK_GRAIN;
    const sha256 = sha256Of(descriptor);
    if (isSettled) digests.set(path, { version, sha256 });
    return sha256;
  } finally {
    fs.closeSync(descriptor);
  }
}

function sha256Of(descriptor: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (let read; (read = fs.readSync(descriptor, chunk)) > 0;) hash.update(chunk.subarray(0, read));
  return hash.digest('hex');
}

/**
 * The SHA-256 of a folder: of the relative path and digest of each of its files, in the order of their paths.
 * Hidden files do not count, so neither a leftover nor a file manager's notes change it.
 */
export function sha256OfFolder(path: string): string {
  const hash = createHash('sha256');
  for (const file of filesUnder(path, '').sort()) hash.update(`${file}\0${sha256OfFile(join(path, file))}\n`);
  return hash.digest('hex');
}

/**
 * Differs once a file of a folder is another, by its size or its time; none is read. Empty where there is no folder.
 * Hidden files and what is in its folders do not count.
 */
export function versionOfFolder(path: string): string {
  if (!fs.existsSync(path)) return '';
  const names = listFolder(path).map(({ name }) => name);
  const shown = names.filter((name) => !name.startsWith('.')).sort();
  return shown.map((name) => `${name} ${versionOf(join(path, name))}`).join('\n');
}

function versionOf(path: string): string {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : '';
}

function filesUnder(root: string, folder: string): string[] {
  return listFolder(join(root, folder))
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const name = folder + entry.name;
      return entry.isDirectory() ? filesUnder(root, `${name}/`) : [name];
    });
}

function listFolder(path: string): fs.Dirent[] {
  try {
    return fs.readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw new DataError(`${path} cannot be listed: ${reason(error)}`, { cause: error });
  }
}

/** A descriptor to read a file by; the caller closes it. */
export function openToRead(path: string, Failed: Failure = DataError): number {
  try {
    return fs.openSync(path, 'r');
  } catch (error) {
    throw new Failed(`${path} cannot be read: ${reason(error)}`, { cause: error });
  }
}
