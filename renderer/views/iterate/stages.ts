/** A round as its stages: how far each is, and the one thing that comes next. */
import type { CallOutput, Round } from '../../../core/contract/calls.ts';
import { counted } from '../prompts/names.ts';

type Models = CallOutput<'models.list'>;
type Run = NonNullable<Round['ppo']>;

export type Action = 'sample' | 'rank' | 'rewardModel' | 'ppo' | 'watch' | 'evaluate' | 'nextRound';

export interface Stage {
  readonly id: 'policy' | 'samples' | 'rewardModel' | 'ppo';
  readonly title: string;
  /** `now`: what the person can do; `later`: what has to wait for the stage before. */
  readonly state: 'done' | 'working' | 'now' | 'later';
  readonly facts: readonly string[];
  /** The first is what comes next, where the stage is what is to be done now. */
  readonly actions: readonly Action[];
  /** The run it is about. */
  readonly run: Run | null;
}

export interface RoundState {
  readonly round: Round;
  /** Completions are being sampled for it. */
  readonly isSampling: boolean;
  /** Whether a later round exists. */
  readonly isLast: boolean;
}

export function stagesOf(state: RoundState): Stage[] {
  const { round } = state;
  return [
    {
      id: 'policy',
      title: 'Policy',
      state: 'done',
      facts: [round.policy.name],
      actions: [],
      run: null,
    },
    samplesStage(state),
    rewardModelStage(round),
    ppoStage(state),
  ];
}

const isRanked = ({ items, ranked }: Round): boolean => items > 0 && ranked >= items;

function samplesStage({ round, isSampling }: RoundState): Stage {
  const { items, ranked } = round;
  const facts =
    items === 0 ? ['nothing sampled yet'] : [counted(items, 'item'), `${ranked} of ${items} ranked`];
  return {
    id: 'samples',
    title: 'Samples and rankings',
    state: isSampling ? 'working' : isRanked(round) ? 'done' : 'now',
    facts,
    actions: isSampling ? [] : items === 0 ? ['sample'] : isRanked(round) ? ['sample'] : ['rank', 'sample'],
    run: null,
  };
}

function rewardModelStage(round: Round): Stage {
  const { rewardModel: run, accuracy, ranked } = round;
  const facts = run
    ? [run.name, ...(accuracy === null ? [] : [`${Math.round(100 * accuracy)}% of held-out pairs`])]
    : [ranked === 0 ? 'learns from rankings' : `${counted(ranked, 'ranking')} to learn from`];
  return {
    id: 'rewardModel',
    title: 'Reward model',
    ...runState(run, ranked > 0, 'rewardModel'),
    facts: [...facts, ...runFacts(run)],
    run,
  };
}

/** What the last step of PPO told. */
const LAST = [
  { metric: 'objective/scores', name: 'score' },
  { metric: 'objective/gold', name: 'gold' },
  { metric: 'objective/kl', name: 'KL' },
] as const;

function ppoStage({ round, isLast }: RoundState): Stage {
  const { ppo: run, rewardModel } = round;
  const { state, actions } = runState(run, rewardModel?.state === 'finished', 'ppo');
  const after: Action[] = isLast ? ['nextRound', 'evaluate'] : ['evaluate'];
  const told = LAST.flatMap(({ metric, name }) => {
    const value = run?.last[metric];
    return value === undefined ? [] : [`${name} ${value.toFixed(2)}`];
  });
  return {
    id: 'ppo',
    title: 'PPO',
    state,
    facts: run ? [run.name, ...told, ...runFacts(run)] : ['learns from the reward model'],
    actions: state === 'done' ? after : actions,
    run,
  };
}

/** A run that is not there yet can be begun; one that is there can be watched. */
function runState(
  run: Run | null,
  isReady: boolean,
  begin: 'rewardModel' | 'ppo',
): Pick<Stage, 'state' | 'actions'> {
  if (!run) return isReady ? { state: 'now', actions: [begin] } : { state: 'later', actions: [] };
  if (run.state === 'finished') return { state: 'done', actions: [] };
  return { state: run.state === 'stopped' ? 'now' : 'working', actions: ['watch'] };
}

const runFacts = (run: Run | null): string[] => {
  if (!run || run.state === 'finished') return [];
  const steps = run.steps > 0 ? `step ${run.step} of ${run.steps}` : `step ${run.step}`;
  return [run.state === 'working' ? steps : `${run.state}, ${steps}`];
};

/** The stage that is next to do: the first that waits for the person, from the last run on that was begun. */
export function nextStage(stages: readonly Stage[]): Stage | undefined {
  const begun = stages.findLastIndex(({ run }) => run !== null);
  const ahead = stages.slice(Math.max(0, begun));
  return (
    ahead.find(({ state }) => state === 'now') ??
    ahead.find(({ id, state }) => id === 'ppo' && state === 'done')
  );
}

/** The model that a run made, or has come to. */
export function modelOfRun(models: Models, run: Run | null): string | null {
  const made = models.filter(
    (model) => run !== null && model.run?.path === run.path && model.head === 'language',
  );
  return made.toSorted((a, b) => b.run!.step - a.run!.step)[0]?.path ?? null;
}

/** Whether a round began with what the one before it made. */
export function descends(round: Round, before: Round | undefined, models: Models): boolean {
  const policy = models.find(({ path }) => path === round.policy.path);
  return before?.ppo ? policy?.run?.path === before.ppo.path : false;
}

/** Where a first round best begins: the newest fine-tuned model, else the newest there is. */
export function firstPolicy(models: Models, runs: CallOutput<'runs.list'>): string | null {
  const language = models.filter(({ head }) => head === 'language');
  const tuned = runs
    .filter(({ algorithm }) => algorithm === 'sft')
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .flatMap((run) => modelOfRun(language, run) ?? []);
  return tuned[0] ?? (language.find(({ run }) => run !== null) ?? language[0])?.path ?? null;
}

export interface Trend {
  readonly id: string;
  readonly title: string;
  readonly format: (value: number) => string;
  readonly points: readonly { readonly round: number; readonly value: number }[];
}

const two = (value: number) => value.toFixed(2);

const TRENDS: readonly (Omit<Trend, 'points'> & {
  readonly of: (round: Round) => number | null | undefined;
})[] = [
  {
    id: 'accuracy',
    title: 'Reward model accuracy',
    format: (share) => `${Math.round(100 * share)}%`,
    of: ({ accuracy }) => accuracy,
  },
  { id: 'score', title: 'PPO score', format: two, of: ({ ppo }) => ppo?.last['objective/scores'] },
  { id: 'gold', title: 'Gold', format: two, of: ({ ppo }) => ppo?.last['objective/gold'] },
  { id: 'kl', title: 'KL to the reference', format: two, of: ({ ppo }) => ppo?.last['objective/kl'] },
];

/** How the rounds compare; what no round knows is left out. */
export const trendsOf = (rounds: readonly Round[]): Trend[] =>
  TRENDS.map(({ of, ...trend }) => ({
    ...trend,
    points: rounds.flatMap((round) => {
      const value = of(round);
      return typeof value === 'number' ? [{ round: round.number, value }] : [];
    }),
  })).filter(({ points }) => points.length > 0);
