import type { Estimate } from '../../../core/contract/entities.ts';
import styles from './labelers.module.css';

const percent = (share: number) => `${Math.round(100 * share)}%`;

/** An estimated share: a point within its interval, on a line from 0 to 1. */
export function IntervalBar({ label, estimate }: { readonly label: string; readonly estimate: Estimate }) {
  const { mean, low, high, n } = estimate;
  const words = `${percent(mean)}, between ${percent(low)} and ${percent(high)}, from ${n} pairs`;
  return (
    <div className={styles.interval} role="img" aria-label={`${label}: ${words}`} title={words}>
      <span className={styles.mean}>{percent(mean)}</span>
      <span className={styles.line}>
        <span className={styles.span} style={{ left: percent(low), right: percent(1 - high) }} />
        <span className={styles.point} style={{ left: percent(mean) }} />
      </span>
    </div>
  );
}
