import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';

/** Reads a project's database, whether a workbench has it open or not. */
export function readDatabase<T>(project: string, read: (database: Database.Database) => T): T {
  const database = new Database(join(project, 'project.sqlite'), { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Every row of a query; the caller states what the columns are. */
export const rowsOf = <Row>(project: string, sql: string, ...values: unknown[]): Row[] =>
  readDatabase(project, (database) => database.prepare(sql).all(...values) as Row[]);

/** The first column of the only row. */
export const numberOf = (project: string, sql: string, ...values: unknown[]): number =>
  readDatabase(
    project,
    (database) =>
      database
        .prepare(sql)
        .pluck()
        .get(...values) as number,
  );

/** Whole by SQLite's own account, and nothing in it points at what is not there. */
export function expectSound(project: string): void {
  readDatabase(project, (database) => {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
  });
}
