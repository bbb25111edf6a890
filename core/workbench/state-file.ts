import * as fs from 'node:fs';
import { dirname, extname } from 'node:path';
import type { z } from 'zod';
import { readJson, reason, writeFileAtomic } from '../data/files.ts';

/**
 * A small JSON file that the application keeps for itself. What is not there is as `empty`; one that is damaged is
 * kept aside, so that the application starts all the same.
 */
export class StateFile<T> {
  readonly #path: string;
  #value: T;

  constructor(path: string, schema: z.ZodType<T>, empty: unknown, log: (line: string) => void) {
    this.#path = path;
    fs.mkdirSync(dirname(path), { recursive: true });
    this.#value = this.#read(schema, log) ?? schema.parse(empty);
  }

  get value(): T {
    return this.#value;
  }

  /** Writes it whole; a kill leaves the old value or the new one. */
  write(value: T): void {
    writeFileAtomic(this.#path, `${JSON.stringify(value, null, 2)}\n`);
    this.#value = value;
  }

  #read(schema: z.ZodType<T>, log: (line: string) => void): T | undefined {
    if (!fs.existsSync(this.#path)) return undefined;
    try {
      return schema.parse(readJson(this.#path));
    } catch (error) {
      const extension = extname(this.#path);
      const aside = `${this.#path.slice(0, -extension.length)}.damaged-${Date.now()}${extension}`;
      fs.renameSync(this.#path, aside);
      log(`${this.#path} is damaged (${reason(error)}): it is kept as ${aside}, and a new one is begun`);
      return undefined;
    }
  }
}
