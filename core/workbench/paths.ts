import { existsSync, realpathSync } from 'node:fs';

/** The same file or folder, by whatever path it is named. */
export const samePath = (a: string, b: string): boolean => a === b || real(a) === real(b);

const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
