import { Table2 } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { PopoverButton } from '../../components/popover.tsx';
import type { Facets } from './filters.ts';
import { useCaseNames } from './names.ts';
import { percent, proportionsOf, type Proportion, type Proportions } from './proportions.ts';
import styles from './proportions-strip.module.css';

interface ProportionsStripProps {
  readonly facets: Facets;
  readonly chosen: readonly (string | null)[];
  /** A use case was pressed. */
  readonly onPress: (useCase: Proportion['useCase']) => void;
}

/** A bar for each use case, with a mark where InstructGPT's prompts have it. */
export function ProportionsStrip({ facets, chosen, onPress }: ProportionsStripProps) {
  const proportions = proportionsOf(facets);
  const longest = Math.max(...proportions.rows.flatMap(({ share, expected }) => [share, expected]));
  return (
    <section className={styles.strip} aria-label="Use cases against those of InstructGPT">
      {proportions.rows.map((row) => (
        <button
          key={row.useCase}
          type="button"
          className={classes(styles.cell, chosen.includes(row.useCase) && styles.chosen)}
          aria-pressed={chosen.includes(row.useCase)}
          title={`${useCaseNames[row.useCase]}: ${percent(row.share)}, InstructGPT ${percent(row.expected)}`}
          onClick={() => onPress(row.useCase)}
        >
          <span className={styles.name}>{useCaseNames[row.useCase]}</span>
          <span className={styles.measure}>
            <span className={styles.track}>
              <span className={styles.bar} style={{ width: percent(row.share / longest) }} />
              <span className={styles.mark} style={{ left: percent(row.expected / longest) }} />
            </span>
            <span className={styles.share}>{percent(row.share, 0)}</span>
            <span className={styles.spoken}>InstructGPT {percent(row.expected)}</span>
          </span>
        </button>
      ))}
      <PopoverButton
        label="Use cases"
        trigger={<IconButton label="Show use cases as a table" icon={Table2} size="sm" />}
      >
        <ProportionsTable {...proportions} />
      </PopoverButton>
    </section>
  );
}

function ProportionsTable({ rows, counted, without, distance }: Proportions) {
  return (
    <div className={styles.tablePanel}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Use case</th>
            <th scope="col">Prompts</th>
            <th scope="col">Share</th>
            <th scope="col">InstructGPT</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ useCase, count, share, expected }) => (
            <tr key={useCase}>
              <th scope="row">{useCaseNames[useCase]}</th>
              <td>{count.toLocaleString('en')}</td>
              <td>{percent(share)}</td>
              <td>{percent(expected)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        Shares of the {counted.toLocaleString('en')} prompts shown that have a use case;{' '}
        {without.toLocaleString('en')} have none. To match InstructGPT, {percent(distance, 0)} of them would
        need another.
      </p>
    </div>
  );
}
