import { rmSync, writeSync } from 'node:fs';
import { replaceFile } from '../data/files.ts';

/** So many characters are written at once. */
const CHUNK = 1 << 20;

/** Writes one JSON object a line, whole or not at all, and no file where there are none; how many. */
export function writeJsonLines(path: string, records: Iterable<object>): number {
  let count = 0;
  replaceFile(path, (descriptor) => {
    let waiting = '';
    const flush = () => {
      writeSync(descriptor, waiting);
      waiting = '';
    };
    for (const record of records) {
      waiting += `${JSON.stringify(record)}\n`;
      count++;
      if (waiting.length >= CHUNK) flush();
    }
    flush();
  });
  if (count === 0) rmSync(path);
  return count;
}
