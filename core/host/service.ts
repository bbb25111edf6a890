/** The workbench as hosts use it, and how a window is put in touch with it. */
import { answer, type Handler, type Log } from '../contract/connection.ts';
import type { EventData, EventName } from '../contract/events.ts';
import type { Transport } from '../contract/messages.ts';

export type EventListener = <N extends EventName>(event: N, data: EventData<N>) => void;

export interface Service {
  readonly handle: Handler;
  /** Returns what ends it. */
  on(listener: EventListener): () => void;
  /** Whether something is under way that quitting would interrupt. */
  isWorking(): boolean;
  /** Stops work at a checkpoint and closes the project. */
  stop(): Promise<void>;
}

/** Answers a window and tells it of events until its transport closes. */
export function attachWindow(service: Service, transport: Transport, log: Log): void {
  const { notify } = answer(transport, (name, input) => service.handle(name, input), log);
  transport.onClose(service.on(notify));
}
