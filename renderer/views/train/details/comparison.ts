/** Settings of several runs side by side. */
import { algorithms } from '../../../../core/contract/algorithms.ts';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { showSetting } from '../form/inputs.ts';

export interface ComparedSetting {
  readonly name: string;
  /** One a run, as it is typed; null where a run has no such setting. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

type Compared = Pick<RunSummary, 'algorithm' | 'settings' | 'seed'>;

/** Every setting that one of the runs has, in the order of its algorithm's table, and the seed. */
export function compareSettings(runs: readonly Compared[]): ComparedSetting[] {
  const known = runs.flatMap(({ algorithm, settings }) => {
    const names = Object.keys(algorithms[algorithm]).filter((name) => name in settings);
    return [...names, ...Object.keys(settings)];
  });
  const names = [...new Set(known)];
  const rows = names.map((name) =>
    rowOf(
      name,
      runs.map(({ settings }) => settings[name]),
    ),
  );
  return [
    ...rows,
    rowOf(
      'seed',
      runs.map(({ seed }) => seed),
    ),
  ];
}

function rowOf(name: string, values: readonly (number | boolean | string | undefined)[]): ComparedSetting {
  const shown = values.map((value) => (value === undefined ? null : String(showSetting(value))));
  return { name, values: shown, differs: new Set(shown).size > 1 };
}
