import type { Finding, RunSummary } from '../../../../core/contract/calls.ts';
import { useCall } from '../../../stores/use-call.ts';
import { useSlowly } from '../use-slowly.ts';
import { useLiveRun } from '../live-runs.ts';

/** Milliseconds between two visits of the doctor while the run is under way. */
const PACE_MS = 2000;

/** What the doctor finds in a PPO run; undefined until it has looked. */
export function useFindings({ path, algorithm, step }: RunSummary): readonly Finding[] | undefined {
  const live = useLiveRun(path);
  const seen = useSlowly(live?.step ?? step, PACE_MS);
  return useCall('runs.doctor', algorithm === 'ppo' ? { path } : null, String(seen)).data;
}
