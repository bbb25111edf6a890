import { useCallback, useEffect, useRef, useState } from 'react';
import type { CallInput, CallName, CallOutput } from '../../core/contract/calls.ts';
import { call, messageOf, onEvent, useConnection } from './connection.ts';
import { readParts } from './read-parts.ts';

export interface Reading<T> {
  /** What was read last, for an earlier input perhaps: it stays while the next is on its way. */
  readonly data: T | undefined;
  /** Why the last reading failed. */
  readonly error: string | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface Answer<T> {
  readonly data: T | undefined;
  readonly error: string | undefined;
  /** The input that was answered. */
  readonly key: string | undefined;
}

const NOTHING_YET = { data: undefined, error: undefined, key: undefined };

/**
 * Reads from the workbench while the component is shown: again when the input changes, when the project changes in
 * a part that the call shows, and after a lost connection. With null it reads nothing.
 */
export function useCall<N extends CallName>(
  name: N,
  input: CallInput<N> | null,
  /** Another value makes it read again: for what is shown besides the project's parts. */
  version: string = '',
): Reading<CallOutput<N>> {
  const connection = useConnection((state) => state.connection);
  const [answer, setAnswer] = useState<Answer<CallOutput<N>>>(NOTHING_YET);
  const key = input === null ? null : JSON.stringify([name, input]);
  const again = useRef(() => {});

  useEffect(() => {
    if (key === null || connection === null) return;
    const input = (JSON.parse(key) as [N, CallInput<N>])[1];
    const read = oneAtATime(async (current) => {
      const next = await answerTo(name, input);
      if (current()) setAnswer((before) => ({ data: before.data, error: undefined, ...next, key }));
    });
    again.current = read.start;
    read.start();
    const end = onEvent('changed', ({ parts }) => {
      if (readParts[name]?.some((part) => parts.includes(part))) read.start();
    });
    return () => {
      read.end();
      end();
    };
  }, [connection, name, key, version]);

  return {
    data: answer.data,
    error: answer.error,
    loading: key !== null && answer.key !== key,
    reload: useCallback(() => again.current(), []),
  };
}

async function answerTo<N extends CallName>(
  name: N,
  input: CallInput<N>,
): Promise<{ data: CallOutput<N> } | { error: string }> {
  try {
    return { data: await call(name, input) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** Runs a task now; what is asked for meanwhile becomes one more run after it. */
function oneAtATime(task: (current: () => boolean) => Promise<void>) {
  let running = false;
  let wanted = false;
  let ended = false;
  const run = async () => {
    running = true;
    do {
      wanted = false;
      await task(() => !ended);
    } while (wanted && !ended);
    running = false;
  };
  return {
    start: () => {
      wanted = true;
      if (!running && !ended) void run();
    },
    end: () => {
      ended = true;
    },
  };
}
