import type { Settings } from '../../../core/contract/calls.ts';
import { Page } from '../../components/page.tsx';
import { Spinner } from '../../components/text.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import { changeSettings, useSession, useSettings } from '../../stores/session.ts';
import { ComputeSettings } from './compute-settings.tsx';
import { DataFolderSetting } from './data-folder-setting.tsx';
import { KeyBindings } from './key-bindings.tsx';
import { LabelingSettings } from './labeling-settings.tsx';
import { Row, Section } from './rows.tsx';

const THEMES: readonly { readonly id: Settings['theme']; readonly label: string }[] = [
  { id: 'system', label: 'System' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
];

export function SettingsScreen() {
  const settings = useSettings();
  const about = useSession((state) => state.about);
  if (!settings) return <Spinner label="Reading the settings…" />;
  return (
    <Page title="Settings" description="They belong to this machine, not to a project, and hold at once.">
      <Section title="Appearance">
        <Row title="Theme" description="System follows what the operating system shows.">
          <SegmentedControl
            label="Theme"
            items={THEMES}
            value={settings.theme}
            onChange={(theme) => void changeSettings({ theme })}
          />
        </Row>
      </Section>
      <ComputeSettings settings={settings} />
      <LabelingSettings labeling={settings.labeling} />
      <KeyBindings bindings={settings.keyBindings} />
      <Section title="Storage">
        <DataFolderSetting key={settings.dataFolder} folder={settings.dataFolder} />
      </Section>
      {about && (
        <Section title="About">
          <Row title="Alignment Workbench" description={`Version ${about.version}, on ${about.platform}.`} />
        </Section>
      )}
    </Page>
  );
}
