import { describe, expect, it } from 'vitest';
import { contentOf, nothingToImport, plannedIn } from '../../../renderer/views/prompts/import/report.ts';

const report = (counts: object) => ({
  prompts: 0,
  demonstrations: 0,
  rankings: 0,
  duplicates: 0,
  errors: { count: 0, first: [] },
  ...counts,
});

describe('what an import would bring', () => {
  it('labels of prompts that the project holds are worth importing', () => {
    const labels = report({ demonstrations: 5 });
    expect(nothingToImport(labels, true)).toBeNull();
    expect(plannedIn(labels, true)).toBe('5 demonstrations');
  });

  it('is nothing where no row can be read, whatever becomes of duplicates', () => {
    for (const skip of [true, false])
      expect(nothingToImport(report({}), skip)).toMatch(/choose other columns/);
  });

  it('is nothing where every row is held, unless duplicates are wanted', () => {
    const held = report({ demonstrations: 3, duplicates: 3 });
    expect(nothingToImport(held, true)).toMatch(/holds every row/);
    expect(nothingToImport(held, false)).toBeNull();
  });

  it('tells of rows where duplicates are left out, and of all kinds where none are', () => {
    const some = report({ prompts: 4, demonstrations: 4, rankings: 2, duplicates: 1 });
    expect(plannedIn(some, true)).toBe('5 rows');
    expect(plannedIn(some, false)).toBe('4 prompts, 4 demonstrations and 2 rankings');
    expect(contentOf(report({ prompts: 1 }))).toBe('1 prompt');
  });
});
