import type { CallInput, CallName, CallOutput } from '../../core/contract/calls.ts';
import { showToast } from '../components/toasts.tsx';
import { call, messageOf } from './connection.ts';

/** Does something and gives its result; where it fails, says why in a toast and gives undefined. */
export async function perform<N extends CallName>(
  name: N,
  input: CallInput<N>,
): Promise<CallOutput<N> | undefined> {
  try {
    return await call(name, input);
  } catch (error) {
    showToast({ tone: 'danger', title: messageOf(error) });
    return undefined;
  }
}

/** Undoes a change and says what was undone, with a button that does it again; gives whether it was. */
export async function undo(change: number): Promise<boolean> {
  const result = await perform('changes.undo', { change });
  if (!result) return false;
  showToast({
    title: `Undone: ${result.undone}`,
    action: { label: 'Redo', onPress: () => void undo(result.change) },
  });
  return true;
}
