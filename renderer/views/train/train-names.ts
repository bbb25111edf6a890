/** The words for stages, states and figures of runs. */
import type { AlgorithmName } from '../../../core/contract/algorithms.ts';
import type { RunSummary } from '../../../core/contract/calls.ts';
import type { PresetName } from '../../../core/contract/settings.ts';

export const stageNames: Readonly<Record<AlgorithmName, string>> = {
  pretrain: 'Pretraining',
  sft: 'SFT',
  'reward-model': 'Reward model',
  ppo: 'PPO',
};

/** The stages in the order in which they build on each other, and what each one makes of what. */
export const stages: readonly { readonly id: AlgorithmName; readonly what: string; readonly verb: string }[] =
  [
    {
      id: 'pretrain',
      what: 'A base model from plain text. The starter and downloaded models have this behind them.',
      verb: 'Pretrain a model…',
    },
    { id: 'sft', what: 'Learns from demonstrations how an answer looks.', verb: 'Train with SFT…' },
    {
      id: 'reward-model',
      what: 'Learns from rankings which answer people prefer.',
      verb: 'Train a reward model…',
    },
    {
      id: 'ppo',
      what: 'Practises against the reward model, kept near where it began.',
      verb: 'Train with PPO…',
    },
  ];

export const presetNames: Readonly<Record<PresetName, string>> = {
  paper: 'As in the paper',
  small: 'Small model',
  starter: 'Starter model',
};

export const presetMeanings: Readonly<Record<PresetName, string>> = {
  paper: "The paper's own numbers, for models of a billion parameters and more",
  small: 'For GPT-2 or Pythia-160M',
  starter: 'For the embedded model: minutes on two cores',
};

const STATES = { queued: 'Waiting', working: 'Training', finished: 'Finished' } as const;

/** What a run is doing, in a word. */
export const stateWords = ({ state, resumable }: Pick<RunSummary, 'state' | 'resumable'>): string =>
  state === 'stopped' ? (resumable ? 'Paused' : 'Stopped') : STATES[state];

export const trainTabs = ['charts', 'samples', 'tokens', 'doctor', 'report', 'details'] as const;
export type TrainTab = (typeof trainTabs)[number];

export const tabNames: Readonly<Record<TrainTab, string>> = {
  charts: 'Charts',
  samples: 'Samples',
  tokens: 'Tokens',
  doctor: 'Doctor',
  report: 'Reward report',
  details: 'Details',
};

const TABS_OF: Readonly<Partial<Record<TrainTab, readonly AlgorithmName[]>>> = {
  samples: ['sft', 'ppo'],
  tokens: ['ppo'],
  doctor: ['ppo'],
  report: ['reward-model'],
};

/** Whether a tab says anything of runs of an algorithm. */
export const hasTab = (tab: TrainTab, algorithm: AlgorithmName): boolean =>
  TABS_OF[tab]?.includes(algorithm) ?? true;
