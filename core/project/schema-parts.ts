/** What the versions of the database share. Released schemas are made of these: their text never changes. */

/** What every versioned table has besides its own. */
export const versioned = `
  restores INTEGER,
  created_change INTEGER NOT NULL,
  retired_change INTEGER`;

export const history = (table: string): string => `
CREATE INDEX ${table}_created ON ${table} (created_change);
CREATE INDEX ${table}_retired ON ${table} (retired_change) WHERE retired_change IS NOT NULL;`;

/** All but the end of its holding is fixed once a row is written. */
export const neverOverwritten = (table: string, columns: string): string => `
CREATE TRIGGER ${table}_are_kept BEFORE DELETE ON ${table}
BEGIN SELECT raise(ABORT, '${table} are never deleted'); END;
CREATE TRIGGER ${table}_are_final BEFORE UPDATE OF ${columns} ON ${table}
BEGIN SELECT raise(ABORT, '${table} are never overwritten'); END;`;
