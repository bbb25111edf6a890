/** A workbench without a project: every call is answered with a value of its kind that depends on the input alone. */
import { calls, type CallArguments, type CallName, type CallOutput } from '../../core/contract/calls.ts';
import { DataError } from '../../core/contract/errors.ts';
import { randomStream } from '../../core/data/random.ts';
import type { EventListener, Service } from '../../core/host/service.ts';
import { arbitrary } from '../support/arbitrary.ts';

type Listeners = ReadonlySet<EventListener>;

/** Deeper than some transports carry. */
const DEEP = 150;

/** Calls that the tests have a use for; all others are plain. */
const uses: { readonly [N in CallName]?: (input: CallArguments<N>, listeners: Listeners) => unknown } = {
  'project.open': ({ path }) => {
    throw new DataError(`${path} holds no project: choose another folder`);
  },
  'projects.forget': () => {
    throw new TypeError('a slip of the programmer');
  },
  'project.close': () => ({ surplus: true }),
  // As many events as the number says, and then the answer.
  'labelers.choose': ({ id }, listeners) => {
    for (let i = 0; i < id; i++) for (const tell of listeners) tell('trainerCrashed', { reason: String(i) });
    return answerOf('labelers.choose', { id });
  },
  // Never answered.
  'labelers.list': () => new Promise(() => {}),
  // How many windows are listening.
  'demonstrate.counts': (_input, { size }) => ({
    pending: size,
    draft: 0,
    submitted: 0,
    skipped: 0,
    flagged: 0,
  }),
  'import.inspect': ({ id }) => {
    let value: unknown = 'inside';
    for (let i = 0; i < DEEP; i++) value = [value];
    return { ...answerOf('import.inspect', { id }), sample: [{ value }] };
  },
  'import.append': ({ bytes }) => {
    const wrong = bytes.findIndex((byte, i) => byte !== i % 251);
    if (wrong >= 0) throw new DataError(`byte ${wrong} is ${bytes[wrong]}`);
    return {};
  },
};

export const plainCalls = (Object.keys(calls) as CallName[]).filter((name) => !(name in uses));

/** What a plain call is answered. */
export const answerOf = <N extends CallName>(name: N, input: unknown): CallOutput<N> =>
  calls[name].output.parse(
    arbitrary(calls[name].output, randomStream(1, name, JSON.stringify(input))),
  ) as CallOutput<N>;

export class FakeWorkbench implements Service {
  readonly #listeners = new Set<EventListener>();

  handle(name: CallName, input: never): Promise<unknown> {
    if (!calls[name].input.safeParse(input).success)
      throw new TypeError(`${name} was handed an input that the contract refuses`);
    const use = uses[name] as ((input: unknown, listeners: Listeners) => unknown) | undefined;
    return Promise.resolve(use ? use(input, this.#listeners) : answerOf(name, input));
  }

  on(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  isWorking(): boolean {
    return false;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
