import type { CSSProperties } from 'react';
import type { Estimate } from '../../../core/contract/entities.ts';
import { colourToken } from '../palette.ts';
import { placeIn, type Domain } from './domain.ts';
import styles from './static.module.css';

interface IntervalLineProps {
  readonly estimate: Estimate;
  readonly domain: Domain;
  /** Where a line stands for comparison, as 50% of a win rate. */
  readonly mark?: number;
  /** Which of the chart colours. */
  readonly series: number;
}

/** An estimate as a dot on its 95% interval. It is drawn for the eye: the numbers stand beside it as text. */
export function IntervalLine({ estimate, domain, mark, series }: IntervalLineProps) {
  const at = (value: number) => `${100 * placeIn(domain, value)}%`;
  const { mean, low, high } = estimate;
  return (
    <svg className={styles.line} style={{ '--series': colourToken(series) } as CSSProperties} aria-hidden>
      <line className={styles.ground} x1="0" x2="100%" y1="50%" y2="50%" />
      {mark !== undefined && <line className={styles.mark} x1={at(mark)} x2={at(mark)} y1="0" y2="100%" />}
      <line className={styles.interval} x1={at(low)} x2={at(high)} y1="50%" y2="50%" />
      <circle className={styles.dot} cx={at(mean)} cy="50%" r="4.5" />
    </svg>
  );
}
