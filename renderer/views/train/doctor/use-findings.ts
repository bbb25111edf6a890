import { useMemo } from 'react';
import type { Finding, RunSummary } from '../../../../core/contract/calls.ts';
import { useCall } from '../../../stores/use-call.ts';
import { useSlowStep } from '../use-slow-step.ts';

/** Milliseconds between two visits of the doctor while the run is under way. */
const PACE_MS = 2000;

export interface Findings {
  /** The same array while they are the same; undefined until the doctor has looked at this run. */
  readonly findings: readonly Finding[] | undefined;
  readonly error: string | undefined;
}

/** What the doctor finds in a PPO run. */
export function useFindings(run: RunSummary): Findings {
  const input = run.algorithm === 'ppo' ? { path: run.path } : null;
  const { data, error, loading } = useCall('runs.doctor', input, String(useSlowStep(run, PACE_MS)));
  const known = loading || data === undefined ? undefined : JSON.stringify(data);
  const findings = useMemo(
    () => (known === undefined ? undefined : (JSON.parse(known) as readonly Finding[])),
    [known],
  );
  return { findings, error };
}
