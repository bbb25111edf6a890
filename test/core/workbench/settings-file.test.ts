import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings, openSettings } from '../../../core/workbench/settings-file.ts';
import { RecentProjects } from '../../../core/workbench/recent-projects.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-state-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const quiet = () => {};
const open = (log: (line: string) => void = quiet) => openSettings(folder, '/data', log);

test('settings are the defaults until they are changed, and then what was written', () => {
  expect(open().value).toEqual(defaultSettings('/data'));
  const changed = { ...defaultSettings('/data'), theme: 'dark', threads: 3 } as const;
  open().write(changed);
  expect(open().value).toEqual(changed);
});

test('a file from before a setting was added gets its default', () => {
  writeFileSync(join(folder, 'settings.json'), '{"theme": "light", "labeling": {"likert": false}}');
  const defaults = defaultSettings('/data');
  expect(open().value).toEqual({
    ...defaults,
    theme: 'light',
    labeling: { ...defaults.labeling, likert: false },
  });
});

test.each([
  ['torn', '{"theme": "da'],
  ['empty', ''],
  ['of another kind', '{"theme": "purple"}'],
])('a %s file is kept aside, said in the log, and the defaults hold', (_, content) => {
  writeFileSync(join(folder, 'settings.json'), content);
  const lines: string[] = [];
  expect(open((line) => lines.push(line)).value).toEqual(defaultSettings('/data'));
  const [kept, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(kept).toMatch(/^settings\.damaged-\d+\.json$/);
  expect(readFileSync(join(folder, kept!), 'utf8')).toBe(content);
  expect(lines).toEqual([expect.stringContaining(kept!)]);
});

test('recent projects come last opened first, once each, and say whether they are still there', () => {
  const recent = new RecentProjects(folder, quiet);
  recent.remember({ path: folder, name: 'here' });
  recent.remember({ path: '/gone', name: 'gone' });
  recent.remember({ path: folder, name: 'here' });
  const read = new RecentProjects(folder, quiet);
  expect(read.list()).toMatchObject([
    { path: folder, name: 'here', present: true },
    { path: '/gone', present: false },
  ]);
  read.forget('/gone');
  expect(new RecentProjects(folder, quiet).list()).toHaveLength(1);
});
