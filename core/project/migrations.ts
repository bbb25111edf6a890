import type Database from 'better-sqlite3';
import { schema1 } from './schema-1.ts';
import { schema2 } from './schema-2.ts';

/** What takes a database to version 1, from 1 to 2, and so on. One that was released is never changed. */
const migrations: readonly string[] = [schema1, schema2];

/** "AlWb": tells a project's database from that of another program. */
export const APPLICATION_ID = 0x416c5762;
export const NEWEST_VERSION = migrations.length;

/** Brings a database to the newest version, each step all or nothing. */
export function migrate(database: Database.Database): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  migrations.slice(version).forEach((sql, i) => {
    database
      .transaction(() => {
        database.exec(sql);
        database.pragma(`application_id = ${APPLICATION_ID}`);
        database.pragma(`user_version = ${version + i + 1}`);
      })
      .immediate();
  });
}
