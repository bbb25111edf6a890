/** The desktop application: one window over the process that holds the workbench. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, protocol, session } from 'electron';
import { appFolders } from '../../core/host/app-folders.ts';
import { openLog } from '../../core/host/log.ts';
import { Site } from '../../core/host/server/site.ts';
import { Backend } from './backend.ts';
import { answerBridge } from './bridge.ts';
import { setMenu } from './menu.ts';
import { placesOf } from './places.ts';
import { Quitting } from './quitting.ts';
import { respond, SCHEME } from './site-protocol.ts';
import { confine, denyPermissions, openWindow } from './window.ts';

const places = placesOf({
  root: app.getAppPath(),
  packaged: app.isPackaged,
  resources: process.resourcesPath,
  platform: process.platform,
  environment: process.env,
});
const { state } = appFolders();
mkdirSync(state, { recursive: true });
const log = openLog(join(state, 'application.log'));
const backend = new Backend({ node: places.node, script: places.backend }, log);

const showWindow = () => openWindow({ preload: places.preload, bounds: join(state, 'window.json') });

const quitting = new Quitting({
  isWorking: () => backend.isWorking(),
  confirm: confirmStop,
  stop: () => backend.stop(),
  kill: () => backend.kill(),
  quit: () => app.quit(),
  stay: () => {
    if (BrowserWindow.getAllWindows().length === 0) showWindow();
  },
});

async function confirmStop(): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'The workbench is still working.',
    detail: 'If you quit, the work stops at its next checkpoint and can be resumed from there.',
    buttons: ['Stop and Quit', 'Keep Working'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}

function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window?.isMinimized()) window.restore();
  window?.focus();
}

function start(): void {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.on('web-contents-created', (_event, contents) => confine(contents));
  app.on('second-instance', focusWindow);
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (!quitting.mayQuit()) event.preventDefault();
  });
  // Never awaited: Electron becomes ready only after this module has run to its end.
  void app.whenReady().then(open);
}

function open(): void {
  const site = new Site(places.renderer);
  protocol.handle(SCHEME, (request) => respond(site, request));
  denyPermissions(session.defaultSession);
  answerBridge(backend, log);
  setMenu();
  showWindow();
}

if (app.requestSingleInstanceLock()) start();
else app.exit();
