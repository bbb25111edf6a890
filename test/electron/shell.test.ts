/** Parts of the shell that need nothing of Electron: its menu as data, what it opens, what it lets through. */
import type { MenuItemConstructorOptions } from 'electron';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isLocal, sealingSwitches } from '../../electron/main/network.ts';
import { projectOfArguments, projectOfFile } from '../../electron/main/project-files.ts';

const opened: string[] = [];
vi.mock('electron', () => ({ shell: { openExternal: (url: string) => opened.push(url) } }));
const { links, openLink } = await import('../../electron/main/links.ts');
const { menuTemplate, screenTitles } = await import('../../electron/main/menu.ts');

function menuOf(platform: NodeJS.Platform) {
  const chosen: string[] = [];
  const template = menuTemplate(platform, {
    command: (id) => chosen.push(id),
    openProject: () => chosen.push('open project'),
    showProjectFolder: () => chosen.push('project folder'),
    showLogs: () => chosen.push('logs'),
    openLink: (url) => chosen.push(url),
  });
  const items = template.flatMap(({ submenu }) => (submenu ?? []) as MenuItemConstructorOptions[]);
  const choose = (label: string) => (items.find((item) => item.label === label)!.click as () => void)();
  const roles = template.flatMap((menu) => [menu.role, ...items.map(({ role }) => role)]);
  return { chosen, choose, template, items, roles };
}

describe('the menu', () => {
  it('names the screens of the window in their order, with their keys', () => {
    const source = readFileSync(join(import.meta.dirname, '../../renderer/shell/screens.ts'), 'utf8');
    const screens = [...source.matchAll(/\{ id: '(\w+)', title: '([^']+)'/g)].map(([, id, title]) => [
      id,
      title,
    ]);
    expect(screens).toHaveLength(10);
    expect(Object.entries(screenTitles)).toEqual(screens);
    const { items } = menuOf('linux');
    const keys = items.flatMap(({ accelerator }) => accelerator?.match(/^CmdOrCtrl\+\d$/) ?? []);
    expect(keys.join(' ')).toBe([...'1234567890'].map((digit) => `CmdOrCtrl+${digit}`).join(' '));
  });

  it('has the window do its commands, and leaves its keys to it', () => {
    const { choose, chosen, items } = menuOf('linux');
    for (const label of ['Train', 'Settings…', 'Open Project…', 'Show Logs', 'The InstructGPT Paper'])
      choose(label);
    expect(chosen).toEqual(['go.train', 'app.settings', 'open project', 'logs', links.paper]);
    const registered = items.filter((item) => item.accelerator && item.registerAccelerator !== false);
    expect(registered).toEqual([]);
  });

  it('follows the conventions of each system', () => {
    const mac = menuOf('darwin');
    expect(mac.template[0]!.role).toBe('appMenu');
    expect(mac.roles).toContain('hideOthers');
    expect(mac.items.filter(({ role }) => role === 'quit')).toHaveLength(1);
    for (const platform of ['linux', 'win32'] as const) {
      const other = menuOf(platform);
      expect(other.template[0]!.label).toBe('File');
      expect(other.items.filter(({ role }) => role === 'quit')).toHaveLength(1);
      expect(other.items.filter(({ label }) => label === 'Settings…')).toHaveLength(1);
    }
  });
});

describe('a link', () => {
  it('is opened in the browser only from the list, letter for letter', () => {
    for (const url of ['https://example.org', `${links.paper}/`, 'file:///etc/passwd', `${links.paper}#x`])
      openLink(url);
    expect(opened).toEqual([]);
    openLink(links.paper);
    expect(opened).toEqual([links.paper]);
  });
});

describe('the network', () => {
  it('is never asked: names have no addresses, and pages load only what is their own', () => {
    expect(sealingSwitches['host-resolver-rules']).toBe('MAP * ~NOTFOUND');
    for (const url of ['app://workbench/a.js', 'blob:app://workbench/1', 'data:image/png;base64,'])
      expect(isLocal(url), url).toBe(true);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://localhost/',
      'app://workbench.evil/',
      'blob:https://example.org/1',
      'file:///etc/passwd',
    ])
      expect(isLocal(url), url).toBe(false);
  });
});

describe('a project', () => {
  it('is opened by its file, or by a command line that names the file', () => {
    const file = join('/projects', 'mine', 'project.alignment');
    expect(projectOfFile(file)).toBe(join('/projects', 'mine'));
    expect(projectOfArguments(['workbench', '--flag', file], '/')).toBe(join('/projects', 'mine'));
    expect(projectOfArguments(['workbench', 'project.alignment'], '/here')).toBe('/here');
  });

  it('is none where the file is another, or relative, or an option', () => {
    expect(projectOfFile('/projects/mine/notes.txt')).toBeUndefined();
    expect(projectOfFile('project.alignment')).toBeUndefined();
    expect(projectOfArguments(['workbench', '--open=x.alignment'], '/')).toBeUndefined();
    expect(projectOfArguments(['/odd.alignment'], '/')).toBeUndefined();
  });
});
