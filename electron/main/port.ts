/** The main process's end of a `MessageChannel`, as a transport. */
import type { Transport } from '../../core/contract/messages.ts';
import { CLOSED_HERE, CLOSED_THERE, Listeners } from '../../core/contract/transports.ts';

/** What is used of Electron's `MessagePortMain`, which is an emitter where the window's port is an event target. */
export interface MainPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

export function mainPortTransport(port: MainPort): Transport {
  const listeners = new Listeners();
  port.on('message', ({ data }) => listeners.receive(data));
  port.on('close', () => listeners.end(CLOSED_THERE));
  return {
    send(message) {
      if (!listeners.ended) port.postMessage(message);
    },
    onMessage(listener) {
      listeners.onMessage(listener);
      port.start();
    },
    onClose: (listener) => listeners.onClose(listener),
    close() {
      listeners.end(CLOSED_HERE);
      port.close();
    },
  };
}
