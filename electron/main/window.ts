/** The window: a page without any power but the bridge, which leads nowhere else. */
import { BrowserWindow, screen, type Session, type WebContents } from 'electron';
import { openingBounds, readBounds, smallest, writeBounds } from './bounds.ts';
import { openLink } from './links.ts';
import { CRASH_URL, isOwnPage, START_URL } from './site-protocol.ts';

export interface WindowFiles {
  readonly preload: string;
  /** Where the window's place is kept. */
  readonly bounds: string;
  readonly log: (line: string) => void;
}

export function openWindow({ preload, bounds, log }: WindowFiles): BrowserWindow {
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
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log(`the window has failed: ${reason}, code ${exitCode}`);
    void window.loadURL(CRASH_URL);
  });
  void window.loadURL(START_URL);
  return window;
}

/** Leaves a page no way out of the application. */
export function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
  // The page that says that the window has failed leads back to it.
  contents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
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
