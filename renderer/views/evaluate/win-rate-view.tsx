import { useState } from 'react';
import type { EvaluationReport, WinRates } from '../../../core/contract/calls.ts';
import { Select } from '../../components/select.tsx';
import { useCaseNames } from '../prompts/names.ts';
import { EstimateTable, type EstimateRow } from './estimate-table.tsx';
import styles from './evaluate.module.css';
import { percent } from './numbers.ts';

const SHARES = [0, 1] as const;

/** How often each model is preferred to the baseline: over all, and by what the prompt asks and who judged. */
export function WinRateView({ report }: { readonly report: EvaluationReport }) {
  const { evaluation, winRates, method } = report;
  const [chosen, setChosen] = useState<string | null>(null);
  const name = (at: number) => evaluation.models[at]?.name ?? '';
  const rates = winRates.find(({ model }) => String(model) === chosen) ?? winRates[0];
  if (!rates || winRates.every(({ overall }) => overall === null)) return <NotJudged />;
  return (
    <div className={styles.parts}>
      <Shares
        caption={`Preferred to ${name(0)}`}
        rows={winRates.map(({ model, overall }) => ({
          id: String(model),
          label: name(model),
          estimate: overall,
          series: model,
        }))}
      />
      <p className={styles.note}>
        A tie counts half; the dashed line is 50%, where neither is preferred. {method}
      </p>
      {winRates.length > 1 && (
        <div className={styles.choice}>
          <Select
            label="In detail"
            items={winRates.map(({ model }) => ({ id: String(model), label: name(model) }))}
            value={String(rates.model)}
            onChange={setChosen}
          />
        </div>
      )}
      <Detail rates={rates} title={`${name(rates.model)} against ${name(0)}`} />
    </div>
  );
}

function Detail({ rates, title }: { readonly rates: WinRates; readonly title: string }) {
  const { model: series, training, heldOut, byUseCase, byLabeler } = rates;
  return (
    <>
      <Shares
        caption={`${title}: who judged`}
        rows={[
          { id: 'training', label: 'Labelers who train', estimate: training, series },
          { id: 'heldOut', label: 'Held-out labelers', estimate: heldOut, series },
          ...byLabeler.map(({ labeler, rate }) => ({
            id: String(labeler.id),
            label: labeler.heldOut ? `${labeler.name} (held out)` : labeler.name,
            estimate: rate,
            series,
          })),
        ]}
      />
      <Shares
        caption={`${title}: what is asked`}
        rows={byUseCase.map(({ useCase, rate }) => ({
          id: useCase ?? 'none',
          label: useCase ? useCaseNames[useCase] : 'No use case',
          estimate: rate,
          series,
        }))}
      />
    </>
  );
}

const Shares = (props: { readonly caption: string; readonly rows: readonly EstimateRow[] }) => (
  <EstimateTable {...props} domain={SHARES} mark={0.5} format={percent} counts="Judged" />
);

const NotJudged = () => (
  <p className={styles.note}>
    Nobody has judged yet. Press Judge to rank the answers blind; the win rate with its interval appears here.
  </p>
);
