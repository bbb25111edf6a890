/**
 * Settings of the training algorithms as tables: one row says what a setting is, its range, where its value comes
 * from and what each preset gives it. Validation, `--help` and the settings form all read the same rows.
 */
import { ConfigurationError } from './errors.ts';

export const presetNames = ['paper', 'small', 'starter'] as const;
export type PresetName = (typeof presetNames)[number];

interface Row<T> {
  /** One line: what it does, with its unit. */
  readonly what: string;
  /** Where the values come from; `ours` marks a choice the paper leaves open. */
  readonly source: string;
  readonly presets: Readonly<Record<PresetName, T>>;
}

export interface NumberSetting extends Row<number> {
  readonly kind: 'number' | 'integer';
  readonly min: number;
  readonly max: number;
}

export interface SwitchSetting extends Row<boolean> {
  readonly kind: 'switch';
}

export interface ChoiceSetting<T extends string> extends Row<T> {
  readonly kind: 'choice';
  readonly choices: readonly T[];
}

export type Setting = NumberSetting | SwitchSetting | ChoiceSetting<string>;
export type SettingsTable = Readonly<Record<string, Setting>>;

export type SettingsOf<T extends SettingsTable> = {
  readonly [K in keyof T]: T[K] extends NumberSetting
    ? number
    : T[K] extends SwitchSetting
      ? boolean
      : T[K] extends ChoiceSetting<infer C>
        ? C
        : never;
};

type Presets<T> = T | readonly [paper: T, small: T, starter: T];

function spread<T>(values: Presets<T>): Record<PresetName, T> {
  const [paper, small, starter] = Array.isArray(values)
    ? (values as unknown as readonly [T, T, T])
    : [values as T, values as T, values as T];
  return { paper, small, starter };
}

/** A real number in [min, max]. */
export const number = (
  range: readonly [min: number, max: number],
  presets: Presets<number>,
  what: string,
  source: string,
): NumberSetting => ({
  kind: 'number',
  min: range[0],
  max: range[1],
  presets: spread(presets),
  what,
  source,
});

/** A whole number in [min, max]. */
export const integer = (
  range: readonly [min: number, max: number],
  presets: Presets<number>,
  what: string,
  source: string,
): NumberSetting => ({ ...number(range, presets, what, source), kind: 'integer' });

export const toggle = (presets: Presets<boolean>, what: string, source: string): SwitchSetting => ({
  kind: 'switch',
  presets: spread(presets),
  what,
  source,
});

export const choice = <const T extends string>(
  choices: readonly T[],
  presets: Presets<NoInfer<T>>,
  what: string,
  source: string,
): ChoiceSetting<T> => ({
  kind: 'choice',
  choices,
  presets: spread(presets),
  what,
  source,
});

/** A preset's settings with some replaced; throws a `ConfigurationError` for the first that is not allowed. */
export function resolveSettings<T extends SettingsTable>(
  table: T,
  preset: PresetName,
  overrides: Readonly<Record<string, unknown>> = {},
): SettingsOf<T> {
  const [first] = settingProblems(table, overrides);
  if (first) throw new ConfigurationError(first.message);
  const entries = Object.entries(table).map(([name, setting]) => [
    name,
    overrides[name] ?? setting.presets[preset],
  ]);
  return Object.fromEntries(entries) as SettingsOf<T>;
}

/** What is wrong with settings by themselves: unknown ones first, then those outside their range. */
export function settingProblems(
  table: SettingsTable,
  overrides: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly message: string }[] {
  const unknown = Object.keys(overrides).filter((name) => !Object.hasOwn(table, name));
  const known = Object.keys(table).join(', ');
  return [
    ...unknown.map((name) => ({
      name,
      message: `there is no setting '${name}'; the settings are ${known}`,
    })),
    ...Object.entries(table).flatMap(([name, setting]) => {
      const value = overrides[name];
      if (value === undefined || isAllowed(value, setting)) return [];
      return { name, message: `${name} is ${showValue(value)}, but must be ${allowedValues(setting)}` };
    }),
  ];
}

/** JSON has no word for what is not a finite number. */
const showValue = (value: unknown) => (typeof value === 'number' ? String(value) : JSON.stringify(value));

function isAllowed(value: unknown, setting: Setting): boolean {
  if (setting.kind === 'switch') return typeof value === 'boolean';
  if (setting.kind === 'choice') return setting.choices.includes(value as string);
  const inRange = typeof value === 'number' && value >= setting.min && value <= setting.max;
  return inRange && (setting.kind === 'number' || Number.isInteger(value));
}

/** The allowed values of a setting, in words. */
export function allowedValues(setting: Setting): string {
  if (setting.kind === 'switch') return 'true or false';
  if (setting.kind === 'choice') return `one of ${setting.choices.join(', ')}`;
  const kind = setting.kind === 'integer' ? 'a whole number' : 'a number';
  return `${kind} from ${setting.min} to ${setting.max}`;
}
