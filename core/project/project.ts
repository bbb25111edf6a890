/**
 * A project is a folder:
 *
 *     project.sqlite   prompts, labels and labelers, with their whole history
 *     runs/            run folders of the training core
 *     snapshots/       datasets that were named
 *     exports/         what was written for other programs
 *     project.lock     the process that has it open now
 */
import { randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { ProjectSummary } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';
import { PARTIAL, reason } from '../data/files.ts';
import { Changes } from './changes.ts';
import { checkHeader, checkSound, createDatabase, DATABASE, openDatabase } from './database-file.ts';
import { Demonstrations } from './demonstrations.ts';
import { Exports } from './exports.ts';
import { Imports } from './imports.ts';
import { Labelers } from './labelers.ts';
import { releaseLock, takeLock } from './lock.ts';
import { Prompts } from './prompts.ts';
import { readProperty, writeProperty, type Property } from './properties.ts';
import { RankingItems } from './ranking-items.ts';
import { Rankings } from './rankings.ts';
import { Snapshots } from './snapshots.ts';
import { Store } from './store.ts';

const LOCK = 'project.lock';
const RUNS = 'runs';
const RUN_MANIFEST = 'run.json';

/** Whether a folder looks like a project, be it sound or not. */
export const isProject = (path: string): boolean => fs.existsSync(join(path, DATABASE));

/** A project on disk. One process at a time has it open. */
export class Project {
  readonly path: string;
  readonly name: string;
  readonly prompts: Prompts;
  readonly labelers: Labelers;
  readonly demonstrations: Demonstrations;
  readonly rankings: Rankings;
  readonly imports: Imports;
  readonly changes: Changes;
  readonly snapshots: Snapshots;
  readonly exports: Exports;
  readonly #store: Store;
  readonly #items: RankingItems;

  private constructor(path: string) {
    this.path = path;
    const store = new Store(openDatabase(join(path, DATABASE)));
    const changes = new Changes(store);
    const items = new RankingItems(store, Number(readProperty(store, 'seed')));
    this.#store = store;
    this.#items = items;
    this.name = readProperty(store, 'name')!;
    this.changes = changes;
    this.prompts = new Prompts(store, changes);
    this.labelers = new Labelers(store, changes);
    this.demonstrations = new Demonstrations(store, changes, this.prompts, this.labelers);
    this.rankings = new Rankings(store, changes, this.prompts, this.labelers, items);
    this.imports = new Imports(store, changes, this.prompts, this.labelers, items);
    this.snapshots = new Snapshots(store, changes, join(path, 'snapshots'));
    this.exports = new Exports(store, changes, this.prompts, join(path, 'exports'));
  }

  /** Makes a project in a new or empty folder, and opens it. All chance in its queues comes from the seed. */
  static create(
    path: string,
    name: string,
    { starter = false, seed = randomInt(2 ** 31) }: { starter?: boolean; seed?: number } = {},
  ): Project {
    requireEmpty(path);
    makeFolder(path);
    const folder = fs.realpathSync(path);
    const properties = { name, starter: String(starter), seed: String(seed), guidelines: '' };
    return locked(folder, () => {
      createDatabase(join(folder, DATABASE), (database) => {
        const store = new Store(database);
        for (const [key, value] of Object.entries(properties)) writeProperty(store, key as Property, value);
      });
      return new Project(folder);
    });
  }

  /**
   * Opens a project. Throws a `ProjectError` where it is none, is of a newer workbench, is damaged, cannot be
   * written, or is open in another process; then nothing was touched.
   */
  static open(path: string): Project {
    checkHeader(join(path, DATABASE));
    const folder = fs.realpathSync(path);
    return locked(folder, () => {
      checkSound(join(folder, DATABASE));
      return new Project(folder);
    });
  }

  /** Another connection to a project that this process has open, for one of its threads. */
  static attach(path: string): Project {
    return new Project(fs.realpathSync(path));
  }

  close(): void {
    this.#store.close();
    releaseLock(join(this.path, LOCK));
  }

  summary(): ProjectSummary {
    return {
      path: this.path,
      name: this.name,
      starter: readProperty(this.#store, 'starter') === 'true',
      counts: {
        prompts: this.prompts.count(),
        demonstrations: this.demonstrations.count(),
        completions: this.#items.countCompletions(),
        rankings: this.rankings.count(),
        runs: countRuns(join(this.path, RUNS)),
      },
      labeler: this.labelers.current(),
      guidelines: readProperty(this.#store, 'guidelines')!,
    };
  }

  setGuidelines(text: string): void {
    writeProperty(this.#store, 'guidelines', text);
  }
}

function requireEmpty(path: string): void {
  if (isProject(path))
    throw new ProjectError(`${path} holds a project already: open it, or choose another folder`);
  const found = fs.existsSync(path) ? fs.readdirSync(path).filter((name) => !isLeftover(name)) : [];
  if (found.length > 0)
    throw new ProjectError(
      `${path} is not empty (it holds ${found[0]!}): choose another folder for the project`,
    );
}

/** What a kill in the middle of making a project leaves behind. */
const isLeftover = (name: string): boolean => name.startsWith(PARTIAL) || name === LOCK;

function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new ProjectError(`${path} cannot be made: ${reason(error)}; choose another folder`, {
      cause: error,
    });
  }
}

function locked<T>(folder: string, work: () => T): T {
  const lock = join(folder, LOCK);
  takeLock(lock, ProjectError);
  try {
    return work();
  } catch (error) {
    releaseLock(lock);
    throw error;
  }
}

function countRuns(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs.readdirSync(folder).filter((name) => fs.existsSync(join(folder, name, RUN_MANIFEST))).length;
}
