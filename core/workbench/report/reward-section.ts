import type { RewardModelReport } from '../../contract/calls.ts';
import { lineChart } from './chart.ts';
import { html, type Html } from './html.ts';
import { facts, section, showEstimate, showNumber, showPercent, showTime, table } from './tables.ts';

/** How far a reward model can be relied on. */
export function rewardSection(report: RewardModelReport | null, title: string, level: 3 | 4): Html {
  if (report === null) return html``;
  const { accuracy, heldOutLabelers, labelerAgreement, selfAgreement, lengthCorrelation } = report;
  const summary = facts([
    ['Accuracy on held-out pairs', `${showEstimate(accuracy, showPercent)}, n = ${accuracy.n}`],
    ['On held-out labelers', showEstimate(heldOutLabelers, showPercent)],
    ['Labelers agree with each other', showEstimate(labelerAgreement, showPercent)],
    ['Labelers agree with themselves', showEstimate(selfAgreement, showPercent)],
    ['Expected calibration error', showNumber(report.ece)],
    ['Mean margin', showNumber(report.margins.mean)],
    ['Correlation with length', `${showNumber(lengthCorrelation.overall)} overall`],
    ['Within prompts', showNumber(lengthCorrelation.withinPrompts)],
    ['Measured', showTime(report.madeAt)],
  ]);
  return section(level, title, summary, calibration(report), groups(report));
}

function calibration({ calibration: bins }: RewardModelReport): Html {
  if (bins.length === 0) return html``;
  const predicted = bins.map((bin) => bin.predicted);
  const series = [
    { name: 'observed', x: predicted, y: bins.map(({ observed }) => observed.mean) },
    { name: 'perfect', x: [0, 1], y: [0, 1] },
  ];
  const chart = lineChart({
    title: 'Calibration',
    xLabel: 'predicted probability',
    series,
    include: { x: [0, 1], y: [0, 1] },
  });
  return html`<div class="charts">
    <figure>
      <figcaption>Calibration</figcaption>
      ${chart}
      <ul class="legend">
        <li class="key-0">share that was preferred, by predicted probability</li>
        <li class="key-1">perfect calibration</li>
      </ul>
    </figure>
  </div> `;
}

function groups({ byLabeler, byUseCase, byConfidence }: RewardModelReport): Html {
  const kinds = { labeler: byLabeler, 'use case': byUseCase, confidence: byConfidence };
  const rows = Object.entries(kinds).flatMap(([kind, found]) =>
    found.map(({ name, heldOut, accuracy }) => [
      ...[`${kind}: ${name}${heldOut ? ' (held out)' : ''}`, showEstimate(accuracy, showPercent), accuracy.n],
    ]),
  );
  return table(['Group', 'Accuracy (95% interval)', 'Pairs'], rows);
}
