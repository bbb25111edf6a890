import type { ImportState } from './import-flow.ts';
import { classes } from '../../../components/classes.ts';
import styles from './import.module.css';

const steps = [
  { id: 'choose', label: 'Choose a file' },
  { id: 'map', label: 'Map its columns' },
  { id: 'check', label: 'Check and import' },
] as const;

/** Where in the import the person is. */
export function Steps({ step }: Pick<ImportState, 'step'>) {
  const at = steps.findIndex(({ id }) => id === step);
  return (
    <ol className={styles.steps} aria-label="Steps">
      {steps.map(({ id, label }, i) => (
        <li
          key={id}
          className={classes(i === at && styles.now, i < at && styles.past)}
          {...(i === at && { 'aria-current': 'step' as const })}
        >
          <span className={styles.number}>{i + 1}</span>
          {label}
        </li>
      ))}
    </ol>
  );
}
