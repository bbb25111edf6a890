import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectSummary } from '../contract/calls.ts';
import { PARTIAL } from '../data/files.ts';
import { Project } from '../project/project.ts';
import { requireAbsolute, samePath } from './paths.ts';
import { ProjectThread } from './work/project-thread.ts';

export interface ProjectListener {
  readonly onOpened: (project: Project) => void;
  /** Ends all work on the project that is about to be closed. */
  readonly beforeClose: () => Promise<void>;
  readonly onClosed: () => void;
}

/** The one project that is open, or none. Opening and closing take their turns. */
export class OpenProject {
  readonly #listener: ProjectListener;
  #project: Project | undefined;
  #thread: ProjectThread | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(listener: ProjectListener) {
    this.#listener = listener;
  }

  get project(): Project | undefined {
    return this.#project;
  }

  /** Answers what takes long, beside the project. */
  get thread(): ProjectThread | undefined {
    return this.#thread;
  }

  /** Opens a project, first making it with `make` where asked to. Where that fails the one before stays open. */
  open(path: string, make: () => void = () => {}): Promise<ProjectSummary> {
    return this.#inTurn(async () => {
      requireAbsolute(path);
      if (this.#project && samePath(this.#project.path, path)) return this.#project.summary();
      make();
      const next = Project.open(path);
      await this.#close();
      removeLeftovers(next.path);
      this.#project = next;
      this.#thread = new ProjectThread(next.path);
      this.#listener.onOpened(next);
      return next.summary();
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  async #close(): Promise<void> {
    if (!this.#project) return;
    await this.#listener.beforeClose();
    await this.#thread!.end();
    this.#project.close();
    this.#project = undefined;
    this.#thread = undefined;
    this.#listener.onClosed();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const made = this.#turn.then(action);
    this.#turn = made.catch(() => {});
    return made;
  }
}

/** What a killed import left behind. */
function removeLeftovers(path: string): void {
  for (const name of readdirSync(path))
    if (name.startsWith(PARTIAL)) rmSync(join(path, name), { recursive: true, force: true });
}
