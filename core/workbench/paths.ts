import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import { ConfigurationError } from '../contract/errors.ts';

/** The same file or folder, by whatever path it is named. */
export const samePath = (a: string, b: string): boolean => a === b || real(a) === real(b);

const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

/** Whether a path is a folder or lies in it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder + sep);

export function requireAbsolute(path: string): void {
  if (!isAbsolute(path))
    throw new ConfigurationError(`${path} is not a whole path: give one from the root of the disk`);
}
