/** The charts of a run: those of what it reported. */
import { metricMeanings, type MetricName } from '../../contract/metrics.ts';
import type { MetricColumns } from '../../project/metric-columns.ts';
import { lineChart, type Series } from './chart.ts';
import { html, type Html } from './html.ts';
import { code, showNumber } from './tables.ts';

const charts: readonly { readonly title: string; readonly metrics: readonly MetricName[] }[] = [
  { title: 'Reward', metrics: ['objective/scores', 'objective/rlhf_reward', 'eval_reward'] },
  { title: 'Hidden preference', metrics: ['objective/gold'] },
  { title: 'KL to the reference', metrics: ['objective/kl'] },
  { title: 'Loss', metrics: ['loss', 'eval_loss'] },
  { title: 'Accuracy on pairs', metrics: ['accuracy', 'eval_accuracy'] },
  { title: 'Reward margin', metrics: ['margin'] },
  { title: 'Token accuracy', metrics: ['mean_token_accuracy'] },
  { title: 'Policy loss', metrics: ['loss/policy_avg'] },
  { title: 'Value loss', metrics: ['loss/value_avg'] },
  { title: 'Explained variance', metrics: ['ppo/val/var_explained'] },
  { title: 'Pretraining loss', metrics: ['pretraining_loss', 'loss/ptx_avg'] },
  { title: 'Entropy', metrics: ['entropy', 'policy/entropy_avg'] },
  { title: 'Clipped shares', metrics: ['policy/clipfrac_avg', 'val/clipfrac_avg'] },
  { title: 'Completion length', metrics: ['response_length'] },
  { title: 'Completions that ended by themselves', metrics: ['eos_rate'] },
  { title: 'Different completions', metrics: ['objective/distinct'] },
  { title: 'Coefficient of the KL', metrics: ['objective/kl_coef'] },
  { title: 'Learning rate', metrics: ['learning_rate', 'lr'] },
  { title: 'Gradient norms', metrics: ['grad_norm', 'policy/grad_norm', 'value/grad_norm'] },
];

export function runCharts(columns: MetricColumns): Html {
  const drawn = charts.flatMap(({ title, metrics }) => {
    const present = metrics.filter((name) => columns.values[name]?.some(Number.isFinite));
    return present.length === 0 ? [] : [figure(title, 'step', overSteps(columns, present), present)];
  });
  return html`<div class="charts">${drawn}${rewardAgainstKl(columns)}</div>`;
}

const overSteps = ({ steps, values }: MetricColumns, names: readonly MetricName[]): Series[] =>
  names.map((name) => ({ name, x: steps, y: values[name]! }));

/** How much reward the distance bought (Gao et al. 2023 draw it over √KL). */
function rewardAgainstKl({ values }: MetricColumns): Html | null {
  const { 'objective/kl': kl, 'objective/scores': scores, 'objective/gold': gold } = values;
  if (!kl || !scores) return null;
  const x = kl.map((value) => Math.sqrt(Math.max(0, value)));
  const series = [{ name: 'objective/scores', x, y: scores }];
  if (gold?.some(Number.isFinite)) series.push({ name: 'objective/gold', x, y: gold });
  const names = series.map(({ name }) => name as MetricName);
  return figure('Reward against √KL', '√ of the KL to the reference, nats', series, names);
}

function figure(
  title: string,
  xLabel: string,
  series: readonly Series[],
  names: readonly MetricName[],
): Html {
  const legend = names.map((name, i) => {
    const last = Array.from(series[i]!.y).findLast(Number.isFinite)!;
    return html`<li class="key-${i}">${code(name)} ${metricMeanings[name]}; last ${showNumber(last)}</li>`;
  });
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${lineChart({ title, xLabel, series })}
    <ul class="legend">
      ${legend}
    </ul>
  </figure> `;
}
