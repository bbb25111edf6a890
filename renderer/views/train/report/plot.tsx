import type { ReactNode } from 'react';
import styles from './report.module.css';

/** Width and height of what is drawn, in units of the picture. */
export const WIDTH = 260;
export const HEIGHT = 180;

interface PlotProps {
  readonly title: string;
  /** What the picture shows, in words and numbers. */
  readonly summary: string;
  readonly x: { readonly label: string; readonly from: string; readonly to: string };
  readonly y: { readonly label: string; readonly from: string; readonly to: string };
  readonly children: ReactNode;
}

/** A small picture with its axes named; the children are drawn in `WIDTH` by `HEIGHT`, y downwards. */
export function Plot({ title, summary, x, y, children }: PlotProps) {
  return (
    <figure className={styles.plot}>
      <figcaption>{title}</figcaption>
      <svg viewBox={`-44 -6 ${WIDTH + 54} ${HEIGHT + 44}`} role="img" aria-label={`${title}. ${summary}`}>
        <rect className={styles.ground} width={WIDTH} height={HEIGHT} />
        {children}
        <text x={0} y={HEIGHT + 14}>
          {x.from}
        </text>
        <text x={WIDTH} y={HEIGHT + 14} textAnchor="end">
          {x.to}
        </text>
        <text x={WIDTH / 2} y={HEIGHT + 30} textAnchor="middle">
          {x.label}
        </text>
        <text x={-5} y={HEIGHT} textAnchor="end">
          {y.from}
        </text>
        <text x={-5} y={10} textAnchor="end">
          {y.to}
        </text>
        <text transform={`translate(-32 ${HEIGHT / 2}) rotate(-90)`} textAnchor="middle">
          {y.label}
        </text>
      </svg>
      <p className={styles.note}>{summary}</p>
    </figure>
  );
}
