import { describe, expect, it } from 'vitest';
import { algorithms, ppoSettings, sftSettings } from '../../../core/contract/algorithms.ts';
import { ConfigurationError } from '../../../core/contract/errors.ts';
import {
  allowedValues,
  presetNames,
  resolveSettings,
  type Setting,
  type SettingsTable,
} from '../../../core/contract/settings.ts';

const tables = Object.entries(algorithms) as [string, SettingsTable][];
const rows = tables.flatMap(([algorithm, table]) =>
  Object.entries(table).map(([name, setting]) => [algorithm, name, setting] as const),
);

/** Values that a setting does not allow, with what kind of mistake each is. */
function forbidden(setting: Setting): [mistake: string, value: unknown][] {
  const wrongType: [string, unknown][] = [
    ['an object', {}],
    ['a list', [1]],
  ];
  if (setting.kind === 'switch') return [...wrongType, ['a number', 1], ['text', 'true']];
  if (setting.kind === 'choice') return [...wrongType, ['a number', 1], ['another word', 'sideways']];
  const numeric: [string, unknown][] = [
    ['too small', setting.min - 1],
    ['too large', setting.max + 1],
    ['not a number', NaN],
    ['infinite', Infinity],
    ['text', '1'],
    ['a switch', true],
  ];
  const broken: [string, unknown][] = setting.kind === 'integer' ? [['broken', setting.min + 0.5]] : [];
  return [...wrongType, ...numeric, ...broken];
}

describe('every setting', () => {
  it.each(tables)('of %s is within its range in every preset', (_, table) => {
    for (const preset of presetNames) expect(() => resolveSettings(table, preset)).not.toThrow();
  });

  it.each(rows)('of %s says what %s does and where its values come from', (_, __, setting) => {
    expect(setting.what).not.toBe('');
    expect(setting.source).not.toBe('');
    if (setting.kind === 'number' || setting.kind === 'integer')
      expect(setting.min).toBeLessThan(setting.max);
  });

  it.each(rows)(
    'of %s refuses values outside %s, naming it, the value and the range',
    (algorithm, name, setting) => {
      const table = algorithms[algorithm as keyof typeof algorithms] as SettingsTable;
      for (const [mistake, value] of forbidden(setting)) {
        const resolve = () => resolveSettings(table, 'paper', { [name]: value });
        expect(resolve, `${name} ${mistake}`).toThrow(ConfigurationError);
        expect(resolve, `${name} ${mistake}`).toThrow(
          `${name} is ${typeof value === 'number' ? String(value) : JSON.stringify(value)}, but must be ${allowedValues(setting)}`,
        );
      }
    },
  );

  it.each(rows)('of %s takes the ends of the range of %s', (algorithm, name, setting) => {
    const table = algorithms[algorithm as keyof typeof algorithms] as SettingsTable;
    const ends =
      setting.kind === 'switch'
        ? [true, false]
        : setting.kind === 'choice'
          ? setting.choices
          : [setting.min, setting.max];
    for (const end of ends)
      expect(resolveSettings(table, 'starter', { [name]: end })).toHaveProperty(name, end);
  });
});

describe('settings', () => {
  it('are those of a preset with some replaced', () => {
    const paper = resolveSettings(ppoSettings, 'paper');
    expect(paper).toMatchObject({ batchSize: 512, minibatches: 8, klCoef: 0.02, schedule: 'constant' });
    expect(resolveSettings(ppoSettings, 'paper', { klCoef: 0.1 })).toEqual({ ...paper, klCoef: 0.1 });
  });

  it('leave a preset value where an override is undefined', () => {
    expect(resolveSettings(sftSettings, 'paper', { epochs: undefined }).epochs).toBe(16);
  });

  it('say in words what is allowed', () => {
    expect(allowedValues(ppoSettings.gamma)).toBe('a number from 0 to 1');
    expect(allowedValues(ppoSettings.batchSize)).toBe('a whole number from 1 to 1000000');
    expect(allowedValues(ppoSettings.whitenRewards)).toBe('true or false');
    expect(allowedValues(ppoSettings.klControl)).toBe('one of fixed, adaptive');
  });

  it('that do not exist are refused with the names there are', () => {
    const resolve = () => resolveSettings(sftSettings, 'paper', { learningrate: 1 });
    expect(resolve).toThrow(ConfigurationError);
    expect(resolve).toThrow(
      `there is no setting 'learningrate'; the settings are ${Object.keys(sftSettings).join(', ')}`,
    );
  });
});
