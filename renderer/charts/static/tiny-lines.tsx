import type { CSSProperties } from 'react';
import { colourToken } from '../palette.ts';
import { domainOf, placeIn, type Domain } from './domain.ts';
import styles from './static.module.css';

export interface TinyPoint {
  readonly x: number;
  readonly y: number;
  /** Its 95% interval. */
  readonly low?: number;
  readonly high?: number;
  /** What a pointer on it is told. */
  readonly title: string;
}

interface TinyLinesProps {
  readonly title: string;
  readonly points: readonly TinyPoint[];
  /** Shared with the panels beside it. */
  readonly x: Domain;
  readonly format: (value: number) => string;
  readonly series: number;
  readonly mark?: number;
}

/** A small panel of one quantity over another, drawn for the eye: its numbers stand elsewhere as text. */
export function TinyLines({ title, points, x, format, series, mark }: TinyLinesProps) {
  const ends = points.flatMap(({ y, low = y, high = y }) => [low, high]);
  const y = domainOf(mark === undefined || points.length === 0 ? ends : [...ends, mark]);
  const across = (value: number) => 100 * placeIn(x, value);
  const down = (value: number) => 100 * (1 - placeIn(y, value));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return (
    <figure className={styles.panel} style={{ '--series': colourToken(series) } as CSSProperties}>
      <figcaption>{title}</figcaption>
      <div className={styles.plot}>
        {points.length === 0 ? (
          <p>Not known</p>
        ) : (
          <>
            <Ends high={format(high)} low={high > low ? format(low) : null} />
            <svg aria-hidden>
              {mark !== undefined && (
                <line className={styles.mark} x1="0" x2="100%" y1={`${down(mark)}%`} y2={`${down(mark)}%`} />
              )}
              {/* A polyline knows no percentages: it has a picture of its own that is stretched. */}
              <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">
                <polyline
                  className={styles.curve}
                  points={points.map((point) => `${across(point.x)},${down(point.y)}`).join(' ')}
                />
              </svg>
              {points.map((point) => (
                <Point key={`${point.x} ${point.title}`} {...point} across={across} down={down} />
              ))}
            </svg>
          </>
        )}
      </div>
    </figure>
  );
}

/** What the highest and the lowest end of an interval stand for. */
const Ends = ({ high, low }: { readonly high: string; readonly low: string | null }) => (
  <span className={styles.ends} aria-hidden>
    <span>{high}</span>
    <span>{low}</span>
  </span>
);

interface PointProps extends TinyPoint {
  readonly across: (value: number) => number;
  readonly down: (value: number) => number;
}

function Point({ x, y, low, high, title, across, down }: PointProps) {
  const cx = `${across(x)}%`;
  return (
    <g>
      <title>{title}</title>
      {low !== undefined && high !== undefined && (
        <line className={styles.interval} x1={cx} x2={cx} y1={`${down(low)}%`} y2={`${down(high)}%`} />
      )}
      <circle className={styles.dot} cx={cx} cy={`${down(y)}%`} r="3.5" />
    </g>
  );
}
