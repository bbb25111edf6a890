import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type { Browser } from 'playwright-core';

/** A window as the desktop knows it. */
export interface OpenWindow {
  readonly focused: boolean;
  readonly progress: number;
  close(): Promise<void>;
}

/** What a person and the system would see and do. */
export class Desktop<Window extends OpenWindow = OpenWindow> {
  readonly windows: Window[] = [];
  readonly switches = new Map<string, string>();
  readonly notifications: { title: string; body: string }[] = [];
  readonly openedOutside: string[] = [];
  readonly errors: string[] = [];
  /** What the next dialogs answer. */
  readonly answers: { paths: string[]; button: number } = { paths: [], button: 0 };
  menu: Electron.MenuItemConstructorOptions[] = [];
  blockers = 0;
  respond: ((request: Request) => Response | Promise<Response>) | undefined;
  beforeRequest: ((url: string) => Promise<boolean>) | undefined;
  onGone: () => void = () => {};
  readonly ipc = new EventEmitter();
  readonly invoked = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();
  readonly browser: Browser;
  readonly root: string;

  constructor(browser: Browser, root: string) {
    this.browser = browser;
    this.root = root;
  }
}
