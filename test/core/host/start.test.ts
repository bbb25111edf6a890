import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appFolders } from '../../../core/host/app-folders.ts';
import { ensureBuilt, isOutdated, type BuildTarget } from '../../../core/host/build.ts';
import { findElectron } from '../../../core/host/electron-binary.ts';
import { openLog } from '../../../core/host/log.ts';
import { folderOf } from '../../support/folders.ts';

describe("Electron's binary", () => {
  const installed = {
    'node_modules/electron/path.txt': 'electron',
    'node_modules/electron/dist/electron': '',
    // Loading the package would download the binary.
    'node_modules/electron/index.js': 'throw new Error("loaded")',
  };

  it('is found where it is installed and a display is there', () => {
    const root = folderOf(installed);
    const binary = join(root, 'node_modules/electron/dist/electron');
    expect(findElectron(root, 'linux', { DISPLAY: ':0' })).toEqual({ binary });
    expect(findElectron(root, 'linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ binary });
    expect(findElectron(root, 'darwin', {})).toEqual({ binary });
  });

  it('is of no use without a display', () => {
    expect(findElectron(folderOf(installed), 'linux', { DISPLAY: '' })).toEqual({
      missing: 'there is no display',
    });
  });

  it.each([
    ['was never installed', {}],
    ['was not downloaded', { 'node_modules/electron/index.js': 'throw new Error("loaded")' }],
    ['was deleted', { 'node_modules/electron/path.txt': 'electron' }],
  ])('is missing where it %s', (_why, files) => {
    expect(findElectron(folderOf(files), 'linux', { DISPLAY: ':0' })).toEqual({
      missing: "Electron's binary is not installed",
    });
  });
});

describe('a build', () => {
  const target: BuildTarget = {
    name: 'the window',
    config: 'window/vite.config.ts',
    sources: ['window', 'lock.json'],
    result: 'window/dist/index.html',
  };
  const files = { 'window/main.ts': '', 'window/dist/index.html': '', 'lock.json': '' };
  const age = (root: string, file: string, seconds: number) => utimesSync(join(root, file), seconds, seconds);

  function built(): string {
    const root = folderOf(files);
    for (const [file, seconds] of [
      ['window/main.ts', 100],
      ['lock.json', 100],
      ['window/dist/index.html', 200],
    ] as const)
      age(root, file, seconds);
    return root;
  }

  it('is up to date while its result is newer than every source', () => {
    expect(isOutdated(target, built())).toBe(false);
  });

  it('is outdated where its result is missing, or a source is newer', () => {
    expect(isOutdated({ ...target, result: 'window/dist/other.html' }, built())).toBe(true);
    for (const source of ['window/main.ts', 'lock.json']) {
      const root = built();
      age(root, source, 300);
      expect(isOutdated(target, root)).toBe(true);
    }
  });

  it('says what to do where it cannot be made', () => {
    const root = built();
    writeFileSync(join(root, 'lock.json'), '{}');
    expect(() => ensureBuilt(target, root)).toThrow('vite is not installed: run npm ci first');
  });
});

describe('the folders of the application', () => {
  const home = join('/home', 'ada');
  it.each([
    ['linux', {}, join(home, '.config')],
    ['linux', { XDG_CONFIG_HOME: '/settings' }, '/settings'],
    ['darwin', {}, join(home, 'Library', 'Application Support')],
    ['win32', { APPDATA: '/roaming' }, '/roaming'],
  ] as const)('are where %s keeps such things', (platform, environment, parent) => {
    expect(appFolders(platform, environment, home)).toEqual({
      state: join(parent, 'alignment-workbench'),
      logs: join(parent, 'alignment-workbench', 'logs'),
      data: join(home, 'alignment-workbench'),
    });
  });
});

describe('the log', () => {
  it('is one line for a line, whatever a stranger puts into it', () => {
    const folder = join(folderOf({}), 'logs');
    openLog(folder, 'workbench', () => '2026-01-02')('refused \u001b[2J\r"GET"\u0000');
    const line = readFileSync(join(folder, 'workbench-2026-01-02.log'), 'utf8');
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\S+Z refused �\[2J�"GET"�\n$/);
  });

  it('begins a file every day, keeps fourteen and leaves all other files alone', () => {
    const folder = folderOf({ 'other-2020-01-01.log': '', 'workbench-notes.log': '' });
    let day = 0;
    const name = () => `2026-01-${String(day).padStart(2, '0')}`;
    const log = openLog(folder, 'workbench', name);
    for (day = 1; day <= 20; day++) for (const word of ['first', 'second']) log(`${word} of ${day}`);
    const days = Array.from(
      { length: 14 },
      (_, i) => `workbench-2026-01-${String(i + 7).padStart(2, '0')}.log`,
    );
    const others = ['other-2020-01-01.log', 'workbench-notes.log'];
    expect(readdirSync(folder).sort()).toEqual([...days, ...others].sort());
    expect(readFileSync(join(folder, days[13]!), 'utf8')).toMatch(/ first of 20\n.* second of 20\n$/);
  });
});
