/**
 * Many transports over the one message channel between two Node processes, each under a number: every window has its
 * own, and one that closes or reloads leaves the others alone. Fork with `serialization: 'advanced'`, which carries
 * typed arrays.
 */
import type { Serializable } from 'node:child_process';
import { z } from 'zod';
import type { Log } from '../contract/connection.ts';
import type { Transport } from '../contract/messages.ts';
import { CLOSED_HERE, CLOSED_THERE, Listeners, requireShallow } from '../contract/transports.ts';

/** A forked process as its parent sees it, or the parent as it is seen from there. */
export interface PeerProcess {
  readonly connected?: boolean;
  send?(
    message: Serializable,
    handle: undefined,
    options: object,
    sent: (error: Error | null) => void,
  ): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

const Packet = z.strictObject({
  channel: z.int().nonnegative(),
  kind: z.enum(['open', 'message', 'close']),
  message: z.unknown(),
});
type Packet = z.infer<typeof Packet>;

export class ProcessChannels {
  readonly #peer: PeerProcess;
  readonly #onOpen: (transport: Transport) => void;
  readonly #log: Log;
  readonly #channels = new Map<number, Listeners>();
  #next = 0;

  /** Hears the peer from now on; `onOpen` is given the near end of every transport that the peer opens. */
  constructor(peer: PeerProcess, log: Log, onOpen: (transport: Transport) => void) {
    this.#peer = peer;
    this.#log = log;
    this.#onOpen = onOpen;
    peer.on('message', (packet) => this.#receive(packet));
    peer.on('disconnect', () => this.#lose());
  }

  /** A new transport; its far end appears at the peer. Only one of the two processes may open any. */
  open(): Transport {
    const channel = this.#next++;
    this.#send({ channel, kind: 'open', message: null });
    return this.#hold(channel);
  }

  #hold(channel: number): Transport {
    const listeners = new Listeners();
    this.#channels.set(channel, listeners);
    return {
      send: (message) => {
        requireShallow(message);
        if (!listeners.ended) this.#send({ channel, kind: 'message', message });
      },
      onMessage: (listener) => listeners.onMessage(listener),
      onClose: (listener) => listeners.onClose(listener),
      close: () => {
        if (!listeners.ended) this.#send({ channel, kind: 'close', message: null });
        this.#end(channel, CLOSED_HERE);
      },
    };
  }

  #receive(packet: unknown): void {
    const read = Packet.safeParse(packet);
    if (!read.success) return this.#log('refused a message between processes: it is no packet');
    const { channel, kind, message } = read.data;
    if (kind === 'open') this.#accept(channel);
    else if (kind === 'close') this.#end(channel, CLOSED_THERE);
    else this.#channels.get(channel)?.receive(message);
  }

  #accept(channel: number): void {
    if (this.#channels.has(channel))
      return this.#log(`refused to open channel ${channel}: it is open already`);
    this.#onOpen(this.#hold(channel));
  }

  #end(channel: number, reason: string): void {
    this.#channels.get(channel)?.end(reason);
    this.#channels.delete(channel);
  }

  #lose(): void {
    for (const channel of [...this.#channels.keys()])
      this.#end(channel, 'the process at the other end is gone');
  }

  #send(packet: Packet): void {
    if (!this.#peer.connected) return;
    // The peer may go at any moment; that it is gone is heard as its disconnection.
    this.#peer.send?.(packet, undefined, {}, () => {});
  }
}
