import type { Effort, QueueCounts } from '../contract/entities.ts';
import type { Change, Changes } from './changes.ts';
import type { Store, Value } from './store.ts';
import { insert, retire } from './versions.ts';

const queues = {
  demonstrate: {
    table: 'demonstrations',
    item: 'prompt',
    asked: 'prompts',
    kind: 'demonstration',
    of: () => 'true',
  },
  rank: {
    table: 'rankings',
    item: 'item',
    asked: 'ranking_items',
    kind: 'ranking',
    /** Whether a row is of `$evaluation` or, where that is null, of none. */
    of: (row: string) => `${row}.evaluation IS $evaluation`,
  },
} as const;

type Queue = keyof typeof queues;

/** Whether `$labeler` has submitted or skipped an item. */
export const answered = (queue: Queue, id: string): string =>
  `EXISTS (SELECT 1 FROM ${queues[queue].table} WHERE ${queues[queue].item} = ${id}
     AND labeler = $labeler AND retired_change IS NULL)`;

/** Whether `$labeler` has answered, begun or flagged an item. */
export const touched = (queue: Queue, id: string): string =>
  `(${answered(queue, id)}
    OR EXISTS (SELECT 1 FROM drafts WHERE labeler = $labeler AND queue = '${queue}' AND item = ${id})
    OR EXISTS (SELECT 1 FROM flags WHERE labeler = $labeler AND queue = '${queue}' AND item = ${id}
      AND retired_change IS NULL))`;

interface Labeled {
  readonly labeler: number;
  readonly item: number;
}

/** What one labeler has done with one item. */
export interface Standing {
  readonly status: 'pending' | 'draft' | 'submitted' | 'skipped';
  readonly draft: string | null;
  readonly flag: string | null;
}

type AnswerCounts = Omit<QueueCounts, 'pending'>;

/** What labelers do with the items of one queue: drafts, submissions, skips and flags. */
export class Answers {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #queue: Queue;

  constructor(store: Store, changes: Changes, queue: Queue) {
    this.#store = store;
    this.#changes = changes;
    this.#queue = queue;
  }

  /** Null where there is nothing to keep. It never touches what was submitted. */
  saveDraft({ labeler, item }: Labeled, content: string | null): void {
    if (content === null) {
      this.#dropDraft({ labeler, item });
      return;
    }
    this.#store.run(
      'INSERT OR REPLACE INTO drafts (labeler, queue, item, content, at) VALUES (?, ?, ?, ?, ?)',
      labeler,
      this.#queue,
      item,
      content,
      Date.now(),
    );
  }

  submit(
    labeled: Labeled,
    effort: Effort,
    answer: Readonly<Record<string, Value>>,
    also?: (change: number) => void,
  ): Change {
    const { kind } = queues[this.#queue];
    const payload = { count: 1, item: labeled.item };
    return this.#changes.make({ kind: `${kind} submitted`, labeler: labeled.labeler, payload }, (change) => {
      this.#replace(change, labeled, effort, { ...answer, state: 'submitted' });
      this.#dropDraft(labeled);
      also?.(change);
    });
  }

  /** A draft stays: what was written is there when the labeler comes back. */
  skip(labeled: Labeled, effort: Effort, answer: Readonly<Record<string, Value>>): Change {
    const { kind } = queues[this.#queue];
    const payload = { count: 1, item: labeled.item };
    return this.#changes.make({ kind: `${kind} skipped`, labeler: labeled.labeler, payload }, (change) => {
      this.#replace(change, labeled, effort, { ...answer, state: 'skipped' });
    });
  }

  flag({ labeler, item }: Labeled, reason: string): Change {
    const { kind } = queues[this.#queue];
    const payload = { count: 1, item };
    return this.#changes.make({ kind: `${kind} flagged`, labeler, payload }, (change) => {
      const flag = { labeler, queue: this.#queue, item };
      retire(this.#store, 'flags', change, 'labeler = ? AND queue = ? AND item = ?', ...Object.values(flag));
      insert(this.#store, 'flags', change, { ...flag, reason, at: Date.now() });
    });
  }

  standing({ labeler, item }: Labeled): Standing {
    const { table, item: column } = queues[this.#queue];
    const found = this.#store.get<{
      state: 'submitted' | 'skipped' | null;
      draft: string | null;
      flag: string | null;
    }>(
      `SELECT
         (SELECT state FROM ${table} WHERE ${column} = $item AND labeler = $labeler AND retired_change IS NULL) AS state,
         (SELECT content FROM drafts WHERE labeler = $labeler AND queue = $queue AND item = $item) AS draft,
         (SELECT reason FROM flags WHERE labeler = $labeler AND queue = $queue AND item = $item AND retired_change IS NULL) AS flag`,
      { labeler, item, queue: this.#queue },
    )!;
    const { state, draft, flag } = found;
    return { status: state ?? (draft === null ? 'pending' : 'draft'), draft, flag };
  }

  /** How many of a labeler's answers there are of each kind, on what is still there; of an evaluation or of none. */
  counts(labeler: number, evaluation: number | null = null): AnswerCounts {
    const { table, item, asked, of } = queues[this.#queue];
    const answered = `SELECT count(*) FROM ${table}
      WHERE labeler = $labeler AND retired_change IS NULL AND ${of(table)} AND state =`;
    const there = (row: string) =>
      `EXISTS (SELECT 1 FROM ${asked} AS asked
        WHERE asked.id = ${row}.item AND asked.retired_change IS NULL AND ${of('asked')})`;
    return this.#store.get(
      `SELECT (${answered} 'submitted') AS submitted, (${answered} 'skipped') AS skipped,
         (SELECT count(*) FROM flags WHERE labeler = $labeler AND queue = $queue AND retired_change IS NULL AND ${there('flags')}) AS flagged,
         (SELECT count(*) FROM drafts WHERE labeler = $labeler AND queue = $queue AND ${there('drafts')} AND NOT EXISTS
           (SELECT 1 FROM ${table} AS own WHERE own.${item} = drafts.item AND own.labeler = $labeler AND retired_change IS NULL)) AS draft`,
      { labeler, queue: this.#queue, evaluation },
    )!;
  }

  #replace(change: number, labeled: Labeled, effort: Effort, answer: Readonly<Record<string, Value>>): void {
    const { table, item } = queues[this.#queue];
    retire(this.#store, table, change, `${item} = ? AND labeler = ?`, labeled.item, labeled.labeler);
    insert(this.#store, table, change, {
      [item]: labeled.item,
      labeler: labeled.labeler,
      ...answer,
      at: Date.now(),
      active_ms: effort.activeMs,
      idle_ms: effort.idleMs,
    });
  }

  #dropDraft({ labeler, item }: Labeled): void {
    this.#store.run(
      'DELETE FROM drafts WHERE labeler = ? AND queue = ? AND item = ?',
      labeler,
      this.#queue,
      item,
    );
  }
}
