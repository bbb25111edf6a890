import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const files = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

/** What may differ: when the run was made and how fast it was. */
const untimed = (line: string) =>
  Object.entries(JSON.parse(line) as object).filter(([name]) => name !== 'time' && name !== 'eps');

/** What the whole lines of a file say; what a kill has torn off is no line. */
export const lines = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1).map(untimed);

/** Two runs have the same files with the same bytes, but for times: weights, optimizers, states, rollouts, metrics. */
export function expectSameRun(one: string, other: string): void {
  expect(files(other)).toEqual(files(one));
  for (const file of files(one)) {
    if (file === 'run.json') continue;
    if (file.endsWith('.jsonl')) expect(lines(join(other, file))).toEqual(lines(join(one, file)));
    else expect(readFileSync(join(other, file)).equals(readFileSync(join(one, file))), file).toBe(true);
  }
}
