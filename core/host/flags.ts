import { InvalidArgumentError } from 'commander';
import { ConfigurationError } from '../contract/errors.ts';
import type { Setting, SettingsTable } from '../contract/settings.ts';

type Value = number | boolean | string;

const readers: Record<Setting['kind'], (text: string) => Value> = {
  number: asNumber,
  integer: asNumber,
  switch: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  choice: (text) => text,
};

/** What is no number stays text, which the settings table then refuses by name. */
function asNumber(text: string): Value {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : text;
}

/** `name=value` as often as given, each value as its row of the table has it. */
export function parseSettings(
  table: SettingsTable,
  assignments: readonly string[] = [],
): Record<string, Value> {
  const entries = assignments.map((assignment) => {
    const at = assignment.indexOf('=');
    if (at < 1) throw new ConfigurationError(`--set ${assignment} is not of the form name=value`);
    const [name, text] = [assignment.slice(0, at), assignment.slice(at + 1)];
    const setting = table[name];
    return [name, setting ? readers[setting.kind](text) : text] as const;
  });
  return Object.fromEntries(entries);
}

/** Collects an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function wholeNumber(text: string): number {
  const value = asNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value as number;
}

export function positive(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

export function realNumber(text: string): number {
  const value = asNumber(text);
  if (typeof value !== 'number') throw new InvalidArgumentError('Give a number.');
  return value;
}
