/** What the Evaluate screen looks at. */
import { create } from 'zustand';
import type { Evaluation } from '../../../core/contract/calls.ts';
import { showToast } from '../../components/toasts.tsx';
import { intend } from '../../stores/intents.ts';
import { perform, undo } from '../../stores/perform.ts';
import { goTo } from '../../stores/ui.ts';
import { isUnderWay, useWork } from '../../stores/work.ts';
import type { Axis } from './checkpoints.ts';

export const evaluateTabs = ['wins', 'ratings', 'checkpoints'] as const;
export type EvaluateTab = (typeof evaluateTabs)[number];

interface EvaluateState {
  readonly selected: number | null;
  readonly tab: EvaluateTab;
  readonly axis: Axis;
  /** The models of the form of a new evaluation, the baseline first; null while it is closed. */
  readonly asked: readonly string[] | null;
}

export const useEvaluate = create<EvaluateState>(() => ({
  selected: null,
  tab: 'wins',
  axis: 'kl',
  asked: null,
}));

export const select = (selected: number | null): void => useEvaluate.setState({ selected });
export const showTab = (tab: EvaluateTab): void => useEvaluate.setState({ tab });
export const setAxis = (axis: Axis): void => useEvaluate.setState({ axis });
export const openForm = (asked: readonly string[]): void => useEvaluate.setState({ asked });
export const closeForm = (): void => useEvaluate.setState({ asked: null });

/** The work that answers or judges it now. */
export const useWorkOn = ({ name }: Evaluation) =>
  useWork(({ works }) =>
    works.find((work) => work.kind === 'evaluate' && isUnderWay(work) && work.title.endsWith(`: ${name}`)),
  );

export function judge(evaluation: number): void {
  intend({ judge: evaluation });
  goTo('rank');
}

export const resume = (id: number): void => void perform('evaluations.resume', { id });

export async function remove({ id, name }: Evaluation): Promise<void> {
  const removed = await perform('evaluations.remove', { id });
  if (!removed) return;
  select(null);
  showToast({
    title: `Removed ${name}`,
    action: { label: 'Undo', onPress: () => void undo(removed.change) },
  });
}
