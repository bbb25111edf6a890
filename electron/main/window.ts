/** The window: a page without any power but the bridge, which leads nowhere else. */
import { BrowserWindow, screen, type Session, type WebContents } from 'electron';
import { openingBounds, readBounds, smallest, writeBounds } from './bounds.ts';
import { START_URL } from './site-protocol.ts';

export interface WindowFiles {
  readonly preload: string;
  /** Where the window's place is kept. */
  readonly bounds: string;
}

export function openWindow({ preload, bounds }: WindowFiles): BrowserWindow {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...openingBounds(readBounds(bounds), screens),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    webPreferences: { preload, contextIsolation: true, sandbox: true, nodeIntegration: false },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writeBounds(bounds, window.getNormalBounds()));
  void window.loadURL(START_URL);
  return window;
}

/** Leaves a page no way to another one. */
export function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Copying text is all that a page may do beyond showing itself. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(permission === ALLOWED_PERMISSION),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED_PERMISSION);
}
