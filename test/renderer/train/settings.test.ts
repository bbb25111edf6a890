import { describe, expect, it } from 'vitest';
import { algorithms } from '../../../core/contract/algorithms.ts';
import type { SettingsTable } from '../../../core/contract/settings.ts';
import { compareSettings } from '../../../renderer/views/train/details/comparison.ts';
import { readSetting, settingProblem, showSetting } from '../../../renderer/views/train/form/inputs.ts';
import { groupsOf, searchedGroups } from '../../../renderer/views/train/form/setting-groups.ts';

const tables: [string, SettingsTable][] = Object.entries(algorithms);
const namesIn = (groups: readonly { readonly names: readonly string[] }[]) =>
  groups.flatMap(({ names }) => names);

describe.each(tables)('the settings of %s', (_, table) => {
  it('are each in one group', () => {
    expect(namesIn(groupsOf(table)).toSorted()).toEqual(Object.keys(table).toSorted());
  });

  it('are read as they were shown, at every preset', () => {
    for (const setting of Object.values(table))
      for (const value of Object.values(setting.presets)) {
        const shown = showSetting(value as number | boolean | string);
        expect(readSetting(setting, shown)).toBe(value);
        expect(settingProblem(setting, shown)).toBeNull();
      }
  });
});

describe('search in the settings', () => {
  it('finds by name, meaning and source', () => {
    expect(namesIn(searchedGroups(algorithms.ppo, 'KLCOEF'))).toEqual(['klCoef']);
    expect(namesIn(searchedGroups(algorithms.ppo, 'pretraining weight'))).toEqual(['ptxCoef']);
    expect(namesIn(searchedGroups(algorithms.ppo, '[LHP] horizon'))).toEqual(['klHorizon']);
    expect(searchedGroups(algorithms.ppo, 'zebra')).toEqual([]);
  });
});

describe('settings side by side', () => {
  const run = (settings: Record<string, number | string>, seed = 1) =>
    ({ algorithm: 'ppo', settings, seed }) as const;

  it('says which differ, in the order of the table, the seed last', () => {
    const rows = compareSettings([run({ klCoef: 0.1, episodes: 10 }), run({ klCoef: 0.2, episodes: 10 })]);
    expect(rows).toEqual([
      { name: 'episodes', values: ['10', '10'], differs: false },
      { name: 'klCoef', values: ['0.1', '0.2'], differs: true },
      { name: 'seed', values: ['1', '1'], differs: false },
    ]);
  });

  it('leaves a gap where a run has no such setting', () => {
    const sft = { algorithm: 'sft', settings: { epochs: 2 }, seed: 1 } as const;
    expect(compareSettings([run({ klCoef: 0.1 }), sft])).toEqual([
      { name: 'klCoef', values: ['0.1', null], differs: true },
      { name: 'epochs', values: [null, '2'], differs: true },
      { name: 'seed', values: ['1', '1'], differs: false },
    ]);
  });
});
