/** Projects that are opened from outside: by a double click, or named when the application is started. */
import { dirname, isAbsolute, resolve } from 'node:path';

/** A project's folder holds a file of this kind, which the system opens with the application. */
const EXTENSION = '.alignment';

/** The project of a file that was opened. */
export const projectOfFile = (file: string): string | undefined =>
  file.endsWith(EXTENSION) && isAbsolute(file) ? dirname(file) : undefined;

/** The project that a command line names, where it names one. */
export function projectOfArguments(args: readonly string[], folder: string): string | undefined {
  const file = args.slice(1).find((argument) => argument.endsWith(EXTENSION) && !argument.startsWith('-'));
  return file === undefined ? undefined : projectOfFile(resolve(folder, file));
}
