/** What a person says of a run, beside what the run says of itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { RunSummary } from '../../contract/calls.ts';
import { readJson, writeFileAtomic } from '../../data/files.ts';
import type { RunFolder } from '../../project/run-folder.ts';

const Annotations = RunSummary.pick({ tags: true, note: true });
export type Annotations = z.infer<typeof Annotations>;

const none: Annotations = { tags: [], note: '' };

const fileOf = ({ path }: RunFolder): string => join(path, 'annotations.json');

/** A file that somebody has spoilt says nothing. */
export function annotationsOf(run: RunFolder): Annotations {
  const file = fileOf(run);
  if (!existsSync(file)) return none;
  try {
    return Annotations.parse(readJson(file));
  } catch {
    return none;
  }
}

/** Replaces what is given of them; a tag given twice is one. */
export function annotate(
  run: RunFolder,
  given: { [K in keyof Annotations]?: Annotations[K] | undefined },
): void {
  const before = annotationsOf(run);
  const tags = [...new Set(given.tags ?? before.tags)];
  const changed: Annotations = { tags, note: given.note ?? before.note };
  writeFileAtomic(fileOf(run), `${JSON.stringify(changed, null, 2)}\n`);
}
