/** What shows in values and rewards: whether they are predicted, believed too much, or change their scale. */
import type { MetricName } from '../../contract/metrics.ts';
import { shown, type Detect, type Sign } from './finding.ts';
import { onset, scatter, seriesOf, through, type Bounds, type ObservedRun, type Series } from './series.ts';

/** −(explained variance): at 0.5 the errors vary half as much again as the returns themselves. */
const unexplained: Bounds = { enter: 0.5, leave: 0.2 };
/** The value model begins as the reward model and has to learn its task first. */
const LEARNING = 5;
/** Values that err less than a share of this of what they did at first are right where returns hardly vary. */
const IMPROVED = 0.5;

export const valueDivergence: Detect = (run) => {
  const explained = run.series('ppo/val/var_explained');
  const loss = run.series('loss/value_avg');
  if (!explained || !loss || loss.last < IMPROVED * loss.start) return undefined;
  const errors = through(without(explained, LEARNING), (share) => -share);
  const since = onset(errors, unexplained);
  if (since === undefined) return undefined;
  return {
    severity: errors.last > 2 ? 'danger' : 'warning',
    title: 'The value model predicts worse than nothing',
    evidence: `The values explain ${shown(explained.last)} of the variance of the returns (1 is all, below 0 worse than their mean); the value loss went from ${shown(loss.start)} to ${shown(loss.last)}.`,
    since,
    suggestion:
      'Lower valueLearningRate, or raise it where the value loss never moved: advantages are noise as long as this lasts.',
    metrics: ['ppo/val/var_explained', 'loss/value_avg', 'value/grad_norm'],
  };
};

/** From a later step on, without smoothing what comes before into it. */
const without = ({ steps, raw }: Series, first: number): Series =>
  seriesOf(steps.slice(first), raw.slice(first));

interface Truth {
  readonly metric: MetricName;
  readonly what: string;
  /** Smaller falls are nothing, however smooth the curve. */
  readonly least: (run: ObservedRun) => number;
}

/** What knows better than the reward model's score of what it was trained against; the first that falls is told. */
const truths: readonly Truth[] = [
  { metric: 'objective/gold', what: 'the hidden preference', least: () => 0.03 },
  {
    metric: 'eval_reward',
    what: 'the reward on watched prompts',
    least: (run) => 0.1 * (run.series('objective/scores_std')?.start ?? 1),
  },
];

/** Deviations from its best. Medians of five scatter half as much, and the best of many lies two of those too high. */
const fall: Bounds = { enter: 3, leave: 2 };

/** The score goes up while what it stands for goes down (Gao et al. 2022, "Scaling Laws for Reward Model Overoptimization"). */
export const overOptimisation: Detect = (run) => {
  const scores = run.series('objective/scores');
  if (!scores) return undefined;
  for (const truth of truths) {
    const found = fallingTruth(run, scores, truth);
    if (found) return found;
  }
  return undefined;
};

function fallingTruth(run: ObservedRun, scores: Series, { metric, what, least }: Truth): Sign | undefined {
  const truth = run.series(metric);
  if (!truth) return undefined;
  const unit = Math.max(scatter(truth), least(run) / fall.enter);
  let best = -Infinity;
  const fallen = through(truth, (value) => ((best = Math.max(best, value)) - value) / unit);
  if (onset(fallen, fall) === undefined) return undefined;
  const peak = truth.values.indexOf(best);
  const since = truth.steps[peak]!;
  const before = scores.values[scores.steps.findIndex((step) => step >= since)]!;
  if (scores.last - before < scatter(scores)) return undefined;
  return {
    severity: 'danger',
    title: 'The reward model is being outwitted',
    evidence: `Since step ${since} the score went from ${shown(before)} to ${shown(scores.last)}, but ${what} from ${shown(best)} to ${shown(truth.last)}.`,
    since,
    suggestion: `Take the checkpoint of about step ${since}, or train again with a larger klCoef; then rank samples of this run and train the reward model on them too.`,
    metrics: ['objective/scores', metric, 'objective/kl'],
  };
}

/** Times wider, and times narrower than at the start; the second is a little usual where all answers get good. */
const wider: Bounds = { enter: 3, leave: 2 };
const narrower: Bounds = { enter: 5, leave: 3.5 };

export const rewardScaleDrift: Detect = (run) => {
  const deviation = run.series('objective/scores_std');
  if (!deviation || deviation.start <= 0) return undefined;
  const since =
    onset(
      through(deviation, (value) => value / deviation.start),
      wider,
    ) ??
    onset(
      through(deviation, (value) => deviation.start / value),
      narrower,
    );
  if (since === undefined) return undefined;
  const grown = deviation.last > deviation.start;
  return {
    severity: 'warning',
    title: grown ? 'Scores spread ever wider' : 'Scores hardly differ any more',
    evidence: `The deviation of the scores went from ${shown(deviation.start)} to ${shown(deviation.last)}, while klCoef was chosen for the first.`,
    since,
    suggestion: grown
      ? 'The policy has left what the reward model knows: raise klCoef or set whitenRewards, and rank samples of this run.'
      : 'There is little left to learn from these scores: stop here, or rank samples of this run and train the reward model on them.',
    metrics: ['objective/scores_std', 'objective/scores', 'objective/kl_coef'],
  };
};
