/**
 * The two ends of a connection, over any transport: `connect` is the window's, `answer` the workbench's. Both check
 * what they send and what they receive, so that neither has to trust the other.
 */
import { z } from 'zod';
import { calls, type CallInput, type CallName, type CallOutput } from './calls.ts';
import { WorkbenchError } from './errors.ts';
import { events, type EventData, type EventName } from './events.ts';
import {
  Notices,
  Reply,
  Request,
  type Connection,
  type Failure,
  type Notice,
  type Transport,
} from './messages.ts';

/** Events wait this long for others, so that many a second cost the window one message a frame. */
const BATCH_MS = 16;

interface Pending {
  readonly name: CallName;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The window's end. Calls fail with an Error named as the failure is; with `InvalidCall` where the input is
 * malformed, and with `Disconnected` once the transport has closed.
 */
export function connect(transport: Transport): Connection {
  return new WindowEnd(transport);
}

class WindowEnd implements Connection {
  readonly #transport: Transport;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<EventName, Set<(data: never) => void>>();
  readonly #closeListeners: ((reason: string) => void)[] = [];
  #nextId = 0;
  #lost: string | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.onMessage((message) => this.#receive(message));
    transport.onClose((reason) => this.#end(reason));
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    if (this.#lost !== undefined) throw disconnected(this.#lost);
    const checked = calls[name].input.safeParse(input);
    if (!checked.success) throw named('InvalidCall', describeInput(name, checked.error));
    const id = this.#nextId++;
    const output = new Promise((resolve, reject) => this.#pending.set(id, { name, resolve, reject }));
    try {
      this.#transport.send({ id, call: name, input: checked.data });
    } catch (error) {
      this.#pending.delete(id);
      throw error;
    }
    return output as Promise<CallOutput<N>>;
  }

  on<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#closeListeners.push(listener);
  }

  close(): void {
    this.#transport.close();
  }

  #receive(message: unknown): void {
    const notices = Notices.safeParse(message);
    if (notices.success) return notices.data.forEach((notice) => this.#tell(notice));
    const reply = Reply.safeParse(message);
    if (reply.success) return this.#settle(reply.data);
    this.#giveUp();
  }

  #tell({ event, data }: Notice): void {
    const checked = events[event].safeParse(data);
    if (!checked.success) return this.#giveUp();
    this.#listeners.get(event)?.forEach((listener) => listener(checked.data as never));
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#pending.delete(reply.id);
    if ('failure' in reply) return pending.reject(named(reply.failure.name, reply.failure.message));
    const checked = calls[pending.name].output.safeParse(reply.output);
    if (checked.success) return pending.resolve(checked.data);
    const what = `the answer to ${pending.name} is malformed: ${describeIssue(checked.error)}`;
    pending.reject(named('Fault', `${what}; reload the window`));
  }

  /** A workbench that says what this window does not know is of another version. */
  #giveUp(): void {
    this.#end('the workbench sent what this window does not understand; reload it');
    this.#transport.close();
  }

  #end(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(disconnected(reason));
    for (const listener of this.#closeListeners) listener(reason);
  }
}

/** Does what a call asks. The input has been checked to be that of the name; the output is still to be checked. */
export type Handler = (name: CallName, input: never) => Promise<unknown>;

/** Where refusals and faults are told of, a line or a stack at a time. */
export type Log = (text: string) => void;

export interface Answering {
  /** Tells the window of an event, together with those of the next moments. */
  readonly notify: <N extends EventName>(event: N, data: EventData<N>) => void;
}

/** The workbench's end: answers every message it can, and nothing that a window sends makes it fail. */
export function answer(transport: Transport, handler: Handler, log: Log): Answering {
  const notices = new NoticeBatch(transport);
  transport.onClose(() => notices.discard());
  transport.onMessage((message) => {
    void answerTo(message, handler, log).then((reply) => {
      // What was told before the answer arrives before it.
      notices.flush();
      if (reply) sendReply(transport, reply, log);
    });
  });
  return {
    notify(event, data) {
      const checked = events[event].safeParse(data);
      if (checked.success) notices.add({ event, data: checked.data });
      else log(`the event ${event} is malformed and was not sent: ${describeIssue(checked.error)}`);
    },
  };
}

async function answerTo(message: unknown, handler: Handler, log: Log): Promise<Reply | undefined> {
  const request = Request.safeParse(message);
  if (!request.success) return refuse(idOf(message), 'the message is no call of the workbench', log);
  const { id, call, input } = request.data;
  try {
    const checked = calls[call].input.safeParse(input);
    if (!checked.success) return refuse(id, describeInput(call, checked.error), log);
    return { id, output: checkOutput(call, await handler(call, checked.data as never)) };
  } catch (error) {
    return { id, failure: describeFailure(call, error, log) };
  }
}

function sendReply(transport: Transport, reply: Reply, log: Log): void {
  try {
    transport.send(reply);
  } catch (error) {
    log(`an answer could not be sent: ${stackOf(error)}`);
    const message = 'the workbench could not send its answer; the log says why';
    transport.send({ id: reply.id, failure: { name: 'Fault', message } });
  }
}

function refuse(id: number | undefined, why: string, log: Log): Reply | undefined {
  log(`refused a message: ${why}`);
  return id === undefined ? undefined : { id, failure: { name: 'InvalidCall', message: why } };
}

function idOf(message: unknown): number | undefined {
  const found = z.object({ id: Request.shape.id }).safeParse(message);
  return found.success ? found.data.id : undefined;
}

function checkOutput(call: CallName, output: unknown): unknown {
  const checked = calls[call].output.safeParse(output);
  if (checked.success) return checked.data;
  throw new TypeError(`the answer to ${call} is malformed: ${describeIssue(checked.error)}`);
}

function describeFailure(call: CallName, error: unknown, log: Log): Failure {
  if (error instanceof WorkbenchError) return { name: error.name, message: error.message };
  log(`${call} failed: ${stackOf(error)}`);
  return {
    name: 'Fault',
    message: `${call} failed by a fault in the workbench: try it again; its log says more`,
  };
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

class NoticeBatch {
  readonly #transport: Transport;
  #waiting: Notice[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  add(notice: Notice): void {
    this.#waiting.push(notice);
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    const notices = this.#waiting;
    this.discard();
    if (notices.length > 0) this.#transport.send(notices);
  }

  discard(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const disconnected = (reason: string): Error =>
  named('Disconnected', `the connection to the workbench is lost: ${reason}`);

const describeInput = (call: CallName, error: z.ZodError): string =>
  `${call} cannot take this input: ${describeIssue(error)}`;

/** The first thing wrong with a value, and where. */
function describeIssue({ issues: [first] }: z.ZodError): string {
  const { path, message } = first!;
  return path.length > 0 ? `"${path.join('.')}" ${message}` : message;
}
