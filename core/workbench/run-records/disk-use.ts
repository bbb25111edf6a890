import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a folder that are looked at together. */
const TOGETHER = 64;

interface Measured {
  readonly changedAt: number;
  readonly bytes: number;
}

/**
 * How many bytes folders hold. Files below the top of a run never change once they have their name, so a folder in
 * which no name has come or gone is not looked through again.
 */
export class DiskUse {
  readonly #measured = new Map<string, Measured>();

  /** Of a run's folder, whose own files do change. */
  async of(run: string): Promise<number> {
    return this.#bytesIn(run, false);
  }

  async #bytesIn(folder: string, settled: boolean): Promise<number> {
    const before = this.#measured.get(folder);
    const changedAt = (await stats(folder))?.mtimeMs;
    if (changedAt === undefined) return 0;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const inner = entries.filter((entry) => entry.isDirectory());
    let bytes = 0;
    for (const { name } of inner) bytes += await this.#bytesIn(join(folder, name), true);
    if (settled && before?.changedAt === changedAt) return bytes + before.bytes;
    const own = await bytesOf(
      entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name)),
    );
    if (settled) this.#measured.set(folder, { changedAt, bytes: own });
    return bytes + own;
  }
}

async function bytesOf(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (let i = 0; i < paths.length; i += TOGETHER)
    for (const found of await Promise.all(paths.slice(i, i + TOGETHER).map(stats))) bytes += found?.size ?? 0;
  return bytes;
}

/** Nothing where it has gone meanwhile. */
const stats = (path: string): Promise<Stats | undefined> => lstat(path).catch(() => undefined);

/** One for the process: what it has measured of a folder holds as long as the folder does. */
export const diskUse = new DiskUse();
