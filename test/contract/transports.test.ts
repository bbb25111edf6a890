/** One suite over every transport: whatever a host uses, a window is served alike. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { calls, type CallInput, type CallName } from '../../core/contract/calls.ts';
import { connect } from '../../core/contract/connection.ts';
import type { Connection, Transport } from '../../core/contract/messages.ts';
import { randomStream } from '../../core/data/random.ts';
import { arbitrary } from '../support/arbitrary.ts';
import { answerOf, plainCalls } from './fake-workbench.ts';
import { peers, type Peer } from './peers.ts';

const INPUTS_PER_CALL = 5;
const BIG_BYTES = 24 * 1024 * 1024;

const typedArrays = [
  Int8Array.of(-128, 127),
  Uint8Array.of(0, 255, 7),
  Uint8ClampedArray.of(0, 255),
  Int16Array.of(-32768, 32767),
  Uint16Array.of(65535),
  Int32Array.of(-(2 ** 31), 5),
  Uint32Array.of(2 ** 32 - 1),
  Float32Array.of(0.1, -Infinity, NaN),
  Float64Array.of(Math.PI, -0),
  BigInt64Array.of(-(2n ** 63n)),
  BigUint64Array.of(2n ** 64n - 1n),
  // A part of a larger buffer, and nothing at all.
  new Float32Array([1, 2, 3, 4]).subarray(1, 3),
  new Float64Array(0),
];

/** The next messages of a transport. */
function received(transport: Transport, count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  return new Promise((resolve) =>
    transport.onMessage((message) => {
      messages.push(message);
      if (messages.length === count) resolve(messages);
    }),
  );
}

const closed = (end: Transport | Connection): Promise<string> =>
  new Promise((resolve) => end.onClose(resolve));

