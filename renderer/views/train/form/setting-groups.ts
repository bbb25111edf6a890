/** How the settings of an algorithm are laid out: what belongs together, and what few ever change. */
import type { SettingsTable } from '../../../../core/contract/settings.ts';

export interface SettingGroup {
  readonly title: string;
  readonly names: readonly string[];
}

const GROUPS: readonly SettingGroup[] = [
  {
    title: 'Length and batches',
    names: ['steps', 'epochs', 'episodes', 'batchSize', 'minibatches', 'innerEpochs', 'sequenceLength'],
  },
  {
    title: 'Learning rate',
    names: ['learningRate', 'valueLearningRate', 'schedule', 'warmUpSteps', 'warmUpIterations'],
  },
  {
    title: 'Reward and KL',
    names: ['klCoef', 'klControl', 'klTarget', 'klHorizon', 'whitenRewards', 'missingEos', 'missingEosScore'],
  },
  {
    title: 'PPO objective',
    names: ['clipRange', 'clipRangeValue', 'vfCoef', 'gamma', 'lam', 'whitenAdvantages', 'emaDecay'],
  },
  { title: 'Sampling', names: ['temperature', 'responseLength'] },
  { title: 'Pretraining loss (PPO-ptx)', names: ['ptxCoef', 'pretrainingPerEpisode', 'pretrainingLength'] },
  {
    title: 'What is learned',
    names: [
      'promptLoss',
      'residualDropout',
      'pretrainingShare',
      'selection',
      'maxPromptTokens',
      'chatTemplate',
    ],
  },
  {
    title: 'Adapters (LoRA)',
    names: ['loraRank', 'loraAlpha', 'loraTargets', 'loraDropout', 'baseFloats'],
  },
  { title: 'Memory', names: ['microBatchTokens', 'recompute', 'packing', 'lengthBuckets'] },
];

const WATCHING = 'Watching and checkpoints';
export const ADVANCED = 'Advanced';

const ADVANCED_NAMES: readonly string[] = ['beta1', 'beta2', 'epsilon', 'weightDecay', 'maxGradientNorm'];

/** Every setting of a table once, in groups; those that no group names are about how the run is watched and kept. */
export function groupsOf(table: SettingsTable): SettingGroup[] {
  const names = Object.keys(table);
  const named = [...GROUPS.flatMap((group) => group.names), ...ADVANCED_NAMES];
  const has = (group: SettingGroup) => ({
    ...group,
    names: group.names.filter((name) => names.includes(name)),
  });
  return [
    ...GROUPS.map(has),
    { title: WATCHING, names: names.filter((name) => !named.includes(name)) },
    has({ title: ADVANCED, names: ADVANCED_NAMES }),
  ].filter((group) => group.names.length > 0);
}

/** The groups with only those settings whose name, meaning or source has all the words. */
export function searchedGroups(table: SettingsTable, search: string): SettingGroup[] {
  const words = search.toLowerCase().split(/\s+/);
  const fits = (name: string) => {
    const { what, source } = table[name]!;
    const text = `${name} ${what} ${source}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return groupsOf(table)
    .map((group) => ({ ...group, names: group.names.filter(fits) }))
    .filter((group) => group.names.length > 0);
}
