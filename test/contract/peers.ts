/** Every transport there is, each with a far end to speak to. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { MAX_MESSAGE_BYTES } from '../../core/contract/message-pack.ts';
import type { Transport } from '../../core/contract/messages.ts';
import {
  memoryPair,
  portTransport,
  relay,
  socketTransport,
  type Port,
} from '../../core/contract/transports.ts';
import { ProcessChannels } from '../../core/host/process-channels.ts';
import { serve } from '../../core/host/server/server.ts';
import { mainPortTransport, type MainPort } from '../../electron/main/port.ts';
import { acceptors, type Acceptor } from './acceptors.ts';
import { FakeWorkbench } from './fake-workbench.ts';

export interface Peer {
  /** The near end of a new transport. */
  open(): Promise<Transport>;
  /** What the far end has logged. */
  log(): string;
  /** Ends the far end, if it has not ended. */
  end(): Promise<void>;
}

function inMemory(acceptor: Acceptor): Promise<Peer> {
  let log = '';
  const farEnds: Transport[] = [];
  return Promise.resolve({
    open() {
      const [near, far] = memoryPair();
      acceptors[acceptor](far, (text) => (log += `${text}\n`));
      farEnds.push(far);
      return Promise.resolve(near);
    },
    log: () => log,
    end: () => Promise.resolve(farEnds.forEach((far) => far.close())),
  });
}

function forkFarEnd(acceptor: Acceptor) {
  const child = fork(join(import.meta.dirname, 'far-process.ts'), [acceptor], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
  const channels = new ProcessChannels(
    child,
    () => {},
    () => {},
  );
  return { channels, log: () => log, end: () => killed(child) };
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function processChannel(acceptor: Acceptor): Promise<Peer> {
  const { channels, log, end } = forkFarEnd(acceptor);
  return Promise.resolve({ open: () => Promise.resolve(channels.open()), log, end });
}

/**
 * The window's port, relayed by what the main process of Electron runs to the process behind it. Electron's binary
 * cannot be here, so Node's `MessageChannel` stands in for Electron's.
 */
function relayedPort(acceptor: Acceptor): Promise<Peer> {
  const { channels, log, end } = forkFarEnd(acceptor);
  const open = () => {
    const { port1, port2 } = new MessageChannel();
    relay(mainPortTransport(likeMainPort(port1)), channels.open(), () => {});
    return Promise.resolve(portTransport(port2 as unknown as Port));
  };
  return Promise.resolve({ open, log, end });
}

/** A port of Node with the events of a `MessagePortMain`. */
function likeMainPort(port: MessagePort): MainPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data }))
        : port.on('close', () => listener({ data: undefined })),
    start: () => port.start(),
    close: () => port.close(),
  };
}

function webSocket(acceptor: Acceptor): Promise<Peer> {
  return acceptor === 'workbench' ? webSocketOfServer() : bareWebSocket(acceptor);
}

async function webSocketOfServer(): Promise<Peer> {
  let log = '';
  const rendererFolder = mkdtempSync(join(tmpdir(), 'renderer-'));
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html>');
  const server = await serve({
    service: new FakeWorkbench(),
    rendererFolder,
    port: 0,
    log: (text) => (log += `${text}\n`),
  });
  const { origin, host } = new URL(server.address);
  const { headers } = await fetch(server.address, { redirect: 'manual' });
  const cookie = headers.get('set-cookie')!.split(';')[0]!;
  return {
    open: () => opened(new WebSocket(`ws://${host}/connection`, { origin, headers: { cookie } })),
    log: () => log,
    async end() {
      await server.close();
      rmSync(rendererFolder, { recursive: true, force: true });
    },
  };
}

async function bareWebSocket(acceptor: Acceptor): Promise<Peer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => acceptors[acceptor](socketTransport(socket), () => {}));
  const { port } = server.address() as AddressInfo;
  return {
    open: () => opened(new WebSocket(`ws://127.0.0.1:${port}`)),
    log: () => '',
    end: () => {
      server.clients.forEach((client) => client.close());
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function opened(socket: WebSocket): Promise<Transport> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socketTransport(socket, MAX_MESSAGE_BYTES)));
    socket.once('error', reject);
  });
}

export const peers: Readonly<Record<string, (acceptor: Acceptor) => Promise<Peer>>> = {
  'an in-memory pair': inMemory,
  'the message channel of a process': processChannel,
  'a WebSocket': webSocket,
  'a relayed message port': relayedPort,
};
