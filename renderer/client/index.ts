/** How the window reaches the workbench, whichever host it is in. */
import { connect } from '../../core/contract/connection.ts';
import type { HostBridge } from '../../core/contract/host-bridge.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { hostBridge, openPort } from './electron.ts';
import { openWebSocket } from './web-socket.ts';

/** The system's dialogs; null in a browser, which has none for folders of the host. */
export const nativeDialogs: Pick<HostBridge, 'chooseFolder' | 'chooseFile'> | null = hostBridge;

/** Fails with one sentence where the workbench cannot be reached; it may be called again. */
export async function openConnection(): Promise<Connection> {
  return connect(await (hostBridge ? openPort(hostBridge) : openWebSocket()));
}
