import type { Round, RunSummary } from '../contract/calls.ts';
import type { StoredRound } from '../project/rounds.ts';
import { listSummaries } from './run-records/summary.ts';
import { openRun } from './runs.ts';
import { projectOf, type Service } from './service.ts';

/** The rounds of the project, each with the newest runs that belong to it. */
export function roundsOf(service: Service): Round[] {
  const rounds = projectOf(service).rounds.list();
  const runs = Map.groupBy(rounds.length === 0 ? [] : listSummaries(service), ({ path }) =>
    roundOf(service, path),
  );
  return rounds.map((round) => withRuns(round, runs.get(round.id) ?? []));
}

/** The round of a run that has begun, or waits to. */
function roundOf({ queue }: Service, path: string): number | undefined {
  const request = openRun(path)?.manifest['request'];
  if (typeof request === 'object' && request !== null && 'round' in request) return Number(request.round);
  const task = queue.taskOf(path);
  return task?.kind === 'run' ? task.request.round : undefined;
}

function withRuns(round: StoredRound, runs: readonly RunSummary[]): Round {
  const newest = (algorithm: RunSummary['algorithm']) =>
    runs.find((run) => run.algorithm === algorithm) ?? null;
  const rewardModel = newest('reward-model');
  return {
    ...round,
    rewardModel,
    accuracy: rewardModel === null ? null : accuracyOf(rewardModel),
    ppo: newest('ppo'),
  };
}

/** On held-out pairs, when it was measured last. */
function accuracyOf({ path }: RunSummary): number | null {
  const measured = openRun(path)?.metricColumns().values['eval_accuracy'];
  return measured?.findLast((value) => !Number.isNaN(value)) ?? null;
}
