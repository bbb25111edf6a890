import * as fs from 'node:fs';
import { join } from 'node:path';
import type { CallArguments, CallOutput } from '../contract/calls.ts';
import { splits, type Split } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import { PARTIAL, sha256OfFolder } from '../data/files.ts';
import type { Changes } from './changes.ts';
import { demonstrationsAt, promptsAt, rankingsAt, type Moment } from './dataset.ts';
import { writeJsonLines } from './jsonl.ts';
import type { Store } from './store.ts';

type Snapshot = CallOutput<'snapshots.create'>;
type SnapshotRow = Omit<Snapshot, 'counts'> & { readonly change: number; readonly counts: string };

/** What is in a snapshot. Its files must be rebuilt bit for bit: the records and their order never change. */
const parts = { prompts: promptsAt, demonstrations: demonstrationsAt, rankings: rankingsAt } as const;

/** Datasets that have a name: for each the last change that is in it and the digest of its files. */
export class Snapshots {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #folder: string;

  constructor(store: Store, changes: Changes, folder: string) {
    this.#store = store;
    this.#changes = changes;
    this.#folder = folder;
  }

  list(): Snapshot[] {
    return this.#rows().map(toSnapshot);
  }

  /** What holds now, without the labels of held-out labelers. Writes `<part>.<split>.jsonl`. */
  create({ name }: CallArguments<'snapshots.create'>): Snapshot {
    const change = this.#changes.latest();
    if (change === 0) throw new ProjectError('the project is empty: add prompts before a snapshot of them');
    if (this.#rows().some((row) => row.name.toLowerCase() === name.toLowerCase()))
      throw new ProjectError(`there is a snapshot named ${name} already: choose another name`);
    const id = this.#store.value<number>('SELECT coalesce(max(id), 0) + 1 FROM snapshots');
    const { partial, counts } = this.#write(change);
    const row = {
      id,
      name,
      createdAt: Date.now(),
      sha256: sha256OfFolder(partial),
      change,
      counts: JSON.stringify(counts),
    };
    replaceFolder(partial, this.#path(row));
    this.#store.run(
      'INSERT INTO snapshots (id, name, created_at, sha256, change, counts) VALUES (?, ?, ?, ?, ?, ?)',
      ...Object.values(row),
    );
    return toSnapshot(row);
  }

  /** Makes its files again from the history. Throws a `ProjectError` where they are not what they were. */
  rebuild({ id }: CallArguments<'snapshots.rebuild'>): CallOutput<'snapshots.rebuild'> {
    const row = this.#rows().find((snapshot) => snapshot.id === id);
    if (row === undefined) throw new ProjectError(`there is no snapshot ${id}: choose one of the list`);
    const { partial } = this.#write(row.change);
    const sha256 = sha256OfFolder(partial);
    if (sha256 !== row.sha256)
      throw new ProjectError(
        `${partial} is not what snapshot ${row.name} was: the history is damaged; restore it`,
      );
    const folder = this.#path(row);
    // A run may be reading files that are as they should be.
    if (fs.existsSync(folder) && sha256OfFolder(folder) === sha256) fs.rmSync(partial, { recursive: true });
    else replaceFolder(partial, folder);
    return { folder, sha256 };
  }

  #rows(): SnapshotRow[] {
    return this.#store.all<SnapshotRow>(
      'SELECT id, name, created_at AS createdAt, sha256, change, counts FROM snapshots ORDER BY id',
    );
  }

  #path({ id, name }: Pick<Snapshot, 'id' | 'name'>): string {
    const slug = name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .slice(0, 60);
    return join(this.#folder, `${String(id).padStart(4, '0')}-${slug}`);
  }

  #write(change: number): { partial: string; counts: Snapshot['counts'] } {
    const partial = join(this.#folder, `${PARTIAL}snapshot`);
    fs.rmSync(partial, { recursive: true, force: true });
    fs.mkdirSync(partial, { recursive: true });
    const moment = { change, includeHeldOut: false };
    return {
      partial,
      counts: {
        prompts: this.#writePart(partial, 'prompts', moment),
        demonstrations: this.#writePart(partial, 'demonstrations', moment),
        rankings: this.#writePart(partial, 'rankings', moment),
      },
    };
  }

  /** A split that is empty has no file. */
  #writePart(folder: string, part: keyof typeof parts, moment: Moment): number {
    const counts = splits.map((split) => {
      const records: Iterable<{ readonly split: Split }> = parts[part](this.#store, moment);
      return writeJsonLines(join(folder, `${part}.${split}.jsonl`), ofSplit(records, split));
    });
    return counts.reduce((a, b) => a + b, 0);
  }
}

function* ofSplit<T extends { readonly split: Split }>(records: Iterable<T>, split: Split): Iterable<T> {
  for (const record of records) if (record.split === split) yield record;
}

const toSnapshot = ({ id, name, createdAt, sha256, counts }: SnapshotRow): Snapshot => ({
  id,
  name,
  createdAt,
  sha256,
  counts: JSON.parse(counts) as Snapshot['counts'],
});

function replaceFolder(partial: string, path: string): void {
  fs.rmSync(path, { recursive: true, force: true });
  fs.renameSync(partial, path);
}
