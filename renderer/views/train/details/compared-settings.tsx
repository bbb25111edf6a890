import { useState } from 'react';
import { algorithms } from '../../../../core/contract/algorithms.ts';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import type { SettingsTable } from '../../../../core/contract/settings.ts';
import { classes } from '../../../components/classes.ts';
import { Switch } from '../../../components/toggles.tsx';
import { compareSettings, type ComparedSetting } from './comparison.ts';
import styles from './details.module.css';

/** Settings of one run, or of several side by side. */
export function ComparedSettings({ runs }: { readonly runs: readonly RunSummary[] }) {
  const [onlyDifferences, setOnlyDifferences] = useState(true);
  const isAlone = runs.length < 2;
  const rows = compareSettings(runs);
  const shown = isAlone || !onlyDifferences ? rows : rows.filter(({ differs }) => differs);
  return (
    <div className={styles.compared}>
      {!isAlone && (
        <Switch isSelected={onlyDifferences} onChange={setOnlyDifferences}>
          Only what differs ({rows.filter(({ differs }) => differs).length} of {rows.length})
        </Switch>
      )}
      {shown.length === 0 ? (
        <p className={styles.muted}>All settings are the same.</p>
      ) : (
        <div className={styles.scroller} role="region" aria-label="Table of settings" tabIndex={0}>
          <table className={styles.table}>
            <Head runs={runs} />
            <tbody>
              {shown.map((row) => (
                <Row key={row.name} row={row} what={meaningOf(row.name, runs)} isAlone={isAlone} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function Head({ runs }: { readonly runs: readonly RunSummary[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">Setting</th>
        {runs.map(({ path, name }) => (
          <th key={path} scope="col">
            {runs.length > 1 ? name : 'Value'}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RowProps {
  readonly row: ComparedSetting;
  readonly what: string;
  readonly isAlone: boolean;
}

function Row({ row: { name, values, differs }, what, isAlone }: RowProps) {
  return (
    <tr className={classes(differs && !isAlone && styles.differs)}>
      <th scope="row" title={what}>
        <code>{name}</code>
        {isAlone && <small>{what}</small>}
      </th>
      {values.map((value, i) => (
        <td key={i}>{value ?? <span className={styles.muted}>–</span>}</td>
      ))}
    </tr>
  );
}

const meaningOf = (name: string, runs: readonly RunSummary[]): string =>
  runs
    .map(({ algorithm }) => (algorithms[algorithm] as SettingsTable)[name]?.what)
    .find((what) => what !== undefined) ?? '';
