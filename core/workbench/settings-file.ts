import { join } from 'node:path';
import { Settings } from '../contract/calls.ts';
import { StateFile } from './state-file.ts';

/** The settings of someone who changed none. */
export const defaultSettings = (dataFolder: string): Settings => ({
  device: 'auto',
  threads: 0,
  memoryGigabytes: 0,
  theme: 'system',
  keyBindings: {},
  dataFolder,
  labeling: {
    likert: true,
    metadataLabels: ['failsInstruction', 'inappropriate', 'hallucination', 'satisfiesConstraint'],
    overlap: 0.1,
    reask: 0.05,
    order: 'random',
    startFromModel: false,
  },
});

/** `settings.json`. A file from before some setting was added lacks it, and gets its default. */
export function openSettings(
  stateFolder: string,
  dataFolder: string,
  log: (line: string) => void,
): StateFile<Settings> {
  const defaults = defaultSettings(dataFolder);
  const stored = Settings.partial()
    .extend({ labeling: Settings.shape.labeling.partial().optional() })
    .transform((given) =>
      Settings.parse({ ...defaults, ...given, labeling: { ...defaults.labeling, ...given.labeling } }),
    );
  return new StateFile(join(stateFolder, 'settings.json'), stored, {}, log);
}
