/** The connection of a browser's window: a WebSocket to the server that the page came from. */
import { MAX_MESSAGE_BYTES } from '../../core/contract/message-pack.ts';
import type { Transport } from '../../core/contract/messages.ts';
import { socketTransport } from '../../core/contract/transports.ts';

const UNREACHABLE =
  'The workbench cannot be reached: check that it is still running, and open the address that it printed last.';

/** Resolves once it is open. */
export function openWebSocket(): Promise<Transport> {
  const { protocol, host } = window.location;
  const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/connection`);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socketTransport(socket, MAX_MESSAGE_BYTES)));
    socket.addEventListener('close', () => reject(new Error(UNREACHABLE)));
  });
}
