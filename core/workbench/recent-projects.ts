import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RecentProject } from '../contract/calls.ts';
import { StateFile } from './state-file.ts';

/** Most that are remembered. */
const MOST = 30;

const Remembered = RecentProject.omit({ present: true });
type Remembered = z.infer<typeof Remembered>;

/** Projects opened before, the last one first. */
export class RecentProjects {
  readonly #file: StateFile<Remembered[]>;

  constructor(stateFolder: string, log: (line: string) => void) {
    this.#file = new StateFile(join(stateFolder, 'recent.json'), z.array(Remembered), [], log);
  }

  list(): z.infer<typeof RecentProject>[] {
    return this.#file.value.map((project) => ({ ...project, present: existsSync(project.path) }));
  }

  remember({ path, name }: { readonly path: string; readonly name: string }): void {
    const opened = { path, name, openedAt: Date.now() };
    this.#file.write([opened, ...this.#others(path)].slice(0, MOST));
  }

  forget(path: string): void {
    this.#file.write(this.#others(path));
  }

  #others(path: string): Remembered[] {
    return this.#file.value.filter((project) => project.path !== path);
  }
}
