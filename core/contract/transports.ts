/** Carriers of messages that need neither Node nor Electron: the other hosts' ends are in `core/host`. */
import { decodeMessage, encodeMessage } from './message-pack.ts';
import type { Transport } from './messages.ts';

/** Who listens to a transport. It ends once, and then nothing more is heard. */
export class Listeners {
  readonly #message: ((message: unknown) => void)[] = [];
  readonly #close: ((reason: string) => void)[] = [];
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#message.push(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#close.push(listener);
  }

  receive(message: unknown): void {
    if (!this.#ended) for (const listener of this.#message) listener(message);
  }

  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#close) listener(reason);
  }
}

export const CLOSED_HERE = 'it was closed here';
export const CLOSED_THERE = 'the other end closed it';

/** Two ends within one process. What crosses is copied, as by every other transport. */
export function memoryPair(): [Transport, Transport] {
  const [left, right] = [new Listeners(), new Listeners()];
  return [memoryEnd(left, right), memoryEnd(right, left)];
}

function memoryEnd(mine: Listeners, other: Listeners): Transport {
  return {
    send(message) {
      if (mine.ended) return;
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => other.receive(copy));
    },
    onMessage: (listener) => mine.onMessage(listener),
    onClose: (listener) => mine.onClose(listener),
    close() {
      mine.end(CLOSED_HERE);
      queueMicrotask(() => other.end(CLOSED_THERE));
    },
  };
}

/** What a `MessagePort` of a browser and one of Node have in common. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** One end of a `MessageChannel`. */
export function portTransport(port: Port): Transport {
  const listeners = new Listeners();
  port.addEventListener('message', ({ data }) => listeners.receive(data));
  port.addEventListener('close', () => listeners.end(CLOSED_THERE));
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      listeners.onMessage(listener);
      // A port keeps what arrives until it is started.
      port.start();
    },
    onClose: (listener) => listeners.onClose(listener),
    close() {
      listeners.end(CLOSED_HERE);
      port.close();
    },
  };
}

/** What a browser's `WebSocket` and one of `ws` have in common. */
export interface Socket {
  binaryType: string;
  readonly readyState: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly reason: string }) => void): void;
  close(): void;
}

const OPEN = 1;

/** An open WebSocket; it refuses to send more than `mostBytes` at once. */
export function socketTransport(socket: Socket, mostBytes = Infinity): Transport {
  const listeners = new Listeners();
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }) =>
    // Text is no message of ours: passed on as it is, it is refused.
    listeners.receive(data instanceof ArrayBuffer ? decodeMessage(new Uint8Array(data)) : data),
  );
  socket.addEventListener('close', ({ reason }) => listeners.end(reason || CLOSED_THERE));
  return {
    send(message) {
      const bytes = encodeMessage(message);
      if (bytes.length > mostBytes) throw tooLarge(bytes.length, mostBytes);
      if (socket.readyState === OPEN) socket.send(bytes);
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      listeners.end(CLOSED_HERE);
      socket.close();
    },
  };
}

function tooLarge(bytes: number, most: number): Error {
  const megabytes = (count: number) => `${(count / 2 ** 20).toFixed(1)} MiB`;
  const message = `the message is ${megabytes(bytes)}, but at most ${megabytes(most)} can be sent at once; send it in parts`;
  return Object.assign(new Error(message), { name: 'InvalidCall' });
}

/** Carries what it can between two transports and logs what it cannot; where one closes, so does the other. */
export function relay(one: Transport, other: Transport, log: (text: string) => void): void {
  passOn(one, other, log);
  passOn(other, one, log);
}

function passOn(from: Transport, to: Transport, log: (text: string) => void): void {
  from.onMessage((message) => {
    try {
      to.send(message);
    } catch (error) {
      log(`refused a message: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  from.onClose(() => to.close());
}

/** As MessagePack has it; deeper values would overflow the stack of whoever reads them. */
const MOST_DEPTH = 100;

/** Throws for a value that is nested too deeply to be read safely at the other end, or that holds itself. */
export function requireShallow(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (depth === MOST_DEPTH) throw new RangeError(`the message is nested more than ${MOST_DEPTH} deep`);
  for (const part of Object.values(value)) requireShallow(part, depth + 1);
}
