/** The main process's side of the bridge: a port for every window that asks, and the system's dialogs. */
import {
  BrowserWindow,
  dialog,
  ipcMain,
  MessageChannelMain,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type OpenDialogOptions,
} from 'electron';
import { z } from 'zod';
import type { Log } from '../../core/contract/connection.ts';
import { relay } from '../../core/contract/transports.ts';
import { channels } from '../channels.ts';
import type { Backend } from './backend.ts';
import { mainPortTransport } from './port.ts';
import { isOwnPage } from './site-protocol.ts';

const Extensions = z.array(z.string().regex(/^[a-z0-9]+$/)).max(50);

export function answerBridge(backend: Backend, log: Log): void {
  ipcMain.on(channels.requestPort, (event) => {
    if (!isTrusted(event, log)) return;
    const { port1, port2 } = new MessageChannelMain();
    relay(mainPortTransport(port1), backend.open(), log);
    event.sender.postMessage(channels.port, null, [port2]);
  });
  ipcMain.handle(channels.chooseFolder, (event) =>
    isTrusted(event, log) ? choose(event, { properties: ['openDirectory', 'createDirectory'] }) : null,
  );
  ipcMain.handle(channels.chooseFile, (event, given: unknown) => {
    if (!isTrusted(event, log)) return null;
    const extensions = Extensions.parse(given);
    return choose(event, { properties: ['openFile'], filters: [{ name: 'Data files', extensions }] });
  });
}

async function choose({ sender }: IpcMainInvokeEvent, options: OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(sender);
  if (!window) return null;
  const { filePaths } = await dialog.showOpenDialog(window, options);
  return filePaths[0] ?? null;
}

/** Whether the application's own page asks, and no frame within it. */
function isTrusted({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent, log: Log): boolean {
  if (senderFrame && senderFrame.parent === null && isOwnPage(senderFrame.url)) return true;
  log(`refused a message of the page ${senderFrame?.url ?? 'that is gone'}`);
  return false;
}
