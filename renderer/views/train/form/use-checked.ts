import { useEffect, useState } from 'react';
import type { CallOutput, RunForm } from '../../../../core/contract/calls.ts';
import { useCall } from '../../../stores/use-call.ts';
import { formOf, localProblems, type Draft } from './draft.ts';

export interface Checked {
  /** By field: `settings.klCoef`, `model`, `data.prompts`. */
  readonly problems: Readonly<Record<string, string>>;
  /** What it would do; null until that is known, and while anything is wrong. */
  readonly plan: Pick<CallOutput<'runs.check'>, 'steps' | 'examples'> | null;
  /** The form to start with; null while it is not known to be fine. */
  readonly form: RunForm | null;
  readonly isChecking: boolean;
  /** Why it could not be checked. */
  readonly error: string | undefined;
}

const CHECK_AFTER_MS = 300;

/** Ranges at once, all that takes models and data to know a moment after the last change. */
export function useChecked(draft: Draft): Checked {
  const local = localProblems(draft);
  const form = formOf(draft);
  const settled = useSettled(JSON.stringify(form));
  const checked = useCall('runs.check', JSON.parse(settled) as RunForm | null);
  const isChecking = form !== null && (checked.loading || settled !== JSON.stringify(form));
  const answer = form === null || isChecking ? undefined : checked.data;
  const remote = form === null ? [] : (checked.data?.problems ?? []);
  const isFine = answer?.problems.length === 0 && checked.error === undefined;
  return {
    problems: { ...Object.fromEntries(remote.map(({ field, message }) => [field, message])), ...local },
    plan: isFine ? answer : null,
    form: isFine ? form : null,
    isChecking,
    error: checked.error,
  };
}

/** A text once it has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
