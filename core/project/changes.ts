import type { CallArguments, CallOutput } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';
import { counted } from '../data/words.ts';
import { countAnswers } from './answer-counts.ts';
import { rankingAsDraft } from './ranking-draft.ts';
import type { Store } from './store.ts';
import { turnBack } from './versions.ts';

interface Payload {
  readonly count: number;
  readonly [field: string]: unknown;
}

/** How each kind of change is told. */
const told = {
  'prompts added': ({ count }) => `${counted(count, 'prompt')} added`,
  'prompts edited': ({ count }) => `${counted(count, 'prompt')} edited`,
  'prompts removed': ({ count }) => `${counted(count, 'prompt')} removed`,
  'prompts redacted': ({ count }) => `${counted(count, 'prompt')} redacted`,
  'prompts split': ({ count }) => `${counted(count, 'prompt')} moved to another split`,
  imported: ({ source }) => `import of ${String(source)}`,
  'items queued': ({ count }) => `${counted(count, 'item')} queued to be ranked`,
  'exchange queued': () => 'an exchange queued to be ranked',
  'demonstration submitted': () => 'a demonstration submitted',
  'demonstration skipped': () => 'a prompt skipped',
  'demonstration flagged': () => 'a prompt flagged',
  'ranking submitted': () => 'a ranking submitted',
  'ranking skipped': () => 'an item skipped',
  'ranking flagged': () => 'an item flagged',
  'labeler added': ({ name }) => `labeler ${String(name)} added`,
  'labeler changed': ({ name }) => `labeler ${String(name)} changed`,
  'evaluation created': ({ name }) => `evaluation ${String(name)} created`,
  'evaluation answered': () => 'a prompt answered by the models of an evaluation',
  'evaluation removed': ({ name }) => `evaluation ${String(name)} removed`,
  'round started': () => 'a round started',
  'round annotated': () => 'a round annotated',
  'round removed': () => 'a round removed',
  'screening set': ({ count }) => `${counted(count, 'screening item')} set`,
  undone: ({ of }) => `undo of ${String(of)}`,
} as const satisfies Record<string, (payload: Payload) => string>;

export type ChangeKind = keyof typeof told;

/** The changes of a queue that its labeler can take back one after another. */
const labelKinds = {
  demonstrate: ['demonstration submitted', 'demonstration skipped', 'demonstration flagged'],
  rank: ['ranking submitted', 'ranking skipped', 'ranking flagged'],
} as const satisfies Record<string, readonly ChangeKind[]>;
/** Whether a change of a label is one of those asked for. */
const ofEvaluation = {
  demonstrate: '$evaluation IS NULL',
  rank: `(SELECT evaluation FROM ranking_items WHERE id = payload ->> 'item' LIMIT 1) IS $evaluation`,
} as const;
/** Nobody undoes more than this one after another. */
const RECENT = 1000;

/** A change that was made, and how many things it concerned. */
export interface Change {
  readonly change: number;
  readonly count: number;
}

interface NewChange {
  readonly kind: ChangeKind;
  readonly labeler?: number;
  readonly payload: Payload;
  readonly undoes?: number;
}

interface ChangeRow {
  readonly id: number;
  readonly kind: ChangeKind;
  readonly payload: string;
}

/** The history of a project: rows that are only ever added. */
export class Changes {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes a change, with all that belongs to it or nothing; what it returns is on disk. */
  make({ kind, labeler, payload, undoes }: NewChange, work: (change: number) => void): Change {
    return this.#store.transaction(() => {
      const change = this.latest() + 1;
      this.#store.run(
        'INSERT INTO changes (id, at, labeler, kind, payload, undoes) VALUES (?, ?, ?, ?, ?, ?)',
        change,
        Date.now(),
        labeler ?? null,
        kind,
        JSON.stringify(payload),
        undoes ?? null,
      );
      work(change);
      countAnswers(this.#store, change);
      return { change, count: payload.count };
    });
  }

  /** The number of the last change; 0 where there is none. */
  latest(): number {
    return this.#store.value<number>('SELECT coalesce(max(id), 0) FROM changes');
  }

  /**
   * Turns a change back, whenever it was made; an undo can itself be undone. Throws a `ProjectError` where a
   * later change stands on it, or it is undone already.
   */
  undo(id: number): { undone: string; change: number } {
    const undone = this.#tell(id);
    if (this.#isUndone(id)) throw new ProjectError(`change ${id} (${undone}) is undone already`);
    const undo = { kind: 'undone', payload: { count: 1, of: undone }, undoes: id } as const;
    const { change } = this.make(undo, (by) => {
      const standing = turnBack(this.#store, id, by);
      if (standing !== undefined)
        throw new ProjectError(
          `change ${id} (${undone}) cannot be undone, for change ${standing} (${this.#tell(standing)}) stands on it: undo that first`,
        );
      this.#keepAsDrafts(id, by);
    });
    return { undone, change };
  }

  /** What a labeler did last in a queue, or in that of an evaluation, and has not undone. */
  lastLabel({
    labeler,
    queue,
    evaluation,
  }: CallArguments<'changes.lastLabel'>): CallOutput<'changes.lastLabel'> {
    const recent = this.#store.all<{ change: number; item: number }>(
      `SELECT id AS change, payload ->> 'item' AS item FROM changes
       WHERE labeler = $labeler AND kind IN (${labelKinds[queue].map((kind) => `'${kind}'`).join(', ')})
         AND ${ofEvaluation[queue]} ORDER BY id DESC LIMIT $recent`,
      { labeler, evaluation: evaluation ?? null, recent: RECENT },
    );
    return recent.find(({ change }) => !this.#isUndone(change)) ?? null;
  }

  #tell(id: number): string {
    const row = this.#store.get<ChangeRow>('SELECT id, kind, payload FROM changes WHERE id = ?', id);
    if (row === undefined) throw new ProjectError(`there is no change ${id}: the last is ${this.latest()}`);
    return told[row.kind](JSON.parse(row.payload) as Payload);
  }

  /** Not where the undo was undone in its turn. */
  #isUndone(id: number): boolean {
    return this.#store
      .column<number>('SELECT id FROM changes WHERE undoes = ?', id)
      .some((undo) => !this.#isUndone(undo));
  }

  /** A submission that was taken back is open in the editor again, as it was. */
  #keepAsDrafts(id: number, by: number): void {
    for (const [queue, table, item, content] of [
      ['demonstrate', 'demonstrations', 'prompt', 'text'],
      ['rank', 'rankings', 'item', rankingAsDraft],
    ] as const)
      this.#store.run(
        `INSERT OR IGNORE INTO drafts (labeler, queue, item, content, at)
         SELECT taken.labeler, '${queue}', ${item}, ${content}, changes.at FROM ${table} AS taken
         JOIN changes ON changes.id = ? AND changes.kind IN ('demonstration submitted', 'ranking submitted')
         WHERE taken.retired_change = ? AND taken.state = 'submitted' AND NOT EXISTS
           (SELECT 1 FROM ${table} AS live WHERE live.retired_change IS NULL
            AND live.${item} = taken.${item} AND live.labeler = taken.labeler)`,
        id,
        by,
      );
  }
}
