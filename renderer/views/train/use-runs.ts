import { useEffect } from 'react';
import type { RunSummary } from '../../../core/contract/calls.ts';
import { useCall } from '../../stores/use-call.ts';
import { followLiveRuns, forgetLiveRuns } from './live-runs.ts';

interface Runs {
  /** Newest first; undefined until they were read. */
  readonly runs: readonly RunSummary[] | undefined;
  readonly error: string | undefined;
}

/** The runs of the project, and from then on where those under way have come to. */
export function useRuns(): Runs {
  const { data: runs, error } = useCall('runs.list', {});
  useEffect(followLiveRuns, []);
  useEffect(forgetLiveRuns, [runs]);
  return { runs, error };
}
