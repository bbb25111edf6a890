/** Whatever a window sends, over whichever transport, is answered or refused; the workbench goes on. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { calls, type CallName } from '../../core/contract/calls.ts';
import { connect } from '../../core/contract/connection.ts';
import { Reply, type Transport } from '../../core/contract/messages.ts';
import { memoryPair } from '../../core/contract/transports.ts';
import { randomStream, type RandomStream } from '../../core/data/random.ts';
import { arbitrary, spoil } from '../support/arbitrary.ts';
import { peers, type Peer } from './peers.ts';

const SPOILT_PER_CALL = 20;
const ENVELOPES = 500;
const names = Object.keys(calls) as CallName[];

type Envelope = (random: RandomStream) => unknown;

/** Messages that are no calls, and cannot be answered: there is no telling whose. */
const anonymous: readonly Envelope[] = [
  (random) => random.pick<unknown>([null, true, 0, -1, NaN, '', 'app.about', [], {}, [[]], 2 ** 60]),
  (random) => Float32Array.from(random.normals(5, 1)),
  (random) => ({ call: random.pick(names), input: {} }),
  (random) => ({
    id: random.pick<unknown>([-1, 0.5, NaN, '1', null, [1], 1e300]),
    call: 'app.about',
    input: {},
  }),
  (random) => Array.from({ length: 3 }, () => ({ event: random.pick(names), data: {} })),
  (random) => nested(random.integer(90)),
];

/** Messages that are no calls, but bear a number. */
const numbered: readonly Envelope[] = [
  (random) => ({
    call: random.pick<unknown>(['toString', '__proto__', 'constructor', 'app.abouts', '', 1, null, {}]),
    input: {},
  }),
  (random) => ({ call: random.pick(names), input: {}, surplus: nested(random.integer(50)) }),
  (random) => ({ output: random.uniform() }),
  () => ({ failure: { name: 'Fault', message: 'a reply from the wrong side' } }),
];

function nested(depth: number): unknown {
  let value: unknown = 'inside';
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { value };
  return value;
}

/** The failures that come back, by the number of their call, until a good call is answered. */
async function failuresOf(transport: Transport, messages: readonly unknown[]): Promise<Map<number, string>> {
  const failures = new Map<number, string>();
  const LAST = 1_000_000;
  const answered = new Promise<void>((resolve) =>
    transport.onMessage((message) => {
      const reply = Reply.parse(message);
      if (reply.id === LAST) resolve();
      else failures.set(reply.id, 'failure' in reply ? reply.failure.name : 'none');
    }),
  );
  for (const message of messages) transport.send(message);
  transport.send({ id: LAST, call: 'app.about', input: {} });
  await answered;
  return failures;
}

describe.each(Object.entries(peers))('over %s', (_name, open) => {
  let peer: Peer;
  beforeAll(async () => void (peer = await open('workbench')));
  afterAll(() => peer.end());

  it.each(names)('refuses malformed inputs of %s', async (call) => {
    const random = randomStream(3, call);
    const messages = Array.from({ length: SPOILT_PER_CALL }, (_, id) => {
      const input = spoil(arbitrary(calls[call].input, random) as object, random);
      return { id, call, input };
    });
    const failures = await failuresOf(await peer.open(), messages);
    expect([...failures.values()]).toEqual(messages.map(() => 'InvalidCall'));
    await vi.waitFor(() => expect(peer.log()).toContain(`refused a message: ${call} cannot take this input`));
  });

  it('goes on after a message that is nested deeper than its reader could follow', async () => {
    const transport = await peer.open();
    const window = connect(transport);
    for (const depth of [101, 2000, 3000])
      try {
        transport.send(nested(depth));
      } catch {
        // Some transports refuse it at once.
      }
    await expect(window.call('app.about', {})).resolves.toBeDefined();
  });

  it('refuses malformed messages: by name those that bear a number, silently those without', async () => {
    const before = refusals(peer);
    const random = randomStream(4, 'envelopes');
    const withNumber = Array.from({ length: ENVELOPES }, (_, id) => ({
      ...(random.pick(numbered)(random) as object),
      id,
    }));
    const without = Array.from({ length: ENVELOPES }, () => random.pick(anonymous)(random));
    const failures = await failuresOf(await peer.open(), random.shuffle([...withNumber, ...without]));
    expect(failures.size).toBe(ENVELOPES);
    expect(new Set(failures.values())).toEqual(new Set(['InvalidCall']));
    await vi.waitFor(() => expect(refusals(peer) - before).toBe(2 * ENVELOPES));
  });
});

const refusals = (peer: Peer): number => peer.log().split('refused a message').length - 1;

describe('a window', () => {
  it.each([
    ['what is neither an answer nor an event', 'hello'],
    ['an event that there is none of', [{ event: 'surprise', data: {} }]],
    ['an event that is malformed', [{ event: 'trainerCrashed', data: { reason: 7 } }]],
  ])('closes a connection that brings %s, and says to reload', async (_what, message) => {
    const [near, far] = memoryPair();
    const window = connect(near);
    const waiting = window.call('app.about', {});
    far.send(message);
    await expect(waiting).rejects.toThrow('does not understand; reload it');
  });

  it('fails only the call whose answer is malformed', async () => {
    const [near, far] = memoryPair();
    const window = connect(near);
    const [first, second] = [window.call('projects.recent', {}), window.call('project.current', {})];
    far.send({ id: 0, output: 'what' });
    far.send({ id: 1, output: null });
    await expect(first).rejects.toThrow('the answer to projects.recent is malformed');
    await expect(second).resolves.toBeNull();
  });

  it('passes over an answer to a call that nobody made', async () => {
    const [near, far] = memoryPair();
    const window = connect(near);
    const waiting = window.call('project.current', {});
    far.send({ id: 99, output: null });
    far.send({ id: 0, output: null });
    await expect(waiting).resolves.toBeNull();
  });
});
