import type { ImportMapping } from '../../contract/calls.ts';
import { DataError } from '../../contract/errors.ts';
import { checkMapping, convertRow, type Converted } from './convert.ts';
import { formatOf, rowsOf } from './format.ts';
import { openSource, type ReadOptions } from './source.ts';

/**
 * The rows of a file, ready for the project, and what is wrong with the others. Throws a `DataError` where the file
 * as a whole cannot be read, and `Cancelled` where its signal asks for that.
 */
export async function read(
  path: string,
  mapping: ImportMapping,
  options: ReadOptions = {},
): Promise<Converted> {
  const whole: Converted = { rows: [], problems: [] };
  for await (const part of readParts(path, mapping, options)) {
    for (const row of part.rows) whole.rows.push(row);
    for (const problem of part.problems) whole.problems.push(problem);
  }
  return whole;
}

/** As `read`, some rows at a time, so that a file need not be held as a whole. */
export async function* readParts(
  path: string,
  mapping: ImportMapping,
  options: ReadOptions = {},
): AsyncGenerator<Converted> {
  checkMapping(mapping);
  const source = await openSource(path, options);
  let empty = true;
  for await (const raws of rowsOf(source, await formatOf(source))) {
    const part: Converted = { rows: [], problems: [] };
    for (const raw of raws) convertRow(raw, mapping, part);
    empty &&= raws.length === 0;
    yield part;
  }
  if (empty) throw new DataError(`${source.name} holds no rows: choose a file that holds some`);
}
