import type { EvaluationReport } from '../../contract/calls.ts';
import { html, type Html } from './html.ts';
import { paragraph, section, showEstimate, showPercent, table } from './tables.ts';

/** What people said of the models of some runs. */
export function evaluationSection(reports: readonly EvaluationReport[]): Html {
  const [first] = reports;
  return section(2, 'Evaluations', ...reports.map(oneEvaluation), first ? paragraph(first.method) : html``);
}

function oneEvaluation({ evaluation, winRates, models }: EvaluationReport): Html {
  const rows = evaluation.models.map(({ name }, model) => {
    const rate = winRates.find((each) => each.model === model);
    const { overall, reward, gold, kl, tokens } = models[model]!;
    return [
      ...[name, model === 0 ? 'the others are compared with it' : showEstimate(rate?.overall, showPercent)],
      ...[showEstimate(rate?.heldOut, showPercent), showEstimate(overall), showEstimate(reward)],
      ...[showEstimate(gold), showEstimate(kl), showEstimate(tokens)],
    ];
  });
  const headings = [
    ...['Model', 'Preferred to the first', 'By held-out labelers', 'Likert 1–7'],
    ...['Reward', 'Hidden preference', 'KL, nats', 'Tokens'],
  ];
  const { name, prompts, answered, judged } = evaluation;
  return section(
    3,
    name,
    paragraph(`${answered} of ${prompts} prompts answered, ${judged} judged.`),
    table(headings, rows),
  );
}
