import { CircleAlert, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { keyLabels } from './key-labels.ts';
import styles from './text.module.css';

export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger';

export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return <span className={classes(styles.badge, styles[tone])}>{children}</span>;
}

/** A key combination as `Mod+Enter`, one cap for each key. */
export function Kbd({ combo }: { readonly combo: string }) {
  return (
    <kbd className={styles.kbd}>
      {keyLabels(combo).map((label) => (
        <kbd key={label}>{label}</kbd>
      ))}
    </kbd>
  );
}

export function ErrorMessage({ children }: { readonly children: ReactNode }) {
  return (
    <div role="alert" className={styles.error}>
      <CircleAlert size={15} aria-hidden />
      <span>{children}</span>
    </div>
  );
}

export function Spinner({ label }: { readonly label: string }) {
  return (
    <span role="status" className={styles.spinner}>
      <LoaderCircle size={15} aria-hidden />
      {label}
    </span>
  );
}
