import { ProjectError } from '../contract/errors.ts';

/** What the disk and the database refuse, by the code of the error; each with what to do. */
const refusals: readonly (readonly [code: RegExp, what: string])[] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)/, 'no space is left on the disk: make room on it, and do it again'],
  [
    /^(EACCES|EPERM|EROFS|SQLITE_(READONLY|CANTOPEN|PERM))/,
    'permission is denied: allow reading and writing',
  ],
  [/^(EIO|SQLITE_IOERR)/, 'the disk failed: see that it is connected and sound, and do it again'],
  [/^SQLITE_BUSY/, 'another program is writing the database: do it again once it is done'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'the database is damaged: restore it from a copy'],
];

/** A refusal of the disk as an error that a person can act on; any other error as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const what = refusals.find(([code]) => code.test(String(error.code)))?.[1];
  if (what === undefined) return error;
  const path = 'path' in error ? String(error.path) : 'the project';
  return new ProjectError(`${path} cannot be used, for ${what}`, { cause: error });
}
