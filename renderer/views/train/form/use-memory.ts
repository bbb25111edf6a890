import type { CallOutput, RunForm } from '../../../../core/contract/calls.ts';
import { useCall } from '../../../stores/use-call.ts';
import { bytesWords } from '../figures.ts';
import type { Checked } from './use-checked.ts';

export type MemoryVerdict = CallOutput<'runs.memory'>;

export interface PlannedRun {
  /** Of the form as it was last known to be fine; undefined until there is one. */
  readonly verdict: MemoryVerdict | undefined;
  readonly isPlanning: boolean;
  /** Why it could not be planned. */
  readonly error: string | undefined;
}

/** The memory that a run will take, once its form is fine. What it is called has no bearing. */
export function useMemory(form: RunForm | null): PlannedRun {
  const { data, loading, error } = useCall('runs.memory', form && { ...form, name: 'plan' });
  return { verdict: data, isPlanning: loading, error };
}

/** `282 MB of memory`; nothing while that is not known. */
export function memoryWords({ verdict, isPlanning }: PlannedRun): string {
  if (!verdict || isPlanning) return '';
  return verdict.memories
    .map(({ place, total }) => `${bytesWords(total)} of ${place === 'host' ? 'memory' : verdict.device.name}`)
    .join(', ');
}

/** What does not fit cannot start; the setting to change says so. */
export function withMemory(checked: Checked, { verdict, isPlanning }: PlannedRun): Checked {
  const refusal = verdict?.refusal ?? null;
  if (checked.form === null || isPlanning || refusal === null) return checked;
  const [setting] = Object.keys(verdict?.changes ?? {});
  const field = setting === undefined ? 'memory' : `settings.${setting}`;
  return { ...checked, problems: { ...checked.problems, [field]: refusal }, form: null };
}
