import type { ImportPreview } from '../../contract/calls.ts';
import { DataError } from '../../contract/errors.ts';
import { addColumns } from './columns.ts';
import { formatOf, rowsOf } from './format.ts';
import { openSource, type ReadOptions } from './source.ts';
import { suggestMapping } from './suggest.ts';

const SHOWN_ROWS = 20;
/** Longer texts are shown cut: a preview is for the eye. */
const SHOWN_CHARACTERS = 2000;

type Sample = ImportPreview['sample'][number];

/**
 * What a file holds and how it is most likely meant. All of it is read, so that rows and columns are complete.
 * Throws as `read` does.
 */
export async function inspect(path: string, options: ReadOptions = {}): Promise<ImportPreview> {
  const source = await openSource(path, options);
  const format = await formatOf(source);
  const columns = new Set<string>();
  const sample: Record<string, unknown>[] = [];
  let rows = 0;
  for await (const raws of rowsOf(source, format)) {
    rows += raws.length;
    for (const raw of raws) {
      if ('problem' in raw) continue;
      addColumns(columns, raw.record);
      if (sample.length < SHOWN_ROWS) sample.push(raw.record);
    }
  }
  if (rows === 0) throw new DataError(`${source.name} holds no rows: choose a file that holds some`);
  const suggested = suggestMapping([...columns], sample);
  return { file: source.name, format, rows, columns: [...columns], sample: sample.map(shown), suggested };
}

const shown = (record: object): Sample => JSON.parse(JSON.stringify(record, cut)) as Sample;

const cut = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > SHOWN_CHARACTERS
    ? `${value.slice(0, SHOWN_CHARACTERS)}…`
    : value;
