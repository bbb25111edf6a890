/** What the far end of a transport does in the tests. */
import type { Log } from '../../core/contract/connection.ts';
import type { Transport } from '../../core/contract/messages.ts';
import { attachWindow } from '../../core/host/service.ts';
import { FakeWorkbench } from './fake-workbench.ts';

const workbench = new FakeWorkbench();

export const acceptors = {
  workbench: (transport: Transport, log: Log) => attachWindow(workbench, transport, log),
  echo: (transport: Transport) => transport.onMessage((message) => transport.send(message)),
} as const;

export type Acceptor = keyof typeof acceptors;
