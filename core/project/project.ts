/**
 * A project is a folder:
 *
 *     project.sqlite      prompts, labels and labelers, with their whole history
 *     project.alignment   what a double click opens the project by
 *     runs/               run folders of the training core
 *     bin/                runs that were removed
 *     snapshots/          datasets that were named
 *     exports/, reports/  what was written for other programs, and for people
 *     project.lock        the process that has it open now
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
import { Evaluations } from './evaluations.ts';
import { Exports } from './exports.ts';
import { ceilingsOf, heldOutItems, type Ceilings, type HeldOutItem } from './held-out-rankings.ts';
import { Imports } from './imports.ts';
import { countLabels, type LabelCounts } from './label-counts.ts';
import { Labelers } from './labelers.ts';
import { releaseLock, takeLock } from './lock.ts';
import { Prompts } from './prompts.ts';
import { readProperty, writeProperty, type Property } from './properties.ts';
import { RankingItems } from './ranking-items.ts';
import { Rankings } from './rankings.ts';
import { Rounds } from './rounds.ts';
import { Snapshots } from './snapshots.ts';
import { Store } from './store.ts';

const LOCK = 'project.lock';
const DOCUMENT = 'project.alignment';
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
  readonly evaluations: Evaluations;
  readonly rounds: Rounds;
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
    this.evaluations = new Evaluations(store, changes, this.prompts, this.labelers, items);
    this.rounds = new Rounds(store, changes);
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
      return withDocument(new Project(folder));
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
      return withDocument(new Project(folder));
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

  /** Who made the labels of a snapshot. */
  labelsOf(snapshot: number): LabelCounts[] {
    return countLabels(this.#store, snapshot);
  }

  /** What a reward model is measured on, and what labelers reach themselves. */
  heldOut(): { readonly items: HeldOutItem[]; readonly ceilings: Ceilings } {
    return { items: heldOutItems(this.#store), ceilings: ceilingsOf(this.#store) };
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

/** Leaves in the folder what the system knows a project by, where it is not there yet. */
function withDocument(project: Project): Project {
  const path = join(project.path, DOCUMENT);
  if (!fs.existsSync(path)) fs.writeFileSync(path, `${JSON.stringify({ project: project.name })}\n`);
  return project;
}

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
