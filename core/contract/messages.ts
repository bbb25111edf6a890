/** What crosses a transport, whichever it is: calls with their answers, and events. */
import { z } from 'zod';
import { calls, type CallInput, type CallName, type CallOutput } from './calls.ts';
import { events, type EventData, type EventName } from './events.ts';

export const Request = z.strictObject({
  id: z.int().nonnegative(),
  call: z.enum(Object.keys(calls) as [CallName, ...CallName[]]),
  input: z.unknown(),
});
export type Request = z.infer<typeof Request>;

export const Failure = z.strictObject({
  /** The class of a `WorkbenchError`, `InvalidCall` for a message that is not as it must be, or `Fault`. */
  name: z.string(),
  /** One sentence for the person. */
  message: z.string(),
});
export type Failure = z.infer<typeof Failure>;

export const Reply = z.union([
  z.strictObject({ id: z.int().nonnegative(), output: z.unknown() }),
  z.strictObject({ id: z.int().nonnegative(), failure: Failure }),
]);
export type Reply = z.infer<typeof Reply>;

export const Notice = z.strictObject({
  event: z.enum(Object.keys(events) as [EventName, ...EventName[]]),
  data: z.unknown(),
});
export type Notice = z.infer<typeof Notice>;

/** Events travel in batches. */
export const Notices = z.array(Notice);

/** Two ends of it make a connection; a transport does no more than carry messages in order. */
export interface Transport {
  /** Does nothing once closed. Throws for what cannot be carried. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/** The workbench as a window sees it. */
export interface Connection {
  /** Fails with a `Failure` as an Error whose `name` is that of the failure. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Returns what ends it. */
  on<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void;
  onClose(listener: (reason: string) => void): void;
  close(): void;
}
