import { algorithms } from '../../contract/algorithms.ts';
import type { RunSummary } from '../../contract/calls.ts';
import { presetNames, type PresetName, type Setting, type SettingsTable } from '../../contract/settings.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { html, type Html } from './html.ts';
import { code, paragraph, section, table } from './tables.ts';

type Value = RunSummary['settings'][string];

interface Row {
  readonly name: string;
  readonly value: Value;
  readonly setting: Setting | undefined;
}

/** How a run's settings differ from its preset, where it says of which. */
export function changedSettings(run: RunFolder, settings: RunSummary['settings']): Html {
  const preset = presetOf(run);
  if (!preset) return html``;
  const rows = rowsOf(run, settings).filter(
    ({ value, setting }) => setting && setting.presets[preset] !== value,
  );
  return section(3, 'Settings', differences(rows, preset));
}

/** Every setting with its meaning and source. */
export function allSettings(run: RunFolder, settings: RunSummary['settings']): Html {
  const cells = rowsOf(run, settings).map(({ name, value, setting }) => [
    ...[code(name), show(value), setting?.what ?? '', setting?.source ?? ''],
  ]);
  return section(3, 'All settings', table(['Setting', 'Value', 'Meaning', 'Source'], cells));
}

function rowsOf({ manifest }: RunFolder, settings: RunSummary['settings']): Row[] {
  const known: SettingsTable = algorithms[manifest.algorithm];
  return Object.entries(settings).map(([name, value]) => ({ name, value, setting: known[name] }));
}

function differences(rows: readonly Row[], preset: PresetName): Html {
  if (rows.length === 0) return paragraph(`All settings are those of the preset “${preset}”.`);
  const cells = rows.map(({ name, value, setting }) => [
    ...[code(name), show(value), show(setting!.presets[preset]), setting!.what],
  ]);
  return table(['Differs from the preset', 'Value', `In “${preset}”`, 'Meaning'], cells);
}

const show = (value: Value): string => String(value);

/** Runs of earlier versions do not say. */
function presetOf({ manifest }: RunFolder): PresetName | undefined {
  const request = manifest['request'];
  if (typeof request !== 'object' || request === null || !('preset' in request)) return undefined;
  return presetNames.find((name) => name === request.preset);
}
