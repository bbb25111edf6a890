/** Errors between threads, which keep no classes. */
import * as known from '../../contract/errors.ts';
import { explained } from '../disk-errors.ts';

export interface ThreadError {
  readonly name: string;
  readonly message: string;
}

export function fromError(thrown: unknown): ThreadError {
  const error = explained(thrown);
  if (error instanceof known.WorkbenchError) return { name: error.name, message: error.message };
  return { name: 'Error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function toError({ name, message }: ThreadError): Error {
  const classes: Readonly<Record<string, unknown>> = known;
  const Class = (Object.hasOwn(classes, name) ? classes[name] : Error) as new (message: string) => Error;
  return new Class(message);
}
