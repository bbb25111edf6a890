/**
 * Versioned tables: what a change makes and what it ends, and how both are turned back. The history stays: what
 * is brought back is a new version that names the one it restores.
 */
import type { Store, Value } from './store.ts';

interface Table {
  /** By which columns a row that holds is the only one of its kind. */
  readonly keys: readonly string[];
  /** Columns that name a row of another table, by its id: what holds needs what it refers to. */
  readonly references: Readonly<Record<string, 'prompts' | 'ranking_items' | 'labelers' | 'evaluations'>>;
  /** What a version brought back says again. */
  readonly content: string;
}

const answer = 'labeler, state, reason, at, active_ms, idle_ms';

const tables = {
  prompts: {
    keys: ['id'],
    references: {},
    content: 'id, text_id, head, kind, use_case, author, split, source, created_at',
  },
  demonstrations: {
    keys: ['prompt, labeler'],
    references: { prompt: 'prompts', labeler: 'labelers' },
    content: `prompt, text, started_from, ${answer}`,
  },
  ranking_items: {
    keys: ['id'],
    // What was sampled in a round outlives it.
    references: {
      prompt: 'prompts',
      reask_of: 'ranking_items',
      labeler: 'labelers',
      evaluation: 'evaluations',
    },
    content: 'id, prompt, completions, position, draw, confidence, reask_of, labeler, evaluation, round',
  },
  rankings: {
    keys: ['item, labeler'],
    references: { item: 'ranking_items', labeler: 'labelers' },
    content: `item, verdict, ranks, ratings, shown_order, seed, evaluation, ${answer}`,
  },
  flags: {
    keys: ['labeler, queue, item'],
    references: { labeler: 'labelers' },
    content: 'labeler, queue, item, reason, at',
  },
  screening: {
    keys: ['item'],
    references: { item: 'ranking_items', owner: 'labelers' },
    content: 'item, owner',
  },
  labelers: {
    keys: ['id', 'name'],
    references: {},
    content: 'id, name, held_out, simulated, created_at',
  },
  evaluations: {
    keys: ['id'],
    references: {},
    content: 'id, name, models, reward_model, settings, prompts, simulated, created_at',
  },
  rounds: {
    keys: ['id'],
    references: {},
    content: 'id, policy, policy_name, note, started_at',
  },
} as const satisfies Record<string, Table>;

export type Versioned = keyof typeof tables;
const names = Object.keys(tables) as Versioned[];

/** The number of the next row; it is also the id of what a row begins. */
export function nextVersion(store: Store, table: Versioned): number {
  return store.value<number>(`SELECT coalesce(max(version), 0) + 1 FROM ${table}`);
}

export function insert(
  store: Store,
  table: Versioned,
  change: number,
  row: Readonly<Record<string, Value>>,
): void {
  const columns = Object.keys(row);
  store.run(
    `INSERT INTO ${table} (created_change, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})`,
    change,
    ...Object.values(row),
  );
}

/** Ends the rows that hold and meet a condition; how many they are. */
export function retire(
  store: Store,
  table: Versioned,
  change: number,
  where: string,
  ...values: Value[]
): number {
  return store.run(
    `UPDATE ${table} SET retired_change = ? WHERE retired_change IS NULL AND ${where}`,
    change,
    ...values,
  );
}

/**
 * Turns a change back, as part of another. Returns a later change that stands on it, if there is one; then
 * nothing of this may be kept.
 */
export function turnBack(store: Store, change: number, by: number): number | undefined {
  const first = <T>(find: (table: Versioned) => T | undefined) => firstOf(names, find);
  const superseded = first((table) => supersededBy(store, table, change));
  if (superseded !== undefined) return superseded;
  for (const table of names) retireMadeBy(store, table, change, by);
  const taken = first((table) => placeTakenBy(store, table, change));
  if (taken !== undefined) return taken;
  for (const table of names) restoreEndedBy(store, table, change, by);
  return first((table) => orphanedBy(store, table, by));
}

function firstOf<S, T>(items: readonly S[], find: (item: S) => T | undefined): T | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const root = (row: string): string => `coalesce(${row}.restores, ${row}.version)`;

const sameKey = (key: string, a: string, b: string): string =>
  key
    .split(', ')
    .map((column) => `${a}.${column} = ${b}.${column}`)
    .join(' AND ');

/** What a change made, or the version that brings it back, as far as it holds. */
const holding = (table: Versioned): string =>
  `${table} AS live ON ${sameKey(tables[table].keys[0], 'live', 'made')}
   AND live.retired_change IS NULL AND ${root('live')} = ${root('made')}`;

/** The change that ended something that this one made, where no undo brought it back. */
function supersededBy(store: Store, table: Versioned, change: number): number | undefined {
  return store.column<number>(
    `SELECT (SELECT max(retired_change) FROM ${table} AS later WHERE ${root('later')} = ${root('made')})
     FROM ${table} AS made LEFT JOIN ${holding(table)}
     WHERE made.created_change = ? AND live.version IS NULL LIMIT 1`,
    change,
  )[0];
}

function retireMadeBy(store: Store, table: Versioned, change: number, by: number): void {
  store.run(
    `UPDATE ${table} SET retired_change = ? WHERE version IN
       (SELECT live.version FROM ${table} AS made JOIN ${holding(table)} WHERE made.created_change = ?)`,
    by,
    change,
  );
}

/** The change that made what now stands in the place of something that this one ended. */
function placeTakenBy(store: Store, table: Versioned, change: number): number | undefined {
  return firstOf<string, number>(
    tables[table].keys,
    (key) =>
      store.column<number>(
        `SELECT live.created_change FROM ${table} AS ended
         JOIN ${table} AS live ON ${sameKey(key, 'live', 'ended')} AND live.retired_change IS NULL
         WHERE ended.retired_change = ? LIMIT 1`,
        change,
      )[0],
  );
}

function restoreEndedBy(store: Store, table: Versioned, change: number, by: number): void {
  const { content } = tables[table];
  store.run(
    `INSERT INTO ${table} (${content}, restores, created_change)
     SELECT ${content}, ${root('ended')}, ? FROM ${table} AS ended WHERE retired_change = ?`,
    by,
    change,
  );
}

/** The change that made what still refers to something that is gone. */
function orphanedBy(store: Store, table: Versioned, by: number): number | undefined {
  const references = Object.entries<Versioned>(tables[table].references);
  return firstOf(
    references.filter(([, parent]) => endsAny(store, parent, by)),
    ([column, parent]) =>
      store.column<number>(
        `SELECT created_change FROM ${table} WHERE retired_change IS NULL AND ${column} IN
           (SELECT id FROM ${parent} AS gone WHERE retired_change = ? AND NOT EXISTS
             (SELECT 1 FROM ${parent} WHERE id = gone.id AND retired_change IS NULL))
         LIMIT 1`,
        by,
      )[0],
  );
}

/** Asked first: not every reference has an index. */
const endsAny = (store: Store, table: Versioned, change: number): boolean =>
  store.value<number>(`SELECT EXISTS (SELECT 1 FROM ${table} WHERE retired_change = ?)`, change) === 1;
