/**
 * A small stand-in for Electron, for machines without its binary: what `electron/` uses of it, with its windows in
 * the real Chromium. Its parts are typed against Electron's own. It does not isolate the preload script's world, has
 * no sandbox, no fuses and no real menus or docks: it remembers what it was told of them.
 *
 * Chromium knows no scheme of the application's own, so `app://name/` is shown there as `http://name.localhost/`.
 */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type * as Electron from 'electron';
import type { Desktop } from './desktop.ts';
import { MainPort } from './main-port.ts';
import { StandInWindow } from './stand-in-window.ts';

type Part<T, K extends keyof T> = Pick<T, K>;

let desktop: Desktop<StandInWindow>;

/** Begins anew: the next application is started on this desktop. */
export function use(next: Desktop<StandInWindow>): void {
  desktop = next;
  appEvents.removeAllListeners();
  hasQuit = false;
}

const appEvents = new EventEmitter();
let hasQuit = false;

function quit(): void {
  let prevented = false;
  appEvents.emit('before-quit', { preventDefault: () => (prevented = true) });
  if (prevented || hasQuit) return;
  hasQuit = true;
  void Promise.all([...desktop.windows].map((window) => window.close())).then(desktop.onGone);
}

export const app = {
  isPackaged: false,
  getAppPath: () => desktop.root,
  isReady: () => true,
  requestSingleInstanceLock: () => true,
  enableSandbox: () => {},
  whenReady: () => Promise.resolve(),
  quit,
  exit: quit,
  commandLine: { appendSwitch: (name: string, value = '') => void desktop.switches.set(name, value) },
  on: (event: string, listener: (...args: never[]) => void) => appEvents.on(event, listener as never),
} as unknown as Part<
  Electron.App,
  | 'isPackaged'
  | 'getAppPath'
  | 'isReady'
  | 'requestSingleInstanceLock'
  | 'enableSandbox'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'commandLine'
  | 'on'
>;

/** As the system would: a second start of the application, a file that was double-clicked, its icon in the dock. */
export const tellApp = (event: 'second-instance' | 'open-file' | 'activate', ...args: unknown[]): boolean =>
  appEvents.emit(event, ...args);

export class BrowserWindow extends StandInWindow {
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super(desktop, options);
    appEvents.emit('web-contents-created', {}, this.webContents);
    this.once('closed', () => {
      if (desktop.windows.length === 0) appEvents.emit('window-all-closed');
    });
  }
  static getAllWindows = (): StandInWindow[] => [...desktop.windows];
  static getFocusedWindow = (): StandInWindow | null => desktop.windows.find((w) => w.focused) ?? null;
  static fromWebContents = (contents: unknown): StandInWindow | null =>
    desktop.windows.find(({ webContents }) => webContents === contents) ?? null;
}

export const ipcMain = {
  on: (channel: string, listener: (...args: never[]) => void) => desktop.ipc.on(channel, listener as never),
  handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) =>
    void desktop.invoked.set(channel, handler),
};

export const dialog = {
  showOpenDialog: () =>
    Promise.resolve({ canceled: desktop.answers.paths.length === 0, filePaths: desktop.answers.paths }),
  showMessageBox: () => Promise.resolve({ response: desktop.answers.button, checkboxChecked: false }),
  showErrorBox: (title: string, content: string) => void desktop.errors.push(`${title}: ${content}`),
};

export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu: (template: Electron.MenuItemConstructorOptions[]) => void (desktop.menu = template),
};

export class MessageChannelMain {
  readonly port1 = new MainPort();
  readonly port2 = new MainPort();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

export class Notification extends EventEmitter {
  readonly #options: { title: string; body: string };

  constructor(options: { title: string; body: string }) {
    super();
    this.#options = options;
  }

  show(): void {
    desktop.notifications.push(this.#options);
  }
}

export const powerSaveBlocker = {
  start: () => (desktop.blockers += 1),
  stop: () => void (desktop.blockers -= 1),
};

export const protocol = {
  registerSchemesAsPrivileged: () => {},
  handle: (_scheme: string, handler: (request: Request) => Response | Promise<Response>) =>
    void (desktop.respond = handler),
};

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

type BeforeRequest = (details: { url: string }, decide: (answer: { cancel?: boolean }) => void) => void;

export const session = {
  defaultSession: {
    setPermissionRequestHandler: () => {},
    setPermissionCheckHandler: () => {},
    setSpellCheckerEnabled: () => {},
    webRequest: {
      onBeforeRequest: (listener: BeforeRequest) => {
        desktop.beforeRequest = (url) =>
          new Promise((resolve) => listener({ url }, ({ cancel }) => resolve(cancel !== true)));
      },
    },
  },
};

export const shell = {
  openExternal: (url: string) => void desktop.openedOutside.push(url),
  openPath: (path: string) => Promise.resolve((desktop.openedOutside.push(join(path)), '')),
};
