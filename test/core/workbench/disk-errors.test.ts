import Database from 'better-sqlite3';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProjectError } from '../../../core/contract/errors.ts';
import { explained } from '../../../core/workbench/disk-errors.ts';
import { fromError, toError } from '../../../core/workbench/work/thread-errors.ts';

function errorOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

function fillDatabase(): void {
  const database = new Database(':memory:');
  database.pragma('max_page_count = 2');
  database.exec('CREATE TABLE a (b); CREATE TABLE c (d)');
}

const isFull = /no space is left on the disk: make room/;

test('a full database and a full disk are one sentence, between threads too', () => {
  const full = errorOf(fillDatabase);
  expect(full).toMatchObject({ code: 'SQLITE_FULL' });
  expect(explained(full)).toBeInstanceOf(ProjectError);
  const passed = toError(fromError(full));
  expect(passed).toBeInstanceOf(ProjectError);
  expect(passed.message).toMatch(isFull);
});

test.skipIf(process.platform !== 'linux')('a file that the disk has no room for is named', () => {
  const { message } = explained(errorOf(() => writeFileSync('/dev/full', 'x'))) as Error;
  expect(message).toMatch(isFull);
});

test('a database in use and a damaged one say so', () => {
  const coded = (code: string) => explained(Object.assign(new Error('no'), { code })) as Error;
  expect(coded('SQLITE_BUSY_SNAPSHOT').message).toMatch(/another program is writing/);
  expect(coded('SQLITE_CORRUPT_INDEX').message).toMatch(/damaged/);
  expect(coded('EACCES').message).toMatch(/permission is denied/);
});

test('a fault stays the fault that it is', () => {
  const fault = new TypeError('undefined is not a function');
  expect(explained(fault)).toBe(fault);
  const coded = Object.assign(new Error('no'), { code: 'ERR_INVALID_ARG_TYPE' });
  expect(explained(coded)).toBe(coded);
});
