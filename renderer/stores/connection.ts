/** The line to the workbench: opened once, and again by itself whenever it is lost. */
import { create } from 'zustand';
import type { CallInput, CallName, CallOutput } from '../../core/contract/calls.ts';
import type { EventData, EventName } from '../../core/contract/events.ts';
import type { Connection } from '../../core/contract/messages.ts';
import { openConnection } from '../client/index.ts';

interface ConnectionState {
  readonly connection: Connection | null;
  readonly state: 'connecting' | 'open' | 'lost';
  /** Why it is not open, in one sentence. */
  readonly reason: string;
  readonly attempts: number;
}

export const useConnection = create<ConnectionState>(() => ({
  connection: null,
  state: 'connecting',
  reason: '',
  attempts: 0,
}));

const RETRY_AFTER_MS = [250, 500, 1000, 2000, 4000];
let retry: ReturnType<typeof setTimeout> | undefined;

/** Opens the connection, and goes on trying until it is open. */
export async function connect(): Promise<void> {
  clearTimeout(retry);
  try {
    const connection = await openConnection();
    connection.onClose((reason) => lose(connection, reason));
    useConnection.setState({ connection, state: 'open', reason: '', attempts: 0 });
  } catch (error) {
    tryAgain(messageOf(error));
  }
}

function lose(connection: Connection, reason: string): void {
  if (useConnection.getState().connection === connection) tryAgain(reason);
}

function tryAgain(reason: string): void {
  const { attempts, state } = useConnection.getState();
  useConnection.setState({
    connection: null,
    state: state === 'connecting' && attempts === 0 ? 'connecting' : 'lost',
    reason,
    attempts: attempts + 1,
  });
  const wait = RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length - 1)];
  retry = setTimeout(() => void connect(), wait);
}

/** Asks the workbench; fails with an Error whose message is one sentence for the person. */
export function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const { connection } = useConnection.getState();
  if (!connection) return Promise.reject(new Error('The workbench is not connected; wait until it is.'));
  return connection.call(name, input);
}

/** Hears an event on this connection and on every one after it; returns what ends it. */
export function onEvent<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void {
  let end = () => {};
  const attach = ({ connection }: ConnectionState) => {
    end();
    end = connection?.on(event, listener) ?? (() => {});
  };
  attach(useConnection.getState());
  const unsubscribe = useConnection.subscribe((now, before) => {
    if (now.connection !== before.connection) attach(now);
  });
  return () => {
    unsubscribe();
    end();
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
