import type { EvaluationReport, ModelResults } from '../../../core/contract/calls.ts';
import { metadataLabels, type Estimate, type MetadataLabel } from '../../../core/contract/entities.ts';
import { domainOf } from '../../charts/static/domain.ts';
import { EstimateTable, type EstimateRow } from './estimate-table.tsx';
import styles from './evaluate.module.css';
import { LikertCounts } from './likert-counts.tsx';
import { decimal, percent, type Format } from './numbers.ts';

const LIKERT = [1, 7] as const;
const SHARES = [0, 1] as const;

/** What is said of each model's answers alone, in the manner of figure 4 of the InstructGPT paper. */
export function Ratings({ report }: { readonly report: EvaluationReport }) {
  const { models, method } = report;
  const rowsOf = rowsBy(report);
  const labels = (Object.keys(metadataLabels) as MetadataLabel[]).filter((label) =>
    models.some((results) => results.labels[label]),
  );
  const isRated = models.some(({ overallCounts }) => overallCounts.some((count) => count > 0));
  return (
    <div className={styles.parts}>
      {isRated ? (
        <>
          <EstimateTable
            caption="Overall quality, 1 to 7"
            rows={rowsOf(({ overall }) => overall)}
            domain={LIKERT}
            format={decimal}
            counts="Rated"
          />
          <LikertCounts report={report} />
        </>
      ) : (
        <p className={styles.note}>
          No answer is rated yet. Answers are rated before they are ranked where the settings ask for it.
        </p>
      )}
      {labels.map((label) => (
        <EstimateTable
          key={label}
          caption={metadataLabels[label]}
          rows={rowsOf((results) => results.labels[label] ?? null)}
          domain={SHARES}
          format={percent}
          counts="Answered"
        />
      ))}
      <Measured report={report} />
      <p className={styles.note}>{method}</p>
    </div>
  );
}

const rowsBy =
  ({ evaluation, models }: EvaluationReport) =>
  (of: (results: ModelResults) => Estimate | null): EstimateRow[] =>
    models.map((results, at) => ({
      id: String(at),
      label: evaluation.models[at]?.name ?? '',
      estimate: of(results),
      series: at,
    }));

const MEASURES: readonly {
  key: 'reward' | 'gold' | 'kl' | 'tokens' | 'ended';
  title: string;
  format: Format;
}[] = [
  { key: 'reward', title: 'Reward of the reward model', format: decimal },
  { key: 'gold', title: 'Hidden preference, 0 to 1', format: decimal },
  { key: 'kl', title: 'KL to the baseline, nats a completion', format: decimal },
  { key: 'tokens', title: 'Tokens of an answer', format: decimal },
  { key: 'ended', title: 'Ended by itself', format: percent },
];

/** What needs no person: scores and lengths of all answers. */
function Measured({ report }: { readonly report: EvaluationReport }) {
  const rowsOf = rowsBy(report);
  return MEASURES.map(({ key, title, format }) => {
    const rows = rowsOf((results) => results[key]);
    const ends = rows.flatMap(({ estimate }) => (estimate ? [estimate.low, estimate.high] : []));
    if (ends.length === 0) return null;
    return (
      <EstimateTable
        key={key}
        caption={title}
        rows={rows}
        domain={key === 'ended' ? SHARES : domainOf(ends)}
        format={format}
        counts="Answers"
      />
    );
  });
}
