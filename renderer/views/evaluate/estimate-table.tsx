import type { Estimate } from '../../../core/contract/entities.ts';
import type { Domain } from '../../charts/static/domain.ts';
import { IntervalLine } from '../../charts/static/interval-line.tsx';
import styles from './estimate-table.module.css';
import { estimateWords, type Format } from './numbers.ts';

export interface EstimateRow {
  readonly id: string;
  readonly label: string;
  /** null where nothing is known yet. */
  readonly estimate: Estimate | null;
  /** Which of the chart colours. */
  readonly series: number;
}

interface EstimateTableProps {
  readonly caption: string;
  readonly rows: readonly EstimateRow[];
  readonly domain: Domain;
  readonly format: Format;
  readonly mark?: number;
  /** What is counted in n. */
  readonly counts: string;
}

/** Estimates under each other, each drawn with its interval and said in numbers. */
export function EstimateTable({ caption, rows, domain, format, mark, counts }: EstimateTableProps) {
  return (
    <table className={styles.table}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className={styles.unseen}>Name</span>
          </th>
          <th scope="col">
            <span className={styles.unseen}>Drawn</span>
            <span className={styles.axis} aria-hidden>
              <span>{format(domain[0])}</span>
              {mark !== undefined && <span>{format(mark)}</span>}
              <span>{format(domain[1])}</span>
            </span>
          </th>
          <th scope="col">Mean (95% interval)</th>
          <th scope="col">{counts}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, label, estimate, series }) => (
          <tr key={id}>
            <th scope="row" title={label}>
              {label}
            </th>
            <td className={styles.drawn}>
              {estimate && (
                <IntervalLine
                  estimate={estimate}
                  domain={domain}
                  series={series}
                  {...(mark !== undefined && { mark })}
                />
              )}
            </td>
            <td>{estimate ? estimateWords(estimate, format) : '–'}</td>
            <td>{estimate ? estimate.n.toLocaleString('en') : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
