import { DataError } from '../../contract/errors.ts';
import { valueAt } from './columns.ts';
import { kindOf } from './source.ts';

const MOST_CHARACTERS = 1_000_000;

/** One row as a mapping sees it: fields of the workbench, by the columns that hold them. Errors name the column. */
export class Cells {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #columns: Readonly<Record<string, string>>;

  constructor(record: Readonly<Record<string, unknown>>, columns: Readonly<Record<string, string>>) {
    this.#record = record;
    this.#columns = columns;
  }

  /** The column of a field, for errors. */
  name(field: string): string {
    return `"${this.#columns[field] ?? field}"`;
  }

  /** What the field's column holds; undefined where the field has no column. */
  value(field: string): unknown {
    const column = this.#columns[field];
    return column === undefined ? undefined : (valueAt(this.#record, column) ?? undefined);
  }

  /** As `value`, lists and objects that a table holds as JSON text read. */
  structure(field: string): unknown {
    const value = this.value(field);
    return typeof value === 'string' && /^\s*[[{]/.test(value) ? parsed(value) : value;
  }

  list(field: string): readonly unknown[] {
    const value = this.structure(field);
    if (!Array.isArray(value)) throw new DataError(`${this.name(field)} is ${kindOf(value)}, not a list`);
    return value;
  }

  text(field: string): string {
    return textFrom(this.value(field), this.name(field));
  }

  /** Null where the field has no column, or its column nothing but white space. */
  optional(field: string): string | null {
    const value = this.value(field);
    if (value === undefined) return null;
    const text = scalarText(value, this.name(field));
    return text.trim() === '' ? null : text;
  }
}

/** A text that is not blank; a number or a truth value is its spelling. */
export function textFrom(value: unknown, what: string): string {
  const text = scalarText(value, what);
  if (text.trim() === '') throw new DataError(`${what} is empty`);
  return text;
}

/** As `textFrom`, for what may be white space: a sampled completion, or a turn of a conversation. */
export function scalarText(value: unknown, what: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined || value === null) throw new DataError(`${what} is missing`);
  if (typeof value !== 'string') throw new DataError(`${what} is ${kindOf(value)}, not text`);
  return checkText(value, what);
}

/** Throws for what the database could not give back as it was. */
export function checkText(text: string, what: string): string {
  if (text.length > MOST_CHARACTERS)
    throw new DataError(
      `${what} holds ${text.length.toLocaleString('en')} characters: at most ${MOST_CHARACTERS.toLocaleString('en')} fit`,
    );
  if (!text.isWellFormed()) throw new DataError(`${what} holds half of a character (a lone surrogate)`);
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
