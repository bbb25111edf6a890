import { CircleCheck, Flag, SkipForward } from 'lucide-react';
import { classes } from '../../components/classes.ts';
import styles from './screen.module.css';

interface ItemNoticesProps {
  readonly status: 'pending' | 'draft' | 'submitted' | 'skipped';
  readonly wasSubmitted: boolean;
  readonly flag: string | null;
}

/** What happened to this item before: what was submitted stays until something else is. */
export function ItemNotices({ status, wasSubmitted, flag }: ItemNoticesProps) {
  return (
    <>
      {wasSubmitted && (
        <p className={styles.notice}>
          <CircleCheck size={15} aria-hidden />
          You submitted this before. Your answer stands until you submit another.
        </p>
      )}
      {status === 'skipped' && (
        <p className={styles.notice}>
          <SkipForward size={15} aria-hidden />
          You skipped this before. You can still answer it.
        </p>
      )}
      {flag !== null && (
        <p className={classes(styles.notice, styles.flagged)}>
          <Flag size={15} aria-hidden />
          Flagged: {flag}
        </p>
      )}
    </>
  );
}
