/** Which items the Rank screen shows: those that train, or those of an evaluation, which never do. */
import { create } from 'zustand';
import type { Evaluation } from '../../../core/contract/calls.ts';
import { useProject } from '../../stores/session.ts';
import { useCall } from '../../stores/use-call.ts';

interface Judging {
  /** Folder of the project that the evaluation is of. */
  readonly project: string;
  readonly evaluation: number | null;
}

const useJudging = create<Judging>(() => ({ project: '', evaluation: null }));

export const judgeEvaluation = (project: string, evaluation: number): void =>
  useJudging.setState({ project, evaluation });
export const rankForTraining = (): void => useJudging.setState({ evaluation: null });

/** The evaluation that is judged in a project; null for ranking what trains. */
export const useJudged = (project: string): number | null =>
  useJudging((state) => (state.project === project ? state.evaluation : null));

interface Judged {
  readonly evaluation: Evaluation | null;
  /** Those that somebody can judge. */
  readonly all: readonly Evaluation[];
  readonly project: string;
  /** The evaluation is gone: it was removed. */
  readonly isGone: boolean;
}

/** The evaluation that is judged now, among those there are. */
export function useEvaluations(): Judged {
  const project = useProject()?.path ?? '';
  const judged = useJudged(project);
  const { data } = useCall('evaluations.list', {});
  const evaluation = data?.find(({ id }) => id === judged) ?? null;
  return {
    evaluation,
    all: (data ?? []).filter(({ id, answered }) => answered > 0 || id === judged),
    project,
    isGone: judged !== null && data !== undefined && evaluation === null,
  };
}
