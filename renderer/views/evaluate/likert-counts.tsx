import type { EvaluationReport } from '../../../core/contract/calls.ts';
import styles from './likert-counts.module.css';

const POINTS = [1, 2, 3, 4, 5, 6, 7] as const;

/** How often each point of the scale was given to each model. */
export function LikertCounts({ report: { evaluation, models } }: { readonly report: EvaluationReport }) {
  return (
    <table className={styles.table}>
      <caption>How often each was given</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className={styles.unseen}>Model</span>
          </th>
          {POINTS.map((point) => (
            <th key={point} scope="col">
              {point}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {models.map(({ overallCounts }, at) => (
          <tr key={evaluation.models[at]?.path ?? at}>
            <th scope="row">{evaluation.models[at]?.name}</th>
            {overallCounts.map((count, point) => (
              <Count key={point} count={count} share={shareOf(count, overallCounts)} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const shareOf = (count: number, counts: readonly number[]): number =>
  count /
  Math.max(
    1,
    counts.reduce((a, b) => a + b, 0),
  );

/** The darker, the larger its share of the model's ratings. */
function Count({ count, share }: { readonly count: number; readonly share: number }) {
  const strength = Math.round(70 * share);
  return (
    <td style={{ background: `color-mix(in srgb, var(--accent) ${strength}%, transparent)` }}>
      {count > 0 ? count : ''}
    </td>
  );
}
