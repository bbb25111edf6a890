/** Every number of a report as a table: a row an estimate. */
import type { EvaluationReport, ModelResults } from '../../../core/contract/calls.ts';
import { metadataLabels, type Estimate, type MetadataLabel } from '../../../core/contract/entities.ts';

const HEADER = ['model', 'against', 'measure', 'group', 'mean', 'low', 'high', 'n'] as const;

type Value = string | number;

export function csvOf(report: EvaluationReport): string {
  const rows = [HEADER, ...winRows(report), ...modelRows(report)];
  return `${rows.map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`;
}

/** With what a table may take for a formula made harmless: names are other people's text. */
function quoted(value: Value): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const numbersOf = ({ mean, low, high, n }: Estimate): Value[] => [mean, low, high, n];

function winRows({ evaluation: { models }, winRates }: EvaluationReport): Value[][] {
  const name = (at: number) => models[at]?.name ?? '';
  return winRates.flatMap((rates) => {
    const row = (measure: string, group: string, estimate: Estimate | null): Value[][] =>
      estimate ? [[name(rates.model), name(rates.against), measure, group, ...numbersOf(estimate)]] : [];
    return [
      ...row('win rate', 'all', rates.overall),
      ...row('win rate', 'training labelers', rates.training),
      ...row('win rate', 'held-out labelers', rates.heldOut),
      ...rates.byUseCase.flatMap(({ useCase, rate }) => row('win rate by use case', useCase ?? 'none', rate)),
      ...rates.byLabeler.flatMap(({ labeler, rate }) => row('win rate by labeler', labeler.name, rate)),
    ];
  });
}

const MEASURES = {
  overall: 'Likert scale, 1 to 7',
  reward: 'reward',
  gold: 'hidden preference',
  kl: 'KL to the first model, nats a completion',
  tokens: 'tokens',
  ended: 'share that ended by itself',
} as const satisfies Partial<Record<keyof ModelResults, string>>;

function modelRows({ evaluation, models }: EvaluationReport): Value[][] {
  return models.flatMap((results, at) => {
    const name = evaluation.models[at]?.name ?? '';
    const measured = Object.entries(MEASURES).flatMap(([key, measure]) => {
      const estimate = results[key as keyof typeof MEASURES];
      return estimate ? [[name, '', measure, '', ...numbersOf(estimate)]] : [];
    });
    const labels = Object.entries(results.labels).map(([label, estimate]) => [
      name,
      '',
      'label',
      metadataLabels[label as MetadataLabel],
      ...numbersOf(estimate),
    ]);
    return [...measured, ...labels];
  });
}
