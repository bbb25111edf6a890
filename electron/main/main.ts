/** The desktop application: one window over the process that holds the workbench. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, protocol, session, shell } from 'electron';
import { connect } from '../../core/contract/connection.ts';
import { appFolders } from '../../core/host/app-folders.ts';
import { openLog } from '../../core/host/log.ts';
import { Site } from '../../core/host/server/site.ts';
import { channels } from '../channels.ts';
import { Attendance } from './attendance.ts';
import { Backend } from './backend.ts';
import { answerBridge } from './bridge.ts';
import { createDesk } from './desk.ts';
import { openLink } from './links.ts';
import { menuTemplate } from './menu.ts';
import { sealProcess, sealSession } from './network.ts';
import { placesOf } from './places.ts';
import { projectOfArguments, projectOfFile } from './project-files.ts';
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
const { state, logs } = appFolders();
mkdirSync(state, { recursive: true });
const log = openLog(logs, 'application');

const attendance = new Attendance(createDesk(focusWindow));
const backend = new Backend({ node: places.node, script: places.backend }, log, () =>
  attendance.follow(connect(backend.open())),
);

const showWindow = () => openWindow({ preload: places.preload, bounds: join(state, 'window.json'), log });

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

/** Opens one where there is none, as macOS allows. */
function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return void showWindow();
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Asks the workbench as a window does; what fails is told in a dialog. */
async function ask(task: (window: ReturnType<typeof connect>) => Promise<unknown>): Promise<void> {
  const window = connect(backend.open());
  try {
    await task(window);
  } catch (error) {
    dialog.showErrorBox('Alignment Workbench', error instanceof Error ? error.message : String(error));
  } finally {
    window.close();
  }
}

const openProject = (path: string | undefined): void => {
  if (path !== undefined) void ask((window) => window.call('project.open', { path }));
};

async function chooseProject(): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory'] });
  openProject(filePaths[0]);
}

const showProjectFolder = (): Promise<void> =>
  ask(async (window) => {
    const project = await window.call('project.current', {});
    if (project) await shell.openPath(project.path);
  });

function setMenu(): void {
  const template = menuTemplate(process.platform, {
    command: (id) => BrowserWindow.getFocusedWindow()?.webContents.send(channels.command, id),
    openProject: () => void chooseProject(),
    showProjectFolder: () => void showProjectFolder(),
    showLogs: () => void shell.openPath(logs),
    openLink,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** A file that was double-clicked: before the application is ready on macOS, where no argument names it. */
let openedFile = projectOfArguments(process.argv, process.cwd());

function start(): void {
  app.enableSandbox();
  sealProcess(app);
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.on('web-contents-created', (_event, contents) => confine(contents));
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (!app.isReady()) {
      openedFile = projectOfFile(path);
      return;
    }
    focusWindow();
    openProject(projectOfFile(path));
  });
  app.on('second-instance', (_event, args, folder) => {
    focusWindow();
    openProject(projectOfArguments(args, folder));
  });
  // On macOS an application goes on without a window, and its icon in the dock opens one again.
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', focusWindow);
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
  sealSession(session.defaultSession, log);
  answerBridge(backend, log);
  setMenu();
  showWindow();
  openProject(openedFile);
}

if (app.requestSingleInstanceLock()) start();
else app.exit();
