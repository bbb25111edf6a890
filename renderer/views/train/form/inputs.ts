/** Settings as they are typed: numbers are text until they are read. */
import {
  allowedValues,
  resolveSettings,
  type Setting,
  type SettingsTable,
} from '../../../../core/contract/settings.ts';

export type SettingValue = number | boolean | string;
export type SettingValues = Readonly<Record<string, SettingValue>>;
export type SettingInput = string | boolean;
export type SettingInputs = Readonly<Record<string, SettingInput>>;

const isNumber = ({ kind }: Setting): boolean => kind === 'number' || kind === 'integer';

/** A value as it is typed; small numbers with their power of ten. */
export function showSetting(value: SettingValue): SettingInput {
  if (typeof value !== 'number') return value;
  const isSmall = value !== 0 && Math.abs(value) < 1e-3;
  return isSmall ? value.toExponential() : String(value);
}

/** What was typed as a value; not a number where it is none. */
export const readSetting = (setting: Setting, input: SettingInput): SettingValue =>
  isNumber(setting) ? (String(input).trim() === '' ? NaN : Number(input)) : input;

/** What is wrong with an input, in a sentence; null where it is allowed. */
export function settingProblem(setting: Setting, input: SettingInput): string | null {
  try {
    resolveSettings({ setting }, 'starter', { setting: readSetting(setting, input) });
    return null;
  } catch {
    return `Must be ${allowedValues(setting)}.`;
  }
}

/** Whether an input stands for another value. */
export const differs = (setting: Setting, input: SettingInput, value: SettingValue): boolean =>
  readSetting(setting, input) !== value;

/** Problems of the inputs by setting, in the order of the table. */
export const settingProblems = (
  table: SettingsTable,
  inputs: SettingInputs,
): (readonly [name: string, problem: string])[] =>
  Object.entries(table).flatMap(([name, setting]) => {
    const input = inputs[name];
    const problem = input === undefined ? null : settingProblem(setting, input);
    return problem === null ? [] : [[name, problem] as const];
  });

/** The inputs that stand for another value than they began with, read. */
export const changedSettings = (
  table: SettingsTable,
  base: SettingValues,
  inputs: SettingInputs,
): Record<string, SettingValue> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, setting]) => {
      const input = inputs[name];
      if (input === undefined || !differs(setting, input, base[name]!)) return [];
      return [[name, readSetting(setting, input)]];
    }),
  );

/** The inputs with one of them typed anew; undefined takes it back. */
export const withInput = (
  inputs: SettingInputs,
  name: string,
  input: SettingInput | undefined,
): SettingInputs =>
  input === undefined
    ? Object.fromEntries(Object.entries(inputs).filter(([other]) => other !== name))
    : { ...inputs, [name]: input };
