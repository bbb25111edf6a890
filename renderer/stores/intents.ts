/** What one screen asks of another, until that one has taken it up. */
import { create } from 'zustand';
import type { RunForm } from '../../core/contract/calls.ts';

interface Intents {
  /** Train: open the form of a new run with these fields filled in. */
  readonly newRun: (Partial<RunForm> & Pick<RunForm, 'algorithm'>) | null;
  /** Play: ask these models. */
  readonly play: { readonly models: readonly string[]; readonly prompt?: string } | null;
  /** Evaluate: open the form of a new evaluation of these models, the first as the baseline. */
  readonly evaluate: readonly string[] | null;
  /** Rank: judge this evaluation rather than rank for training. */
  readonly judge: number | null;
}

export const useIntents = create<Intents>(() => ({ newRun: null, play: null, evaluate: null, judge: null }));

/** Leaves an intent for the screen it is meant for. */
export const intend = (intents: Partial<Intents>): void => useIntents.setState(intents);

/** Gives an intent, which is done with then. */
export function takeIntent<K extends keyof Intents>(name: K): Intents[K] {
  const intent = useIntents.getState()[name];
  if (intent !== null) useIntents.setState({ [name]: null });
  return intent;
}