describe.each(Object.entries(peers))('over %s', (_name, open) => {
  describe('a transport', () => {
    let peer: Peer;
    beforeAll(async () => void (peer = await open('echo')));
    afterAll(() => peer.end());

    it('carries every kind of typed array as it is', async () => {
      const transport = await peer.open();
      const echoes = received(transport, typedArrays.length);
      typedArrays.forEach((array) => transport.send({ array }));
      expect(await echoes).toEqual(typedArrays.map((array) => ({ array })));
    });

    it('leaves out the fields of an object that are undefined, or carries them as such', async () => {
      const transport = await peer.open();
      const echoes = received(transport, 1);
      transport.send({ kept: null, missing: undefined });
      expect(await echoes).toEqual([{ kept: null }]);
    });

    it('keeps the order of messages, large and small', async () => {
      const transport = await peer.open();
      const messages = Array.from({ length: 500 }, (_, i) => ({ i, text: 'x'.repeat(i % 7 ? 3 : 50_000) }));
      const echoes = received(transport, messages.length);
      messages.forEach((message) => transport.send(message));
      expect(await echoes).toEqual(messages);
    });

    it('carries messages of many megabytes', async () => {
      const transport = await peer.open();
      const bytes = new Uint8Array(BIG_BYTES).map((_, i) => i % 251);
      const echoes = received(transport, 1);
      transport.send({ bytes });
      const [echo] = (await echoes) as [{ bytes: Uint8Array }];
      expect(Buffer.compare(echo.bytes, bytes)).toBe(0);
    });

    it('hands over a copy', async () => {
      const transport = await peer.open();
      const echoes = received(transport, 1);
      const message = { list: [1] };
      transport.send(message);
      message.list.push(2);
      expect(await echoes).toEqual([{ list: [1] }]);
    });

    it('says once that it was closed, and then sends nothing and hears nothing', async () => {
      const transport = await peer.open();
      const reasons: string[] = [];
      const heard: unknown[] = [];
      transport.onClose((reason) => reasons.push(reason));
      transport.onMessage((message) => heard.push(message));
      transport.send('before');
      transport.close();
      transport.close();
      transport.send('after');
      const other = await peer.open();
      const echo = received(other, 1);
      other.send('elsewhere');
      expect(await echo).toEqual(['elsewhere']);
      expect(reasons).toEqual(['it was closed here']);
      expect(heard).toEqual([]);
    });
  });

  describe('a connection', () => {
    let peer: Peer;
    let window: Connection;
    beforeAll(async () => {
      peer = await open('workbench');
      window = connect(await peer.open());
    });
    afterAll(() => peer.end());

    it.each(plainCalls)('carries %s and its answer', async (name) => {
      for (let i = 0; i < INPUTS_PER_CALL; i++) {
        const input = arbitrary(calls[name].input, randomStream(2, name, i)) as CallInput<CallName>;
        expect(await window.call(name, input)).toEqual(answerOf(name, calls[name].input.parse(input)));
      }
    });

    it('answers calls made at the same time, each with its own answer', async () => {
      const offsets = Array.from({ length: 100 }, (_, offset) => offset);
      const inputs = offsets.map((offset) => calls['prompts.page'].input.parse({ offset, limit: 1 }));
      const answers = await Promise.all(inputs.map((input) => window.call('prompts.page', input)));
      expect(answers).toEqual(inputs.map((input) => answerOf('prompts.page', input)));
    });

    it('carries the bytes of a file in parts of megabytes', async () => {
      const bytes = new Uint8Array(4 * 1024 * 1024).map((_, i) => i % 251);
      await expect(window.call('import.append', { id: 'x', bytes })).resolves.toEqual({});
      await expect(window.call('import.append', { id: 'x', bytes: bytes.subarray(1) })).rejects.toThrow(
        'byte 0 is 1',
      );
    });

    it('fails with the name and the sentence of an error that a person can act on', async () => {
      await expect(window.call('project.open', { path: 'here' })).rejects.toMatchObject({
        name: 'DataError',
        message: 'here holds no project: choose another folder',
      });
    });

    it('calls what is no such error a fault, without its words, and logs its stack', async () => {
      const failure = window.call('projects.forget', { path: 'here' });
      await expect(failure).rejects.toMatchObject({ name: 'Fault' });
      await expect(failure).rejects.not.toThrow('slip of the programmer');
      await vi.waitFor(() => expect(peer.log()).toMatch(/slip of the programmer\n +at /));
    });

    it('does not pass on an answer that the contract refuses', async () => {
      await expect(window.call('project.close', {})).rejects.toMatchObject({ name: 'Fault' });
      await vi.waitFor(() => expect(peer.log()).toContain('the answer to project.close is malformed'));
    });

    it('answers a call whose answer is nested deeply, if only with a fault', async () => {
      const outcome = await window.call('import.inspect', { id: 'x' }).then(
        ({ sample }) => sample.length,
        ({ name }: Error) => name,
      );
      expect([1, 'Fault']).toContain(outcome);
    });

    it('refuses a malformed input before it is sent, naming the field', async () => {
      const input = { id: 'seven' } as unknown as { id: number };
      const failure = window.call('labelers.choose', input);
      await expect(failure).rejects.toMatchObject({ name: 'InvalidCall' });
      await expect(failure).rejects.toThrow(/labelers\.choose cannot take this input: "id" /);
      expect(peer.log()).not.toContain('labelers.choose');
    });

    it('tells of events in their order, all of them before the answer that follows', async () => {
      const told: string[] = [];
      const end = window.on('trainerCrashed', ({ reason }) => told.push(reason));
      await window.call('labelers.choose', { id: 300 });
      end();
      expect(told).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
    });

    it('tells every window, until it ends its listening or closes', async () => {
      const other = connect(await peer.open());
      const told: string[] = [];
      other.on('trainerCrashed', ({ reason }) => told.push(`other ${reason}`));
      const end = window.on('trainerCrashed', ({ reason }) => told.push(`this ${reason}`));
      await window.call('labelers.choose', { id: 1 });
      await vi.waitFor(() => expect(told.sort()).toEqual(['other 0', 'this 0']));
      end();
      other.close();
      await vi.waitFor(async () => {
        const { pending: windows } = await window.call('demonstrate.counts', { labeler: 1 });
        expect(windows).toBe(1);
      });
      await window.call('labelers.choose', { id: 1 });
      expect(told).toHaveLength(2);
    });

    it('fails what waits for an answer when it is closed, and every later call', async () => {
      const other = connect(await peer.open());
      const waiting = other.call('labelers.list', {});
      const reason = closed(other);
      other.close();
      await expect(waiting).rejects.toMatchObject({ name: 'Disconnected' });
      await expect(other.call('app.about', {})).rejects.toMatchObject({ name: 'Disconnected' });
      expect(await reason).toBe('it was closed here');
    });

    it('fails what waits for an answer when the workbench ends', async () => {
      const lost = await open('workbench');
      const other = connect(await lost.open());
      await other.call('app.about', {});
      const waiting = other.call('labelers.list', {});
      waiting.catch(() => {});
      const reason = closed(other);
      await lost.end();
      await expect(waiting).rejects.toMatchObject({ name: 'Disconnected' });
      expect(await reason).not.toBe('it was closed here');
    });
  });
});
