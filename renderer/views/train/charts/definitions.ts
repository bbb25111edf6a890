/** What charts there are of a run, by what it learns, and what each says of its y axis. */
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { metricMeanings, type MetricName } from '../../../../core/contract/metrics.ts';

interface Measured {
  readonly metric: MetricName;
  readonly label: string;
}

export interface ChartDefinition {
  readonly id: string;
  readonly title: string;
  readonly unit: string | ((settings: RunSummary['settings']) => string);
  readonly metrics: readonly Measured[];
  /** Whether its y axis is logarithmic at first. */
  readonly log?: boolean;
}

const chart = (
  title: string,
  unit: ChartDefinition['unit'],
  ...metrics: (readonly [MetricName, string])[]
): ChartDefinition => ({
  id: metrics[0]![0],
  title,
  unit,
  metrics: metrics.map(([metric, label]) => ({ metric, label })),
});

const learning = [
  chart('Learning rate', 'of the optimizer, a step', ['learning_rate', 'learning rate']),
  chart('Gradient norm', 'before clipping', ['grad_norm', 'gradient norm']),
];

const text = [
  chart(
    'Loss',
    'negative log-likelihood, nats a token; training is optimised',
    ['loss', 'training'],
    ['eval_loss', 'validation'],
  ),
  chart('Accuracy', 'share of tokens that were the likeliest', ['mean_token_accuracy', 'tokens']),
  chart('Reward of validation answers', 'mean score of the reward model', ['eval_reward', 'reward']),
  chart('Entropy', 'of the next token, nats', ['entropy', 'entropy']),
  chart('Pretraining loss', 'of held-out text, nats a token', ['pretraining_loss', 'pretraining text']),
  ...learning,
];

/** KL is always said with its estimator, and with what the optimizer does about it. */
function klUnit({ klCoef, klControl }: RunSummary['settings']): string {
  const unit = 'nats a completion (k1)';
  if (klCoef === 0) return `${unit}, not optimised: β = 0`;
  if (klControl === 'adaptive') return `${unit}, optimised with an adaptive β`;
  return `${unit}, optimised with β = ${String(klCoef)}`;
}

const ppo = [
  chart(
    'Reward',
    'mean score; what is left less β·KL is optimised',
    ['objective/scores', 'reward model (proxy)'],
    ['objective/rlhf_reward', 'less β·KL'],
    ['objective/gold', 'gold (simulated)'],
    ['eval_reward', 'watched prompts'],
  ),
  chart('KL to the reference', klUnit, ['objective/kl', 'KL']),
  chart('Response length', 'tokens a completion, its end included', ['response_length', 'tokens']),
  chart('Completions that end', 'share that ended by themselves', ['eos_rate', 'ended']),
  chart('Policy entropy', 'of the next token, nats', ['policy/entropy_avg', 'entropy']),
  chart('Distinct completions', 'share that no other of the step equals', ['objective/distinct', 'distinct']),
  chart('Spread of rewards', 'standard deviation over a step', ['objective/scores_std', 'deviation']),
  chart('Policy loss', 'clipped, mean over the minibatches; optimised', ['loss/policy_avg', 'policy loss']),
  chart('Value loss', 'clipped, mean over the minibatches; optimised', ['loss/value_avg', 'value loss']),
  chart('Explained variance', 'of the returns, by the values; 1 is best', [
    'ppo/val/var_explained',
    'explained',
  ]),
  chart(
    'Clipped tokens',
    'share of tokens whose clipped loss was the larger',
    ['policy/clipfrac_avg', 'policy'],
    ['val/clipfrac_avg', 'value'],
  ),
  chart('Probability ratio', 'new over old policy, mean; 1 is no change', ['val/ratio', 'ratio']),
  chart('KL of the update', '½(Δ log π)², nats² a token; not optimised', ['policy/approxkl_avg', 'KL']),
  chart(
    'Gradient norm',
    'before clipping, mean over the updates',
    ['policy/grad_norm', 'policy'],
    ['value/grad_norm', 'value'],
    ['policy/ptx_grad_norm', 'pretraining'],
  ),
  chart(
    'Pretraining loss',
    'nats a token',
    ['pretraining_loss', 'held out'],
    ['loss/ptx_avg', 'mixed in, optimised'],
  ),
  chart('Learning rate', 'of the policy', ['lr', 'learning rate']),
  chart('KL coefficient', 'β of the step', ['objective/kl_coef', 'β']),
  chart('Sampled surprise', 'Σ −log π of the sampled tokens, nats a completion', [
    'objective/entropy',
    'surprise',
  ]),
  chart('KL penalty', 'mean of Σ −β·KL, a completion', ['objective/non_score_reward', 'penalty']),
  chart('Change of the ratio', 'variance of its mean over the minibatches', ['val/ratio_var', 'variance']),
  chart('Ratio before the first update', 'largest |ratio − 1|; near 0 is right', [
    'val/first_ratio_error',
    'error',
  ]),
  chart('Speed', 'episodes a second', ['eps', 'episodes a second']),
];

const rewardModel = [
  chart('Loss', '−log σ(Δr) of a pair, nats; optimised', ['loss', 'training']),
  chart(
    'Accuracy',
    'share of pairs ordered as the labeler did',
    ['accuracy', 'training'],
    ['eval_accuracy', 'held out'],
  ),
  chart('Margin', 'reward of the preferred less that of the other', ['margin', 'margin']),
  chart(
    'Rewards',
    'of the preferred and of the other completions, mean',
    ['chosen_reward', 'preferred'],
    ['rejected_reward', 'other'],
  ),
  chart(
    'Range of rewards',
    'over a step',
    ['max_reward', 'largest'],
    ['mean_reward', 'mean'],
    ['min_reward', 'smallest'],
  ),
  ...learning,
];

const definitions: Readonly<Record<RunSummary['algorithm'], readonly ChartDefinition[]>> = {
  pretrain: text,
  sft: text,
  'reward-model': rewardModel,
  ppo,
};

/** Counters that other charts have as their x axis. */
const NOT_CHARTED = ['step', 'time', 'episode', 'num_tokens', 'val/num_eos_tokens'];

/** The charts of an algorithm for which there are numbers, and one for each metric that has none. */
export function chartsFor(algorithm: RunSummary['algorithm'], names: readonly string[]): ChartDefinition[] {
  const known = definitions[algorithm];
  const charted = new Set<string>([
    ...NOT_CHARTED,
    ...known.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)),
  ]);
  const others = names.filter((name) => !charted.has(name)).map(other);
  return [...known, ...others].filter(({ metrics }) => metrics.some(({ metric }) => names.includes(metric)));
}

const other = (name: string): ChartDefinition =>
  chart(name, (metricMeanings as Record<string, string>)[name] ?? '', [name as MetricName, name]);

export const unitOf = ({ unit }: ChartDefinition, settings: RunSummary['settings']): string =>
  typeof unit === 'string' ? unit : unit(settings);
