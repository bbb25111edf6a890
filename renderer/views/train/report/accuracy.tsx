import type { RewardModelReport } from '../../../../core/contract/calls.ts';
import type { Estimate } from '../../../../core/contract/entities.ts';
import { IntervalLine } from '../../../charts/static/interval-line.tsx';
import { Badge } from '../../../components/text.tsx';
import { useCaseNames } from '../../prompts/names.ts';
import styles from './report.module.css';

/** A model that orders at chance has half of the pairs right. */
const CHANCE = 0.5;
const DOMAIN = [0, 1] as const;

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

interface Row {
  readonly name: string;
  readonly estimate: Estimate;
  readonly heldOut?: boolean;
}

/** Accuracy on held-out pairs, and what the labelers themselves reach: a ceiling for any model. */
export function Accuracy({ report }: { readonly report: RewardModelReport }) {
  const { labelerAgreement, selfAgreement, heldOutLabelers } = report;
  const optional = (name: string, estimate: Estimate | null): Row[] => (estimate ? [{ name, estimate }] : []);
  const groups: readonly (readonly [title: string, rows: readonly Row[]])[] = [
    [
      'Overall',
      [
        { name: 'Reward model', estimate: report.accuracy },
        ...optional('Of held-out labelers', heldOutLabelers),
        ...optional('Ceiling: labelers with each other', labelerAgreement),
        ...optional('Ceiling: labelers with themselves', selfAgreement),
      ],
    ],
    ['By labeler', rowsOf(report.byLabeler)],
    ['By use case', rowsOf(report.byUseCase).map(named)],
    ['By how sure the labeler was', rowsOf(report.byConfidence)],
  ];
  const mark = labelerAgreement?.mean ?? CHANCE;
  return (
    <section aria-labelledby="accuracy">
      <h3 id="accuracy">Accuracy: pairs ordered as the labeler ordered them</h3>
      <p className={styles.note}>
        Dots with 95% intervals, from 0 to 100%.{' '}
        {labelerAgreement
          ? `The dashed line is how often labelers agree with each other: ${percent(mark)}.`
          : 'The dashed line is chance.'}
      </p>
      <table className={styles.table}>
        {groups.map(
          ([title, rows]) => rows.length > 0 && <Group key={title} title={title} rows={rows} mark={mark} />,
        )}
      </table>
    </section>
  );
}

const rowsOf = (groups: RewardModelReport['byLabeler']): Row[] =>
  groups.map(({ name, heldOut, accuracy }) => ({ name, heldOut, estimate: accuracy }));

/** What prompts ask for, in the words of the other screens. */
const named = (row: Row): Row => ({
  ...row,
  name: (useCaseNames as Readonly<Record<string, string>>)[row.name] ?? row.name,
});

function Group({ title, rows, mark }: { title: string; rows: readonly Row[]; mark: number }) {
  return (
    <tbody>
      <tr>
        <th colSpan={5} scope="rowgroup">
          {title}
        </th>
      </tr>
      {rows.map(({ name, heldOut = false, estimate }) => (
        <tr key={name}>
          <th scope="row">
            {name} {heldOut && <Badge>held out</Badge>}
          </th>
          <td className={styles.line}>
            <IntervalLine estimate={estimate} domain={DOMAIN} mark={mark} series={0} />
          </td>
          <td className={styles.number}>{percent(estimate.mean)}</td>
          <td className={styles.number}>
            {percent(estimate.low)} to {percent(estimate.high)}
          </td>
          <td className={styles.number}>{estimate.n.toLocaleString('en')} pairs</td>
        </tr>
      ))}
    </tbody>
  );
}
