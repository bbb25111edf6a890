import type Database from 'better-sqlite3';

/** What a column holds. */
export type Value = string | number | null;
/** Of placeholders: by place, or one object by name. */
type Values = readonly (Value | Readonly<Record<string, Value>>)[];

type Statement = Database.Statement<unknown[]>;

/** One connection to a project's database, with its statements prepared once. */
export class Store {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();
  readonly #columns = new Map<string, Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Every row; the caller states what the columns are. */
  all<Row>(sql: string, ...values: Values): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** Row by row, for what is too large to be held at once; nothing can be written meanwhile. */
  each<Row>(sql: string, ...values: Values): IterableIterator<Row> {
    return this.#prepare(sql).iterate(...values) as IterableIterator<Row>;
  }

  get<Row>(sql: string, ...values: Values): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** The first column of every row. */
  column<T>(sql: string, ...values: Values): T[] {
    return this.#pluck(sql).all(...values) as T[];
  }

  /** The first column of the only row. */
  value<T>(sql: string, ...values: Values): T {
    return this.#pluck(sql).get(...values) as T;
  }

  /** How many rows changed. */
  run(sql: string, ...values: Values): number {
    return this.#prepare(sql).run(...values).changes;
  }

  /** All of it or nothing; one inside another is part of it. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work).immediate();
  }

  /** How SQLite will answer a query, one line a step. */
  plan(sql: string, ...values: Values): string[] {
    return this.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => detail);
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): Statement {
    return remembered(this.#statements, sql, () => this.#database.prepare<unknown[]>(sql));
  }

  #pluck(sql: string): Statement {
    return remembered(this.#columns, sql, () => this.#database.prepare<unknown[]>(sql).pluck());
  }
}

function remembered(statements: Map<string, Statement>, sql: string, prepare: () => Statement): Statement {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = prepare();
  statements.set(sql, statement);
  return statement;
}
