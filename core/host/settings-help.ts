import { allowedValues, presetNames, type Setting, type SettingsTable } from '../contract/settings.ts';

const INDENT = ' '.repeat(6);

/** Every setting of an algorithm for `--help`: what it is, what it may be, where its values come from. */
export function settingsHelp(table: SettingsTable): string {
  const rows = Object.entries(table).map(([name, setting]) => describe(name, setting));
  return [
    '',
    `Settings (--set name=value), each with its value in the presets ${presetNames.join(' / ')}:`,
    ...rows,
    '',
    '  [P] InstructGPT (arXiv 2203.02155), [LHP] lm-human-preferences, [N+] summarize_from_feedback_details,',
    '  [TRL] huggingface/trl; "ours" marks what none of them settles.',
  ].join('\n');
}

const show = (value: number | boolean | string): string =>
  typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);

function describe(name: string, setting: Setting): string {
  const values = presetNames.map((preset) => show(setting.presets[preset]));
  const shown = new Set(values).size === 1 ? values[0]! : values.join(' / ');
  return [
    `  ${name} = ${shown}`,
    `${INDENT}${setting.what}`,
    `${INDENT}${allowedValues(setting)}; source: ${setting.source}`,
  ].join('\n');
}
