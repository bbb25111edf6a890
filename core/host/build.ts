/** Builds what hosts show from its sources, where it is missing or older than they are. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../contract/errors.ts';

export const projectRoot = join(import.meta.dirname, '../..');

/** Paths are relative to the root of the project. */
export interface BuildTarget {
  /** What is built, in words. */
  readonly name: string;
  readonly config: string;
  readonly sources: readonly string[];
  /** A file that every build writes. */
  readonly result: string;
}

export const windowBuild: BuildTarget = {
  name: 'the window',
  config: 'renderer/vite.config.ts',
  sources: ['renderer', 'core/contract', 'package-lock.json'],
  result: 'renderer/dist/index.html',
};

export const shellBuild: BuildTarget = {
  name: 'the desktop application',
  config: 'electron/vite.config.ts',
  sources: ['electron', 'core/contract', 'core/host', 'package-lock.json'],
  result: 'electron/dist/main.js',
};

/** Builds it if need be. Throws a `ConfigurationError` where it cannot be built. */
export function ensureBuilt(target: BuildTarget, root = projectRoot): void {
  if (!isOutdated(target, root)) return;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  if (!fs.existsSync(vite))
    throw new ConfigurationError(`${target.name} is not built, and vite is not installed: run npm ci first`);
  process.stderr.write(`building ${target.name}\n`);
  const args = [vite, 'build', '--config', join(root, target.config), '--logLevel', 'error'];
  // The mode of whoever asks for it must not become that of what is built.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (status !== 0)
    throw new ConfigurationError(`${target.name} could not be built: the lines above say why`);
}

/** Whether the result is missing or older than some source. */
export function isOutdated({ sources, result }: BuildTarget, root: string): boolean {
  const built = fs.statSync(join(root, result), { throwIfNoEntry: false });
  if (!built) return true;
  return sources.some((source) => newest(join(root, source)) > built.mtimeMs);
}

/** When a file, or the newest of a folder's, was changed; results of builds do not count. */
function newest(path: string): number {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  const names = fs.readdirSync(path).filter((name) => name !== 'dist');
  return Math.max(0, ...names.map((name) => newest(join(path, name))));
}
