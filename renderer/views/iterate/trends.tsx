import type { Round } from '../../../core/contract/calls.ts';
import { domainOf } from '../../charts/static/domain.ts';
import { TinyLines } from '../../charts/static/tiny-lines.tsx';
import styles from './iterate.module.css';
import { trendsOf } from './stages.ts';

/** What became of each round, small and side by side. */
export function Trends({ rounds }: { readonly rounds: readonly Round[] }) {
  const trends = trendsOf(rounds);
  // One round is told by its own card.
  if (!trends.some(({ points }) => points.length > 1)) return null;
  const x = domainOf(rounds.map(({ number }) => number));
  return (
    <section className={styles.trends} aria-label="Across rounds">
      {trends.map(({ id, title, format, points }, series) => (
        <TinyLines
          key={id}
          title={title}
          x={x}
          series={series}
          format={format}
          points={points.map(({ round, value }) => ({
            x: round,
            y: value,
            title: `Round ${round}: ${format(value)}`,
          }))}
        />
      ))}
    </section>
  );
}
