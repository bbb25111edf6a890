/** The application's menu, by the conventions of each system. */
import type { MenuItemConstructorOptions } from 'electron';
import { links } from './links.ts';

export interface MenuActions {
  /** Has the window do one of its commands. */
  readonly command: (id: string) => void;
  readonly openProject: () => void;
  readonly showProjectFolder: () => void;
  readonly showLogs: () => void;
  readonly openLink: (url: string) => void;
}

/** The window's screens, in the order of its sidebar and of the keys that go to them. */
export const screenTitles: Readonly<Record<string, string>> = {
  home: 'Home',
  prompts: 'Prompts',
  demonstrate: 'Demonstrate',
  rank: 'Rank',
  train: 'Train',
  play: 'Play',
  evaluate: 'Evaluate',
  iterate: 'Iterate',
  labelers: 'Labelers',
  settings: 'Settings',
};

const separator: MenuItemConstructorOptions = { type: 'separator' };

export function menuTemplate(platform: NodeJS.Platform, actions: MenuActions): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  // The window hears its keys itself, as the person has bound them; the menu only shows them.
  const command = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.command(id),
    ...(accelerator && { accelerator, registerAccelerator: false }),
  });
  const settings = command('Settings…', 'app.settings', 'CmdOrCtrl+,');
  const screens = Object.entries(screenTitles).map(([id, title], i) =>
    command(title, `go.${id}`, `CmdOrCtrl+${(i + 1) % 10}`),
  );
  return [
    ...(mac ? [applicationMenu(settings)] : []),
    {
      label: 'File',
      submenu: [
        { label: 'Open Project…', click: actions.openProject },
        { label: 'Show Project Folder', click: actions.showProjectFolder },
        ...(mac ? [] : [separator, settings]),
        separator,
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    { label: 'Go', submenu: [...screens, separator, command('Commands…', 'app.palette', 'CmdOrCtrl+K')] },
    { label: 'View', submenu: viewItems },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        command('Keyboard Shortcuts', 'app.shortcuts', '?'),
        { label: 'Show Logs', click: actions.showLogs },
        separator,
        { label: 'The InstructGPT Paper', click: () => actions.openLink(links.paper) },
        ...(mac ? [] : [separator, { role: 'about' } as const]),
      ],
    },
  ];
}

/** macOS alone has one. */
const applicationMenu = (settings: MenuItemConstructorOptions): MenuItemConstructorOptions => ({
  role: 'appMenu',
  submenu: [
    { role: 'about' },
    separator,
    settings,
    separator,
    { role: 'services' },
    separator,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    separator,
    { role: 'quit' },
  ],
});

const viewItems: MenuItemConstructorOptions[] = [
  { role: 'reload' },
  { role: 'toggleDevTools' },
  separator,
  { role: 'resetZoom' },
  { role: 'zoomIn' },
  { role: 'zoomOut' },
  separator,
  { role: 'togglefullscreen' },
];
