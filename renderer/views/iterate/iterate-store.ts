/** What is done with rounds, and the work that was begun for them in this window. */
import { create } from 'zustand';
import type { Round } from '../../../core/contract/calls.ts';
import { showToast } from '../../components/toasts.tsx';
import { intend } from '../../stores/intents.ts';
import { perform, undo } from '../../stores/perform.ts';
import { goTo } from '../../stores/ui.ts';
import { isUnderWay, useWork } from '../../stores/work.ts';
import { rankForTraining } from '../rank/judging.ts';
import { saveFile } from '../sampling/save-file.ts';
import { showRun } from '../train/train-store.ts';
import type { Action, Stage } from './stages.ts';

interface IterateState {
  /** The round whose form of sampling is open. */
  readonly sampling: number | null;
  /** Works that sample, by round. */
  readonly works: Readonly<Record<number, string>>;
}

export const useIterate = create<IterateState>(() => ({ sampling: null, works: {} }));

export const closeSampling = (): void => useIterate.setState({ sampling: null });

export const noteSampling = (round: number, work: string): void =>
  useIterate.setState(({ works }) => ({ works: { ...works, [round]: work } }));

/** The work that samples for a round now, where it was begun in this window. */
export function useSamplingOf({ id }: Round) {
  const begun = useIterate(({ works }) => works[id]);
  return useWork(({ works }) => works.find((work) => work.id === begun && isUnderWay(work)));
}

export interface Act {
  readonly round: Round;
  readonly stage: Stage;
  /** The model that PPO made; null while there is none. */
  readonly made: string | null;
}

/** What each action does. */
const acts: Record<Action, (act: Act) => void> = {
  sample: ({ round }) => useIterate.setState({ sampling: round.id }),
  rank: () => {
    rankForTraining();
    goTo('rank');
  },
  rewardModel: ({ round }) => train('reward-model', round),
  ppo: ({ round }) => train('ppo', round),
  watch: ({ stage }) => {
    if (stage.run) showRun(stage.run.path);
    goTo('train');
  },
  evaluate: ({ round, made }) => {
    if (made === null) return;
    intend({ evaluate: [round.policy.path, made] });
    goTo('evaluate');
  },
  nextRound: ({ made }) => {
    if (made !== null) void startRound(made);
  },
};

export const act = (action: Action, act: Act): void => acts[action](act);

function train(algorithm: 'reward-model' | 'ppo', round: Round): void {
  intend({ newRun: { algorithm, round: round.id } });
  goTo('train');
}

export async function startRound(policy: string): Promise<void> {
  const round = await perform('rounds.start', { policy });
  if (round) showToast({ tone: 'success', title: `Round ${round.number} begins with ${round.policy.name}` });
}

export const annotate = ({ id }: Round, note: string): void => void perform('rounds.annotate', { id, note });

export async function removeRound({ id, number }: Round): Promise<void> {
  const removed = await perform('rounds.remove', { id });
  if (!removed) return;
  showToast({
    title: `Removed round ${number}; its runs and rankings stay`,
    action: { label: 'Undo', onPress: () => void undo(removed.change) },
  });
}

/** Writes it into the project, and offers a copy to keep elsewhere. */
export async function writeReport({ id, number }: Round): Promise<void> {
  const report = await perform('reports.write', { round: id });
  if (!report) return;
  showToast({
    tone: 'success',
    title: `Report written to ${report.path}`,
    action: {
      label: 'Save a copy',
      onPress: () => saveFile(`round-${number}.html`, 'text/html', report.html),
    },
  });
}
