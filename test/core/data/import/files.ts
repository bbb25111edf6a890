import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file of its own folder. */
export function file(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'import-')), name);
  writeFileSync(path, content);
  return path;
}

export const jsonLines = (...records: unknown[]): string =>
  file('data.jsonl', records.map((record) => JSON.stringify(record)).join('\n'));
