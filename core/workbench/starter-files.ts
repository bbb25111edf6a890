import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PARTIAL, readBytes } from '../data/files.ts';

/** The embedded project as the application brings it: its model, prompts, demonstrations, rankings and texts. */
export const starterFolder = fileURLToPath(new URL('../../resources/starter', import.meta.url));

/** What runs refer to by its path. */
const parts = ['model', 'pretraining.jsonl', 'pretraining.validation.jsonl'] as const;

/** Whether a folder is named as the starter's model is, of this version or another. */
export const isStarterModel = (path: string): boolean =>
  basename(path) === 'model' && /^starter-[0-9a-f]{8}$/.test(basename(dirname(path)));

/**
 * The starter's model and texts beside the settings. Runs name them by their path for as long as they are kept,
 * while the application may be elsewhere the next time it is started, and another version may bring others.
 */
export class StarterFiles {
  readonly #folder: string;

  constructor(stateFolder: string) {
    const version = createHash('sha256').update(readBytes(join(starterFolder, 'build.json')));
    this.#folder = join(stateFolder, `starter-${version.digest('hex').slice(0, 8)}`);
  }

  get model(): string {
    return join(this.#installed(), 'model');
  }

  /** The text of pretraining, or what was held out of it. */
  text(name: 'pretraining' | 'pretraining.validation'): string {
    return join(this.#installed(), `${name}.jsonl`);
  }

  /** Copied when first asked for, whole or not at all. */
  #installed(): string {
    if (!existsSync(this.#folder)) install(this.#folder);
    return this.#folder;
  }
}

function install(folder: string): void {
  const partial = join(dirname(folder), PARTIAL + basename(folder));
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const part of parts) cpSync(join(starterFolder, part), join(partial, part), { recursive: true });
  renameSync(partial, folder);
}
