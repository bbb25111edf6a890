/** Opening the file of a project's database: all that can be wrong with it is found before anything is touched. */
import Database from 'better-sqlite3';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { ProjectError } from '../contract/errors.ts';
import { PARTIAL, openToRead, reason, syncFile, syncFolder } from '../data/files.ts';
import { APPLICATION_ID, migrate, NEWEST_VERSION } from './migrations.ts';

export const DATABASE = 'project.sqlite';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
/** Where SQLite's header holds them, as big-endian 32-bit integers. */
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/** Makes a new database at the newest version, whole or not at all. */
export function createDatabase(path: string, fill: (database: Database.Database) => void): void {
  const partial = `${dirname(path)}/${PARTIAL}${DATABASE}`;
  fs.rmSync(partial, { force: true });
  const database = new Database(partial);
  try {
    migrate(database);
    fill(database);
  } finally {
    database.close();
  }
  syncFile(partial);
  fs.renameSync(partial, path);
  syncFolder(dirname(path));
}

/** Refuses by its first bytes what is no project of ours, or one of a newer workbench; writes nothing. */
export function checkHeader(path: string): void {
  const header = readHeader(path);
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new ProjectError(`${path} is not a database: choose another folder, or restore it from a copy`);
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID)
    throw new ProjectError(`${path} is a database of another program: choose the folder of a project`);
  checkVersion(path, header.readUInt32BE(USER_VERSION_AT));
}

function readHeader(path: string): Buffer {
  if (!fs.existsSync(path))
    throw new ProjectError(`${dirname(path)} holds no project: choose another folder, or make a new project`);
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openToRead(path, ProjectError);
  try {
    fs.readSync(descriptor, header);
  } finally {
    fs.closeSync(descriptor);
  }
  return header;
}

function checkVersion(path: string, version: number): void {
  if (version > NEWEST_VERSION)
    throw new ProjectError(
      `${path} has version ${version}, and this workbench knows versions up to ${NEWEST_VERSION}: open it with a newer workbench`,
    );
}

/** Reads every table through a connection that cannot write, and takes away what SQLite put beside the file. */
export function checkSound(path: string): void {
  const beside = [`${path}-wal`, `${path}-shm`].filter((file) => !fs.existsSync(file));
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true });
    checkTables(path, database);
  } catch (error) {
    if (error instanceof ProjectError) throw error;
    throw damaged(path, reason(error));
  } finally {
    database?.close();
    for (const file of beside) fs.rmSync(file, { force: true });
  }
}

function checkTables(path: string, database: Database.Database): void {
  // The header may lag behind the log.
  checkVersion(path, database.pragma('user_version', { simple: true }) as number);
  for (const table of tablesOf(database)) {
    const answer = database.pragma(`quick_check("${table}")`, { simple: true }) as string;
    if (answer !== 'ok') throw damaged(path, answer);
  }
}

const damaged = (path: string, how: string): ProjectError =>
  new ProjectError(`${path} is damaged (${how}): restore it from a copy`);

/** But for the search, which repeats the texts and takes longer to check than all the rest. */
function tablesOf(database: Database.Database): string[] {
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`;
  return (database.prepare(sql).all() as { name: string }[]).map(({ name }) => name);
}

/** Every label is on disk when its call returns: `synchronous = FULL` syncs the log at each commit. */
export function openDatabase(path: string): Database.Database {
  const database = new Database(path, { fileMustExist: true });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('cache_size = -65536');
    database.pragma('temp_store = MEMORY');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
